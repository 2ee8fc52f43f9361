"""Topics in memory and in a file behave alike."""

import threading
from collections.abc import Sequence

import pytest

from clickstream.core.errors import Conflict, NotFound
from clickstream.core.records import Chunk, Record
from clickstream.storage.database import Database
from clickstream.storage.topics.log import TopicLog
from clickstream.storage.topics.recent import RecentChunks

MINIMAL = 1
"""A memory budget that keeps only the newest chunk, so that reads go to the table."""


@pytest.fixture(params=["all recent", "one recent"])
def log(request: pytest.FixtureRequest, database: Database) -> TopicLog:
    recent = RecentChunks() if request.param == "all recent" else RecentChunks(MINIMAL)
    return TopicLog(database, recent=recent)


def record(n: int) -> Record:
    return Record(b"k%d" % n, b"v%d" % n, 1000 + n, (("h", b"%d" % n), ("none", None)))


def append(log: TopicLog, database: Database, name: str, *numbers: int) -> Chunk:
    with database.transaction():
        return log.append(name, [record(n) for n in numbers])


def numbers(chunks: Sequence[Chunk]) -> list[int]:
    return [r.timestamp_ms - 1000 for chunk in chunks for r in chunk.records]


def test_records_come_back_as_they_went_in(log: TopicLog, database: Database) -> None:
    log.create("t")
    odd = [Record(None, None, -1), Record(b"", b"\x00\xff", 1 << 50, ()), record(3)]
    with database.transaction():
        log.append("t", odd)
    append(log, database, "t", 9)
    assert [r for c in log.read("t", 0, 10) for r in c.records] == [*odd, record(9)]


def test_offsets_and_sequences_grow(log: TopicLog, database: Database) -> None:
    log.create("a")
    log.create("b")
    chunks = [append(log, database, name, 1, 2) for name in ("a", "b", "a")]
    assert [c.first_offset for c in chunks] == [0, 0, 2]
    assert chunks[0].sequence < chunks[1].sequence < chunks[2].sequence < log.next_sequence
    assert (log.begin_offset("a"), log.end_offset("a")) == (0, 4)


@pytest.mark.parametrize("offset", range(8))
def test_reading_begins_at_any_offset(log: TopicLog, database: Database, offset: int) -> None:
    log.create("t")
    append(log, database, "t", 0, 1, 2)
    append(log, database, "t", 3)
    append(log, database, "t", 4, 5, 6)
    chunks = log.read("t", offset, 100)
    assert numbers(chunks) == list(range(offset, 7))
    if chunks:
        assert chunks[0].first_offset == offset


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 100])
def test_reading_in_steps_gives_every_record_once(log: TopicLog, database: Database, most: int) -> None:
    log.create("t")
    for n in range(0, 40, 2):
        append(log, database, "t", n, n + 1)
    offset, seen = 0, []
    while chunks := log.read("t", offset, most):
        assert sum(map(len, chunks)) <= most + 1, "whole chunks of two, no more than needed"
        seen += numbers(chunks)
        offset = chunks[-1].end_offset
    assert seen == list(range(40))


def test_several_topics_come_in_order_of_arrival(log: TopicLog, database: Database) -> None:
    log.create("a")
    log.create("b")
    for n in range(0, 30, 3):
        append(log, database, "a", n)
        append(log, database, "b", n + 1)
        append(log, database, "b", n + 2)
    at = {"a": 0, "b": 0}
    seen = []
    while chunks := log.read_together(at, 4):
        seen += numbers(chunks)
        for chunk in chunks:
            assert chunk.first_offset == at[chunk.topic]
            at[chunk.topic] = chunk.end_offset
    assert seen == list(range(30))


def test_one_topic_far_behind_is_caught_up_in_order(log: TopicLog, database: Database) -> None:
    log.create("old")
    log.create("new")
    for n in range(20):
        append(log, database, "old", n)
    append(log, database, "new", 20)
    assert numbers(log.read_together({"old": 0, "new": 0}, 5)) == [0, 1, 2, 3, 4]
    assert numbers(log.read_together({"old": 15, "new": 0}, 5)) == [15, 16, 17, 18, 19, 20]


