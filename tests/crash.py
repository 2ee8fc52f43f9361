"""Kill -9 as often as one likes: python -m tests.crash [KILLS]. What `test_crash.py` does, with new seeds.

Every load is killed ten times in a folder, then finished and compared; the last line says how that went.
"""

import math
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integration.test_crash import CASES, KILLS, assert_nothing_differs, run_with_kills


def main(kills: int) -> int:
    """Return 1 if any outcome differs."""
    began = time.monotonic()
    seed = int(time.time())
    rounds = math.ceil(kills / KILLS)
    bad = 0
    for number in range(rounds):
        case = replace(CASES[number % len(CASES)], seed=seed + number)
        with TemporaryDirectory() as folder:
            resumed = run_with_kills(Path(folder), case)
            try:
                assert_nothing_differs(Path(folder), case, resumed)
            except AssertionError as error:
                bad += 1
                print(f"{case} differs: {str(error)[:2000]}")
        print(f"{case.queries} {case.mode}, seed {case.seed}: resumed at {resumed}", flush=True)
    print(
        f"crash: {rounds * KILLS} kills in {rounds} runs, {rounds - bad} equal outcomes,"
        f" {time.monotonic() - began:.0f} s"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
