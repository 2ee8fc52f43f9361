"""Kill -9 at random points: nothing is lost and nothing counted twice, as in an uninterrupted run."""

import random
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from clickstream.core.records import Record
from tests.helpers.crash_child import INPUTS

KILLS = 10

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Case:
    """`seed` gives the moments of the kills, in batches: change it to try others."""

    queries: str
    mode: str
    records: int
    most_batches: int
    seed: int


CASES = [
    Case("fakes", "flood", 30_000, 160, 20260102),
    Case("pipeline", "waiting", 4_000, 32, 20260103),
    Case("pipeline", "flood", 4_000, 32, 20260104),
]


def start(folder: Path, case: Case, mode: str) -> subprocess.Popen[str]:
    arguments = [str(folder), str(case.records), mode, case.queries]
    command = [sys.executable, "-m", "tests.helpers.crash_child", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def position(child: subprocess.Popen[str]) -> int:
    """Return where the child resumed, once it runs."""
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line.startswith("from "), f"the child ended early: {line!r}"
    return int(line.split()[1])


def finish(child: subprocess.Popen[str]) -> None:
    out, _ = child.communicate(timeout=300)
    assert (child.returncode, out.strip(".\n")) == (0, "done")


def run_with_kills(folder: Path, case: Case) -> list[int]:
    """Kill the child again and again, then let it finish; return where it resumed each time."""
    moments = random.Random(case.seed)
    resumed = []
    for _ in range(KILLS):
        child = start(folder, case, case.mode)
        resumed.append(position(child))
        assert child.stdout is not None
        child.stdout.read(moments.randrange(case.most_batches))
        time.sleep(moments.uniform(0.0, 0.01))
        child.kill()
        child.communicate()
    child = start(folder, case, case.mode)
    resumed.append(position(child))
    finish(child)
    return resumed


class Outcome:
    """All topics' records and all queries' states of a folder."""

    def __init__(self, folder: Path, queries: str) -> None:
        node = INPUTS[queries].open(folder)
        node.database.check()
        self.topics: dict[str, list[Record]] = {
            name: [r for chunk in node.topics.read(name, 0, 1 << 40) for r in chunk.records]
            for name in node.topics.names()
        }
        self.tables = {q.plan.root.topic for q in node.queries() if q.query_id.startswith("CTAS")}
        self.states = {q.query_id: sorted(node.state.load(q.query_id)) for q in node.queries()}
        self.lags = {q.query_id: q.lag for q in node.queries()}
        node.close()

    def rows(self, topic: str) -> dict[bytes | None, Record]:
        """Return a table's rows. Which sessions came and went on the way to them differs with the ticks."""
        newest = {record.key: record for record in self.topics[topic]}
        return {key: record for key, record in newest.items() if record.value is not None}


@cache
def undisturbed(case: Case) -> Outcome:
    """Return the outcome of the same input without a kill."""
    with TemporaryDirectory() as folder:
        child = start(Path(folder), case, "waiting")
        assert position(child) == 0
        finish(child)
        return Outcome(Path(folder), case.queries)


def assert_nothing_differs(folder: Path, case: Case, resumed: list[int]) -> None:
    """Compare what is in the folder with an undisturbed run."""
    assert resumed == sorted(resumed)
    expected, outcome = undisturbed(replace(case, seed=0)), Outcome(folder, case.queries)
    assert set(outcome.lags.values()) == {0}
    assert outcome.states == expected.states
    assert outcome.topics.keys() == expected.topics.keys()
    for topic, records in expected.topics.items():
        if topic.endswith("processing_log"):
            # Its records carry the time they were written at.
            assert len(outcome.topics[topic]) == len(records)
            assert records or case.queries == "fakes"
        elif case.mode == "flood" and topic in expected.tables:
            assert outcome.rows(topic) == expected.rows(topic), topic
        else:
            assert outcome.topics[topic] == records, topic


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.queries}-{case.mode}")
def test_nothing_is_lost_or_counted_twice(tmp_path: Path, case: Case) -> None:
    resumed = run_with_kills(tmp_path, case)
    print(f"{case}, resumed at {resumed}")
    assert len([at for at in set(resumed) if 0 < at < case.records]) >= 5, "the kills missed the work"
    assert_nothing_differs(tmp_path, case, resumed)
