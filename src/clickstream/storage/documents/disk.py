"""The file of the document store: indices, documents, templates, pipelines and consumers' offsets.

A document is one row whose integer key is (index number, row in memory), so updates write in place and an
index is one range of the table. Offsets of the sinks are in the same file and transaction as the documents
they stand for: after a crash a sink goes on exactly where its documents end.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clickstream.core.errors import CorruptState, IncompatibleFormat, StateError

__all__ = ["Disk", "StoredDocument"]

FORMAT = 1
ROW_BITS = 32
"""An index holds at most 2**32 rows."""

StoredDocument = tuple[int, str, int, int, bytes]
"""Row, id, version, seq_no, source."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS indices (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body BLOB NOT NULL, mapping BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, seq_no INTEGER NOT NULL,
    source BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS named (
    kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS offsets (
    consumer TEXT NOT NULL, topic TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (consumer, topic))
    WITHOUT ROWID;
"""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Disk:
    """The tables of one file, or of memory if there is no path. The store lets one thread in at a time."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        with self._our_errors():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path or ":memory:", isolation_level=None, check_same_thread=False, cached_statements=64
            )
            self._open()

    def _open(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, FORMAT):
            raise IncompatibleFormat(str(self.path), found, FORMAT)
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA user_version = {FORMAT}")

    def close(self) -> None:
        """Close the file."""
        with self._our_errors():
            self._db.close()

    @contextmanager
    def transaction(self, *, replayable: bool = False) -> Iterator[None]:
        """Everything inside becomes durable together or not at all.

        A `replayable` transaction survives the process's death, but not certainly a power cut: its offsets
        go back with it, and the consumer writes the same documents again. Others wait for the disk.

        Raises: StateError, CorruptState.
        """
        with self._our_errors():
            self._db.execute(f"PRAGMA synchronous = {'NORMAL' if replayable else 'FULL'}")
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._our_errors():
                self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    # ----------------------------------------------------------------------------------- documents

    def put_documents(self, number: int, documents: Iterable[StoredDocument]) -> None:
        """Write documents of an index at their rows."""
        base = number << ROW_BITS
        with self._our_errors():
            self._db.executemany(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
                (
                    (base | row, id_, version, seq_no, source)
                    for row, id_, version, seq_no, source in documents
                ),
            )

    def delete_documents(self, number: int, rows: Iterable[int]) -> None:
        """Take documents of an index away."""
        base = number << ROW_BITS
        with self._our_errors():
            self._db.executemany("DELETE FROM documents WHERE place = ?", ((base | row,) for row in rows))

    def documents(self, number: int) -> Iterator[StoredDocument]:
        """Return the documents of an index in the order of rows."""
        base = number << ROW_BITS
        with self._our_errors():
            found = self._db.execute(
                "SELECT place - ?, id, version, seq_no, source FROM documents"
                " WHERE place >= ? AND place < ? ORDER BY place",
                (base, base, base + (1 << ROW_BITS)),
            )
            yield from found

    def source(self, number: int, row: int) -> bytes:
        """Return the source of one document. Raises: CorruptState if it is not there."""
        with self._our_errors():
            found = self._db.execute(
                "SELECT source FROM documents WHERE place = ?", ((number << ROW_BITS) | row,)
            ).fetchone()
        if found is None:
            raise CorruptState(str(self.path), reason=f"document {row} of index {number} is missing")
        source: bytes = found[0]
        return source

    def bytes_of(self, number: int) -> int:
        """Return about how many bytes an index takes, from a sample of its documents."""
        base = number << ROW_BITS
        with self._our_errors():
            count, total = self._db.execute(
                "SELECT count(*), coalesce(sum(length(source) + length(id) + 16), 0) FROM"
                " (SELECT source, id FROM documents WHERE place >= ? AND place < ? LIMIT 100)",
                (base, base + (1 << ROW_BITS)),
            ).fetchone()
        return round(total / count) if count else 0

    # --------------------------------------------------------------------- indices, names, offsets

    def indices(self) -> list[tuple[int, str, bytes, bytes]]:
        """Return number, name, body and mapping of every index."""
        with self._our_errors():
            return self._db.execute(
                "SELECT number, name, body, mapping FROM indices ORDER BY number"
            ).fetchall()

    def put_index(self, number: int, name: str, body: bytes, mapping: bytes) -> None:
        """Write an index's description."""
        with self._our_errors():
            self._db.execute(
                "INSERT OR REPLACE INTO indices VALUES (?, ?, ?, ?)", (number, name, body, mapping)
            )

    def delete_index(self, number: int) -> None:
        """Take an index and its documents away."""
        base = number << ROW_BITS
        with self._our_errors():
            self._db.execute("DELETE FROM indices WHERE number = ?", (number,))
            self._db.execute(
                "DELETE FROM documents WHERE place >= ? AND place < ?", (base, base + (1 << ROW_BITS))
            )

    def named(self, kind: str) -> list[tuple[str, bytes]]:
        """Return every name and body of a kind (template, pipeline …)."""
        with self._our_errors():
            return self._db.execute(
                "SELECT name, body FROM named WHERE kind = ? ORDER BY name", (kind,)
            ).fetchall()

    def put_named(self, kind: str, name: str, body: bytes) -> None:
        """Write a named body."""
        with self._our_errors():
            self._db.execute("INSERT OR REPLACE INTO named VALUES (?, ?, ?)", (kind, name, body))

    def delete_named(self, kind: str, name: str) -> None:
        """Take a named body away."""
        with self._our_errors():
            self._db.execute("DELETE FROM named WHERE kind = ? AND name = ?", (kind, name))

    def offsets(self, consumer: str) -> dict[str, int]:
        """Return the offset after the last document of each topic."""
        with self._our_errors():
            found = self._db.execute("SELECT topic, next FROM offsets WHERE consumer = ?", (consumer,))
            return {str(topic): int(offset) for topic, offset in found}

    def put_offset(self, consumer: str, topic: str, offset: int) -> None:
        """Write a consumer's offset."""
        with self._our_errors():
            self._db.execute("INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)", (consumer, topic, offset))

    def delete_offsets(self, consumer: str) -> None:
        """Forget a consumer."""
        with self._our_errors():
            self._db.execute("DELETE FROM offsets WHERE consumer = ?", (consumer,))

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            where = str(self.path or "the document store in memory")
            if getattr(error, "sqlite_errorcode", None) in _DAMAGED:
                raise CorruptState(where, reason=str(error)) from error
            raise StateError(f"{where}: {error}") from error
