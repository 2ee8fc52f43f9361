"""Compaction in memory and in a file behaves alike."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream.core.records import Record
from clickstream.storage.database import Database
from clickstream.storage.topics import compaction
from clickstream.storage.topics.compaction import TOMBSTONE_MS, compact, is_due
from clickstream.storage.topics.log import TopicLog
from clickstream.storage.topics.recent import RecentChunks

Entry = tuple[int, bytes | None, bytes | None]
"""An offset, a key, a value."""


@pytest.fixture
def log(database: Database) -> TopicLog:
    return open_log(database)


def open_log(database: Database) -> TopicLog:
    """Return a log that keeps only the newest chunk in memory."""
    return TopicLog(database, recent=RecentChunks(1))


def fill(
    log: TopicLog, database: Database, chunks: Sequence[Sequence[tuple[bytes | None, bytes | None]]]
) -> None:
    if not log.exists("t"):
        log.create("t", config={"cleanup.policy": "compact"})
    for pairs in chunks:
        with database.transaction():
            log.append("t", [Record(key, value, 1) for key, value in pairs])


def entries(log: TopicLog, offset: int = 0, step: int = 1 << 30) -> list[Entry]:
    found: list[Entry] = []
    while chunks := log.read("t", offset, step):
        for chunk in chunks:
            found += [(chunk.first_offset + i, r.key, r.value) for i, r in enumerate(chunk.records)]
        offset = chunks[-1].end_offset
    return found


def newest(found: Sequence[Entry]) -> dict[bytes | None, bytes | None]:
    last = {key: value for _, key, value in found}
    return {key: value for key, value in last.items() if value is not None}


def test_the_newest_record_of_each_key_stays_at_its_offset(log: TopicLog, database: Database) -> None:
    fill(
        log,
        database,
        [[(b"a", b"1"), (b"b", b"2"), (b"c", b"3")], [(b"a", b"4"), (b"b", b"5")], [(b"z", b"9")]],
    )
    before = log.describe("t")
    freed = compact(log, "t")
    assert entries(log) == [(2, b"c", b"3"), (3, b"a", b"4"), (4, b"b", b"5"), (5, b"z", b"9")]
    info = log.describe("t")
    assert (info.begin, info.end, info.messages) == (0, 6, 4)
    assert 0 < freed == before.bytes - info.bytes
    assert compact(log, "t") == 0


def test_it_goes_on_where_it_ended(log: TopicLog, database: Database) -> None:
    fill(log, database, [[(b"a", b"1"), (b"b", b"1")], [(b"x", b"")]])
    compact(log, "t")
    fill(log, database, [[(b"a", b"2"), (b"c", b"2")], [(b"a", b"3")], [(b"y", b"")]])
    compact(log, "t")
    assert entries(log) == [
        (1, b"b", b"1"), (2, b"x", b""), (4, b"c", b"2"), (5, b"a", b"3"), (6, b"y", b""),
    ]  # fmt: skip


def test_what_is_in_memory_is_left_alone(database: Database) -> None:
    log = TopicLog(database)
    fill(log, database, [[(b"a", b"1")], [(b"a", b"2")]])
    assert compact(log, "t") == 0
    assert len(entries(log)) == 2


def test_old_tombstones_go(log: TopicLog, database: Database) -> None:
    log.create("t", config={"cleanup.policy": "compact"})
    records = [
        Record(b"old", b"1", 0), Record(b"old", None, 0), Record(b"new", b"1", 0),
        Record(b"new", None, TOMBSTONE_MS), Record(b"no key", b"1", 0), Record(None, b"kept", 0),
    ]  # fmt: skip
    with database.transaction():
        log.append("t", records)
    with database.transaction():
        log.append("t", [Record(b"last", b"", TOMBSTONE_MS + 1)])
    compact(log, "t")
    assert [key for _, key, _ in entries(log)] == [b"new", b"no key", None, b"last"]


def test_a_topic_is_due_when_enough_was_added(
    log: TopicLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "LEAST_DIRTY_BYTES", 100)
    fill(log, database, [[(b"a", b"x" * 60)]])
    (topic,) = log.topics()
    assert not is_due(topic)
    fill(log, database, [[(b"b", b"x" * 60)], [(b"c", b"")]])
    assert is_due(topic)
    compact(log, "t")
    assert not is_due(topic), "what is left weighs more than what was added"
    log.configure("t", {"cleanup.policy": "delete"})
    fill(log, database, [[(b"b", b"x" * 600)]])
    assert not is_due(topic)


def test_retention_takes_compacted_chunks(log: TopicLog, database: Database) -> None:
    fill(log, database, [[(b"a", b"1"), (b"b", b"2")], [(b"a", b"3")], [(b"z", b"")]])
    compact(log, "t")
    assert log.delete_before("t", 3) == 2
    assert entries(log) == [(3, b"z", b"")]
    assert (log.describe("t").begin, log.describe("t").messages) == (3, 1)


def test_rows_that_changed_meanwhile_are_left_alone(log: TopicLog, database: Database) -> None:
    fill(log, database, [[(b"a", b"1")], [(b"a", b"2")], [(b"z", b"")]])

    def delete_meanwhile() -> None:
        log.delete_before("t", 1)

    assert compact(log, "t", between_steps=delete_meanwhile) == 0
    assert entries(log) == [(1, b"a", b"2"), (2, b"z", b"")]


@given(
    chunks=st.lists(
        st.lists(
            st.tuples(st.sampled_from([b"a", b"b", b"c", None]), st.none() | st.binary(max_size=2)),
            min_size=1,
        ),
        min_size=1,
    ),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_any_topic_keeps_its_newest_values_and_reads_the_same_from_anywhere(
    chunks: list[list[tuple[bytes | None, bytes | None]]], seed: int
) -> None:
    database = Database.in_memory()
    log = open_log(database)
    whole: list[Entry] = []
    choice = random.Random(seed)
    for pairs in chunks:
        whole += [(len(whole) + i, key, value) for i, (key, value) in enumerate(pairs)]
        fill(log, database, [pairs])
        if choice.random() < 0.3:
            compact(log, "t")
    compact(log, "t")
    left = entries(log)
    assert set(left) <= set(whole)
    assert left == sorted(left, key=lambda entry: entry[0])
    assert newest(left) == newest(whole)
    assert log.describe("t").messages == len(left)
    for step in (1, 2, 5):
        offset = choice.randrange(len(whole) + 1)
        assert entries(log, offset, step) == [entry for entry in left if entry[0] >= offset]
    again = open_log(database)
    assert entries(again) == left
    assert again.describe("t") == log.describe("t")
    database.close()
