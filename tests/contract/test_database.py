"""A database in memory and one in a file behave alike."""

import threading
from contextlib import suppress

import pytest

from clickstream.core.errors import StateError
from clickstream.storage.database import Database


class Recorder:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def before_commit(self) -> None:
        self.heard.append("before")

    def committed(self) -> None:
        self.heard.append("committed")

    def rolled_back(self) -> None:
        self.heard.append("rolled back")


@pytest.fixture(autouse=True)
def table(database: Database) -> None:
    database.create("CREATE TABLE t (x INTEGER)")


def half(database: Database, number: int) -> None:
    with database.transaction():
        database.write("INSERT INTO t VALUES (?)", (number,))
        raise ZeroDivisionError


def rows(database: Database) -> list[int]:
    return [x for (x,) in database.read("SELECT x FROM t ORDER BY x")]


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    with database.transaction():
        database.write("INSERT INTO t VALUES (1)")
    with pytest.raises(ZeroDivisionError):
        half(database, 2)
    assert rows(database) == [1]


def test_the_writing_thread_reads_its_own_writes(database: Database) -> None:
    with database.transaction():
        database.write("INSERT INTO t VALUES (1)")
        assert rows(database) == [1]


def test_another_thread_reads_committed_rows_only(database: Database) -> None:
    seen: list[list[int]] = []
    with database.transaction():
        database.write("INSERT INTO t VALUES (1)")
        thread = threading.Thread(target=lambda: seen.append(rows(database)))
        thread.start()
        thread.join(0.1)
    thread.join(5)
    # From a file it saw the state before; in memory it had to wait and saw the commit: never the half.
    assert seen in ([[]], [[1]])
    if database.path is not None:
        assert seen == [[]]


def test_a_nested_transaction_commits_with_the_outer_one(database: Database) -> None:
    def outer() -> None:
        with database.transaction():
            with database.transaction():
                database.write("INSERT INTO t VALUES (1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outer()
    assert rows(database) == []


def test_a_failed_part_cannot_be_committed_by_the_whole(database: Database) -> None:
    def whole() -> None:
        with database.transaction(), suppress(ZeroDivisionError):
            half(database, 1)

    with pytest.raises(StateError, match="part of the transaction"):
        whole()
    assert rows(database) == []


def test_writes_need_a_transaction(database: Database) -> None:
    with pytest.raises(StateError, match="outside a transaction"):
        database.write("INSERT INTO t VALUES (1)")


def test_participants_hear_of_commits_and_rollbacks(database: Database) -> None:
    recorder = Recorder()
    database.join(recorder)
    with database.transaction():
        database.write("INSERT INTO t VALUES (1)")
    with pytest.raises(ZeroDivisionError), database.transaction():
        raise ZeroDivisionError
    assert recorder.heard == ["before", "committed", "rolled back"]


def test_writers_wait_for_each_other(database: Database) -> None:
    def add(numbers: range) -> None:
        for x in numbers:
            with database.transaction():
                database.write("INSERT INTO t VALUES (?)", (x,))

    threads = [threading.Thread(target=add, args=(range(i, 40, 4),)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert rows(database) == list(range(40))


def test_a_sound_file_passes_the_check(database: Database) -> None:
    database.check()


def test_statements_that_fail_name_the_file(database: Database) -> None:
    with pytest.raises(StateError, match=str(database.path or "memory")):
        database.read("SELECT * FROM missing")