def test_live_readers_get_the_same_chunk_with_its_decoded_rows(database: Database) -> None:
    log = TopicLog(database)
    log.create("t")
    chunk = append(log, database, "t", 1)
    chunk.decoded["rows"] = "typed"
    assert log.read("t", 0, 10)[0] is chunk
    log.forget_decoded(chunk.sequence)
    assert chunk.decoded
    log.forget_decoded(chunk.sequence + 1)
    assert not chunk.decoded


def test_other_threads_see_records_after_the_commit(log: TopicLog, database: Database) -> None:
    log.create("t")
    append(log, database, "t", 1)
    ends: list[int] = []
    with database.transaction():
        log.append("t", [record(2)])
        assert numbers(log.read("t", 0, 10)) == [1, 2]
        thread = threading.Thread(target=lambda: ends.append(log.end_offset("t")))
        thread.start()
        thread.join(5)
    assert ends == [1]
    assert log.end_offset("t") == 2


def test_a_rollback_takes_records_topics_and_settings_back(log: TopicLog, database: Database) -> None:
    log.create("t", config={"retention.ms": "1"})
    log.create("kept")
    append(log, database, "t", 1)
    append(log, database, "kept", 5)

    def fail() -> None:
        with database.transaction():
            log.append("t", [record(2)])
            log.create("u")
            log.delete("kept")
            log.configure("t", {"retention.ms": "2"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert log.names() == ["kept", "t"]
    assert numbers(log.read("t", 0, 10)) == [1]
    assert numbers(log.read("kept", 0, 10)) == [5]
    assert log.describe("t").config == {"retention.ms": "1"}
    chunk = append(log, database, "t", 3)
    assert chunk.first_offset == 1
    assert numbers(log.read("t", 0, 10)) == [1, 3]


def test_a_topic_describes_itself(log: TopicLog, database: Database) -> None:
    log.create("t", partitions=3, replicas=2, config={"cleanup.policy": "compact"})
    append(log, database, "t", 5, 2)
    info = log.describe("t")
    assert (info.partitions, info.replicas, info.config) == (3, 2, {"cleanup.policy": "compact"})
    assert (info.begin, info.end, info.messages, info.newest_ms) == (0, 2, 2, 1005)
    assert info.bytes > 20


def test_names_are_unique_and_missing_ones_are_told(log: TopicLog) -> None:
    log.create("t")
    with pytest.raises(Conflict):
        log.create("t")
    for call in (log.describe, log.delete, log.end_offset, lambda name: log.read(name, 0, 1)):
        with pytest.raises(NotFound, match="Topic 'nope' does not exist"):
            call("nope")
    assert log.exists("t")
    assert not log.exists("nope")


def test_a_topic_made_anew_begins_empty(log: TopicLog, database: Database) -> None:
    log.create("t")
    append(log, database, "t", 1, 2)
    log.delete("t")
    log.create("t")
    assert log.read("t", 0, 10) == []
    assert append(log, database, "t", 7).first_offset == 0
    assert numbers(log.read("t", 0, 10)) == [7]


def test_deleting_below_an_offset_takes_whole_chunks(log: TopicLog, database: Database) -> None:
    log.create("t")
    for n in range(0, 8, 2):
        append(log, database, "t", n, n + 1)
    assert log.delete_before("t", 5) == 4
    assert (log.begin_offset("t"), log.describe("t").messages) == (4, 4)
    assert numbers(log.read("t", 0, 100)) == [4, 5, 6, 7]
    assert log.delete_before("t", 5) == 0
    assert log.delete_before("t", 100) == 2, "the last chunk stays, so that offsets never start again"
    assert numbers(log.read("t", 0, 100)) == [6, 7]


def test_an_empty_append_changes_nothing(log: TopicLog, database: Database) -> None:
    log.create("t")
    with database.transaction():
        assert len(log.append("t", [])) == 0
    assert log.end_offset("t") == 0
