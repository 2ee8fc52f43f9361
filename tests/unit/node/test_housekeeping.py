import pytest

from clickstream.core.clock import FakeClock
from clickstream.core.records import Record
from clickstream.node.housekeeping import Housekeeping
from clickstream.node.node import Node
from clickstream.storage.database import Database
from clickstream.storage.topics import compaction
from clickstream.storage.topics.log import TopicLog
from clickstream.storage.topics.recent import RecentChunks


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> TopicLog:
    monkeypatch.setattr(compaction, "LEAST_DIRTY_BYTES", 1)
    database = Database.in_memory()
    log = TopicLog(database, recent=RecentChunks(1))
    for name, policy in (("table", "compact"), ("stream", "delete"), ("windows", "compact,delete")):
        log.create(name, config={"cleanup.policy": policy})
        for value in (b"1", b"2", b"3"):
            with database.transaction():
                log.append(name, [Record(b"k", value, 1)])
    with database.transaction():
        log.append("stream", [Record(b"k", b"pushes the others out of memory", 1)])
    return log


def test_topics_that_are_due_are_compacted(log: TopicLog) -> None:
    left = {"table": 2, "stream": 4, "windows": 2}  # The last chunk is never touched.
    assert Housekeeping(log).run_once() > 0
    assert {name: log.describe(name).messages for name in log.names()} == left
    assert Housekeeping(log).run_once() == 0


def test_a_thread_does_it_when_woken(log: TopicLog) -> None:
    housekeeping = Housekeeping(log)
    housekeeping.start()
    housekeeping.wake()
    housekeeping.stop()
    housekeeping.stop()
    # Stopping may come between two steps; what was begun is whole.
    assert log.describe("table").messages in (2, 3)


def test_damage_in_one_topic_does_not_keep_the_others_from_it(log: TopicLog) -> None:
    with log._database.transaction():
        log._database.write("UPDATE chunks SET crc = 0 WHERE topic = 1")
    Housekeeping(log).run_once()
    assert log.describe("windows").messages == 2


def test_the_node_looks_for_work_every_now_and_then(
    node: Node, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(node._housekeeping._woken, "set", lambda: woken.append(1))
    for _ in range(3):
        node.step()
    assert len(woken) == 1
    clock.advance(10_000)
    node.step()
    assert len(woken) == 2
