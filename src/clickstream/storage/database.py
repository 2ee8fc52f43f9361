"""The one SQLite file that holds topics, state, offsets and the command log, so that one commit covers all.

Lives here: opening, the folder's lock, the format version, transactions, and turning SQLite's errors into
ours. What is in the tables is the business of the stores that create them. Documents have their own file.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol, Self

from clickstream.core.errors import CorruptState, IncompatibleFormat, StateError
from clickstream.storage.folder_lock import FolderLock

__all__ = ["DAMAGED_HINT", "FORMAT", "Database", "Durability", "Participant"]

FORMAT = 2
"""Version of the tables' layout, kept in the file's `user_version`."""

DATABASE_FILE = "clickstream.db"

Durability = Literal["fsync", "os"]
"""`fsync`: a commit survives a power cut. `os`: it survives the process's death, and is faster."""

_SYNCHRONOUS = {"fsync": "FULL", "os": "NORMAL"}

CHECKPOINT_PAGES = 1000
"""Pages of write-ahead log (4 MiB) after which a commit copies them into the file. That commit takes some
8 ms; with four times the pages it takes 21 ms, for 15 % more throughput. A thread for it was no better."""

CACHE_KIB = 16 * 1024

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
DAMAGED_HINT = "restore the folder from a copy, or start afresh with another --data-dir"
_FULL_HINT = "free disk space; nothing that was committed is lost"

Row = tuple[Any, ...]


class Participant(Protocol):
    """A store that keeps part of its data in memory and has to follow transactions."""

    def before_commit(self) -> None:
        """Write what is still to be written."""

    def committed(self) -> None:
        """What was appended is durable now. Must not raise."""

    def rolled_back(self) -> None:
        """Forget everything since the transaction began. Must not raise."""


class Database:
    """A SQLite database with one writer at a time and readers that see committed data only.

    A thread inside `transaction()` reads its own writes. Other threads' reads go through a connection of
    their own, so a long tick does not hold them up (in memory there is one connection, and they wait).
    """

    def __init__(self, path: Path | None, *, durability: Durability, lock: FolderLock | None = None) -> None:
        self.path = path
        self.durability = durability
        self._lock = lock
        self._participants: list[Participant] = []
        self._write_lock = threading.RLock()
        self._owner: int | None = None
        self._depth = 0
        self._doomed = False
        with _our_errors(path):
            self._writer = self._connect()
            self._check_format()
            if path is None:
                self._reader, self._read_lock = self._writer, self._write_lock
            else:
                self._reader, self._read_lock = self._connect(), threading.RLock()
                self._reader.execute("PRAGMA query_only = 1")

    @classmethod
    def open(cls, folder: Path, *, durability: Durability = "fsync") -> Self:
        """Return the database of `folder`, created if it is not there, and hold the folder until `close()`.

        Raises: FolderInUse, IncompatibleFormat, CorruptState.
        """
        lock = FolderLock(folder)
        lock.acquire()
        try:
            return cls(folder / DATABASE_FILE, durability=durability, lock=lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def in_memory(cls) -> Self:
        """Return an empty database that ends with the process."""
        return cls(None, durability="os")

    def join(self, participant: Participant) -> None:
        """Tell `participant` of every commit and rollback from now on."""
        self._participants.append(participant)

    # ------------------------------------------------------------------------------ writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside becomes durable together at the end, or not at all.

        A transaction inside another of the same thread is part of it: if the inner one fails, the outer
        one cannot commit either.

        Raises: StateError if the disk is full or the file cannot be written; CorruptState.
        """
        with self._write_lock:
            if self._depth:
                with self._nested():
                    yield
                return
            with _our_errors(self.path):
                self._writer.execute("BEGIN IMMEDIATE")
            self._depth, self._owner, self._doomed = 1, threading.get_ident(), False
            try:
                yield
                self._commit()
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._depth, self._owner = 0, None

    @contextmanager
    def _nested(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        except BaseException:
            self._doomed = True
            raise
        finally:
            self._depth -= 1

    def _commit(self) -> None:
        if self._doomed:
            raise StateError("a part of the transaction failed")
        for participant in self._participants:
            participant.before_commit()
        with _our_errors(self.path):
            self._writer.execute("COMMIT")
        for participant in self._participants:
            participant.committed()

    def _roll_back(self) -> None:
        # After some errors (a full disk) SQLite has rolled back by itself.
        if self._writer.in_transaction:
            with _our_errors(self.path):
                self._writer.execute("ROLLBACK")
        for participant in self._participants:
            participant.rolled_back()

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread is inside `transaction()`."""
        return self._owner == threading.get_ident()

    def write(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement inside a transaction; return the id of the row it inserted, if any."""
        self._need_transaction()
        with _our_errors(self.path):
            return self._writer.execute(sql, parameters).lastrowid or 0

    def write_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement per row inside a transaction."""
        self._need_transaction()
        with _our_errors(self.path):
            self._writer.executemany(sql, rows)

    def create(self, *statements: str) -> None:
        """Run CREATE … IF NOT EXISTS statements, in a transaction of their own if there is none."""
        with self.transaction():
            for statement in statements:
                self.write(statement)

    def _need_transaction(self) -> None:
        if not self.in_transaction:
            raise StateError("a write outside a transaction")

    # ------------------------------------------------------------------------------ reading

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query: committed data, and the calling thread's own transaction."""
        with _our_errors(self.path):
            if self.in_transaction:
                return self._writer.execute(sql, parameters).fetchall()
            with self._read_lock:
                return self._reader.execute(sql, parameters).fetchall()

    # ------------------------------------------------------------------------------ life cycle

    def check(self) -> None:
        """Read the whole file for damage (seconds for a large one).

        Raises: CorruptState with the first problem found.
        """
        (first,) = self.read("PRAGMA integrity_check(1)")[0]
        if first != "ok":
            raise CorruptState(str(self.path), reason=first, hint=DAMAGED_HINT)

    def close(self) -> None:
        """Close the file and release the folder; harmless if it is closed already."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()
        if self._lock is not None:
            self._lock.release()

    def _connect(self) -> sqlite3.Connection:
        name = ":memory:" if self.path is None else str(self.path)
        # Transactions are ours to begin (isolation_level None); our locks keep threads apart.
        connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS[self.durability]}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        return connection

    def _check_format(self) -> None:
        (found,) = self._writer.execute("PRAGMA user_version").fetchone()
        if found not in (0, FORMAT):
            raise IncompatibleFormat(
                str(self.path), found, FORMAT, hint="use the version that wrote it, or another --data-dir"
            )
        if found == 0:
            self._writer.execute(f"PRAGMA user_version = {FORMAT}")


@contextmanager
def _our_errors(path: Path | None) -> Iterator[None]:
    """Turn SQLite's errors into StateErrors that name the file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        where = str(path or "memory")
        if code in _DAMAGED:
            raise CorruptState(where, reason=str(error), hint=DAMAGED_HINT) from error
        hint = _FULL_HINT if code == sqlite3.SQLITE_FULL else None
        raise StateError(f"{where}: {error}", hint=hint) from error
