"""`python -m tests.fuzz`: statements, requests and records nobody would send, up to a number or a time."""

import argparse
import gc
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.corpus import corpus
from tests.fuzz.faults import Faults
from tests.fuzz.records import RecordFuzz
from tests.fuzz.requests import RequestFuzz
from tests.fuzz.statements import ROUND, StatementFuzz

RECORDS_A_ROUND = 5_000
TELL_EVERY_S = 60.0
MEMORY_BYTES = 4 << 30
"""Address space: what takes more than this fails here, before it takes the machine's."""


def main(argv: list[str] | None = None) -> int:
    options = parse_options(argv)
    seed = options.seed if options.seed is not None else time.time_ns() % 2**32
    print(f"seed {seed}", flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    warnings.simplefilter("error")
    logging.getLogger("clickstream").addHandler(logging.NullHandler())
    logging.lastResort = None
    log = options.faults.open("a") if options.faults else None
    share = options.seconds / (bool(options.statements) + bool(options.requests) + bool(options.records) or 1)
    codes = []
    if options.statements:
        faults = Faults("statement", log)
        fuzz = StatementFuzz(seed, corpus(seed), faults)
        gc.callbacks.clear()  # Hypothesis measures collections; an item that is ended there would go on.
        codes.append(
            run("statements", options.statements, share, lambda: fuzz.round(ROUND), lambda: fuzz.done, faults)
        )
        print(f"  accepted: {fuzz.accepted}", flush=True)
    if options.requests:
        faults = Faults("request", log)
        requests = RequestFuzz(seed, corpus(seed), faults)
        codes.append(run("requests", options.requests, share, requests.round, lambda: requests.done, faults))
    if options.records:
        faults = Faults("record", log)
        records = RecordFuzz(seed, faults)
        step = lambda: records.round(RECORDS_A_ROUND)  # noqa: E731
        codes.append(run("records", options.records, share, step, lambda: records.done, faults))
    return max(codes, default=0)


def run(
    what: str, number: int, seconds: float, step: Callable[[], None], done: Callable[[], int], faults: Faults
) -> int:
    """Take steps until `number` items are done or time is up; return the exit code."""
    begin = told = time.monotonic()
    while done() < number and time.monotonic() - begin < seconds:
        step()
        if time.monotonic() - told > TELL_EVERY_S:
            told = time.monotonic()
            print(f"{what}: {done()} in {told - begin:.0f} s, {faults.total} faults", flush=True)
    for kind, count in faults.kinds.most_common():
        print(f"  {count:6}  {kind}")
    took = time.monotonic() - begin
    print(f"{what}: {done()} in {took:.0f} s, {faults.total} faults of {len(faults.kinds)} kinds", flush=True)
    return 1 if faults.total else 0


def parse_options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--statements", type=int, default=20_000, help="how many statements; 0 for none")
    parser.add_argument("--requests", type=int, default=5_000, help="how many requests; 0 for none")
    parser.add_argument("--records", type=int, default=100_000, help="how many records; 0 for none")
    parser.add_argument("--seconds", type=float, default=600, help="how long at most, for all together")
    parser.add_argument("--seed", type=int, help="repeats a run; printed at its begin")
    parser.add_argument("--faults", type=Path, help="a file that faults are added to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
