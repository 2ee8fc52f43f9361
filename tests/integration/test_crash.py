"""Kill -9 at random points: nothing is lost and nothing counted twice, as in an uninterrupted run."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream.core.records import Record
from clickstream.node.node import Node
from tests.helpers.crash_child import QUERIES, Replayer
from tests.helpers.fake_queries import Fakes

KILLS = 10
RECORDS = 60_000
SEEDS = {"waiting": 20260101, "flood": 20260102}
"""The moments of the kills: change them to try others; a failure tells the seed."""

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, mode: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.helpers.crash_child", str(folder), str(RECORDS), mode]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def position(child: subprocess.Popen[str]) -> int:
    """Return where the child resumed, once it runs."""
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line.startswith("from "), line
    return int(line.split()[1])


def finish(child: subprocess.Popen[str]) -> None:
    out, _ = child.communicate(timeout=100)
    assert (child.returncode, out) == (0, "done\n")


def run_with_kills(folder: Path, mode: str, seed: int) -> list[int]:
    """Kill the child again and again, then let it finish; return where it resumed each time."""
    moments = random.Random(seed)
    resumed = []
    for _ in range(KILLS):
        child = start(folder, mode)
        resumed.append(position(child))
        try:
            child.wait(timeout=moments.uniform(0.0, 0.35 if mode == "waiting" else 0.2))
        except subprocess.TimeoutExpired:
            child.kill()
        child.communicate()
    child = start(folder, mode)
    resumed.append(position(child))
    finish(child)
    return resumed


class Outcome:
    """All topics' records and all queries' states of a folder."""

    def __init__(self, folder: Path) -> None:
        fakes = Fakes()
        node = Node(folder, build_query=fakes)
        assert node.recover(Replayer(node)) == []
        node.database.check()
        self.topics: dict[str, list[Record]] = {
            name: [r for chunk in node.topics.read(name, 0, 1 << 40) for r in chunk.records]
            for name in node.topics.names()
        }
        self.states = {query_id: sorted(node.state.load(query_id)) for query_id, *_ in QUERIES}
        self.lags = [query.lag for query in node.queries()]
        node.close()

    def newest(self, topic: str) -> dict[bytes | None, Record]:
        return {record.key: record for record in self.topics[topic]}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("undisturbed")
    child = start(folder, "waiting")
    assert position(child) == 0
    finish(child)
    outcome = Outcome(folder)
    assert len(outcome.topics["clicks"]) + len(outcome.topics["users"]) == RECORDS
    return outcome


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["waiting", "flood"])
def test_nothing_is_lost_or_counted_twice(tmp_path: Path, undisturbed: Outcome, mode: str) -> None:
    seed = SEEDS[mode]
    resumed = run_with_kills(tmp_path, mode, seed)
    print(f"seed {seed}, resumed at {resumed}")
    assert resumed == sorted(resumed)
    assert len([at for at in set(resumed) if 0 < at < RECORDS]) >= 5, "the kills missed the work"
    outcome = Outcome(tmp_path)
    assert outcome.lags == [0, 0, 0, 0]
    assert outcome.states == undisturbed.states
    for topic in ("clicks", "users", "named", "copied"):
        assert outcome.topics[topic] == undisturbed.topics[topic], topic
    for topic in ("counts", "name_counts"):
        # With other ticks a table's changelog has other steps, and the same rows in the end.
        assert outcome.newest(topic) == undisturbed.newest(topic), topic
        if mode == "waiting":
            assert outcome.topics[topic] == undisturbed.topics[topic], topic
