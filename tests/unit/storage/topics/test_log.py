import sqlite3
from pathlib import Path

import pytest

from clickstream.core.errors import CorruptState
from clickstream.core.records import Record
from clickstream.storage.database import DATABASE_FILE, Database
from clickstream.storage.topics.log import TopicLog


def fill(folder: Path) -> None:
    database = Database.open(folder)
    log = TopicLog(database)
    log.create("t", config={"cleanup.policy": "compact"})
    log.create("u")
    for n in range(5):
        with database.transaction():
            log.append("t", [Record(b"k", b"%d" % n, n)])
            log.append("u", [Record(b"k", b"%d" % n, n)])
    log.delete_before("t", 2)
    database.close()


def test_a_restart_finds_everything(tmp_path: Path) -> None:
    fill(tmp_path)
    database = Database.open(tmp_path)
    log = TopicLog(database)
    info = log.describe("t")
    assert (info.begin, info.end, info.newest_ms, info.config) == (2, 5, 4, {"cleanup.policy": "compact"})
    assert [r.value for c in log.read("t", 0, 10) for r in c.records] == [b"2", b"3", b"4"]
    assert log.next_sequence == 10
    database.close()


def test_small_chunks_are_joined_when_read_from_disk(tmp_path: Path) -> None:
    fill(tmp_path)
    database = Database.open(tmp_path)
    log = TopicLog(database)
    (chunk,) = log.read("u", 1, 10)
    assert (chunk.first_offset, len(chunk)) == (1, 4)
    together = log.read_together({"t": 2, "u": 2}, 10)
    assert [(c.topic, c.first_offset) for c in together] == [
        ("t", 2), ("u", 2), ("t", 3), ("u", 3), ("t", 4), ("u", 4),
    ]  # fmt: skip
    database.close()


def test_a_damaged_chunk_is_named(tmp_path: Path) -> None:
    fill(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        connection.execute("UPDATE chunks SET records = x'9a' WHERE first_offset = 3 AND topic = 1")
    connection.close()
    database = Database.open(tmp_path)
    log = TopicLog(database)
    with pytest.raises(CorruptState, match="topic t at offset 3"):
        log.read("t", 0, 10)
    database.close()
