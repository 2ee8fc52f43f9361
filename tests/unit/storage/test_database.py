import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream.core.errors import CorruptState, FolderInUse, IncompatibleFormat, StateError
from clickstream.storage.database import DATABASE_FILE, FORMAT, Database


def pragma(database: Database, name: str) -> object:
    return database.read(f"PRAGMA {name}")[0][0]


def test_what_was_committed_is_there_after_reopening(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    database.create("CREATE TABLE t (x)")
    with database.transaction():
        database.write("INSERT INTO t VALUES (7)")
    database.close()
    again = Database.open(tmp_path)
    assert again.read("SELECT x FROM t") == [(7,)]
    again.close()


@pytest.mark.parametrize(("durability", "synchronous"), [("fsync", 2), ("os", 1)])
def test_durability_chooses_how_a_commit_is_synced(tmp_path: Path, durability: str, synchronous: int) -> None:
    database = Database.open(tmp_path, durability=durability)  # type: ignore[arg-type]
    assert pragma(database, "synchronous") == synchronous
    assert pragma(database, "journal_mode") == "wal"
    database.close()


def test_a_new_file_carries_the_format(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    assert pragma(database, "user_version") == FORMAT
    database.close()


def test_another_format_is_refused_and_the_folder_released(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    for _ in range(2):
        with pytest.raises(IncompatibleFormat) as caught:
            Database.open(tmp_path)
        assert (caught.value.found, caught.value.wanted) == (FORMAT + 1, FORMAT)


def test_a_second_server_is_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with pytest.raises(FolderInUse) as caught:
        Database.open(tmp_path)
    assert caught.value.pid == os.getpid()
    assert caught.value.hint
    database.close()
    Database.open(tmp_path).close()


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from clickstream.storage.database import Database;"
        "Database.open(Path(sys.argv[1])); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    assert done.returncode == 9
    Database.open(tmp_path).close()


def test_a_file_that_is_no_database_is_damage(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"not a database, but long enough to be looked at " * 40)
    with pytest.raises(CorruptState) as caught:
        Database.open(tmp_path)
    assert caught.value.path == str(tmp_path / DATABASE_FILE)
    assert caught.value.hint


def test_damage_inside_the_file_is_found(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    database.create("CREATE TABLE t (x)")
    with database.transaction():
        database.write_many("INSERT INTO t VALUES (?)", [(b"x" * 500,) for _ in range(500)])
    database.close()
    file = tmp_path / DATABASE_FILE
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 8] = b"\xff" * (4096 * 3)
    file.write_bytes(content)
    damaged = Database.open(tmp_path)
    with pytest.raises(CorruptState):
        damaged.check()
    damaged.close()


def test_a_full_disk_is_an_error_with_a_hint_and_loses_nothing(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    database.create("CREATE TABLE t (x)")
    with database.transaction():
        database.write("INSERT INTO t VALUES (1)")
    database._writer.execute("PRAGMA max_page_count = 8")
    with pytest.raises(StateError) as caught, database.transaction():
        database.write("INSERT INTO t VALUES (?)", (b"x" * 100_000,))
    assert "disk space" in (caught.value.hint or "")
    assert database.read("SELECT x FROM t") == [(1,)]
    database.close()


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    database.close()
    database.close()
