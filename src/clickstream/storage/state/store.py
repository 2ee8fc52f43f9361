"""The state of queries: for each query named stores of keys and values, as bytes the engine understands.

A commit writes a query's changes as one row of a log: a thousand single rows would cost ten times as much,
and hot keys change in every commit. The log is folded into the table of newest values little by little. What
is not folded yet is kept in memory too, so that the log is read only after a restart.
"""

import threading
import zlib
from collections.abc import Iterable, Iterator

import msgspec

from clickstream.core.errors import CorruptState
from clickstream.core.records import StateChange
from clickstream.storage.database import DAMAGED_HINT, Database
from clickstream.storage.state.unfolded import Key, Unfolded

__all__ = ["StateStore"]

ROWS_A_READ = 20_000
"""Rows fetched at a time while loading: restoring half a million must not hold them twice."""

LOG_ROWS_A_READ = 100

FOLD_AFTER_CHANGES = 20_000
"""Changes of a query after which its newest values go to the table: rare enough to meet hot keys once."""

FOLD_AFTER_COMMITS = 500
"""The same in commits, so that the log stays short when little changes."""

FOLD_KEYS = 500
"""Keys folded in a commit: 1.5 ms."""

UNFOLDED_KEYS = 50_000
"""Keys of a query that may wait; beyond them folding has to keep pace, so that a start reads a short log."""

SEAL_BYTES = 4
"""A CRC-32."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS state_stores (
        id INTEGER PRIMARY KEY, query TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (query, name))""",
    """CREATE TABLE IF NOT EXISTS state (
        store INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (store, key)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS state_log (
        id INTEGER PRIMARY KEY, query TEXT NOT NULL, changes BLOB NOT NULL)""",
    # The log is short enough to be searched. An index cost a page a query and commit: a quarter of all.
    "DROP INDEX IF EXISTS state_log_by_query",
)

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[StateChange])


class StateStore:
    """The newest value of every key of every query's stores, as of the last commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(*_TABLES)
        self._ids: dict[tuple[str, str], int] = {}
        self._unfolded: dict[str, Unfolded] = {}
        self._lock = threading.Lock()
        """Held while values move between memory and table: a reader must not miss one on its way."""
        self._read_ids()
        database.join(self)

    # ------------------------------------------------------------------------------ reading

    def load(self, query_id: str) -> Iterator[StateChange]:
        """Yield what a query has stored, each key once. Other queries may be written meanwhile."""
        unfolded = self._log_of(query_id)
        with self._lock:
            newest = unfolded.newest()
        for (owner, name), store in sorted(self._ids.items()):
            if owner == query_id:
                for key, stored in self._rows(store):
                    if (name, key) not in newest:
                        yield name, key, self._unsealed(stored, f"state of {query_id}", key)
        for (name, key), changed in newest.items():
            if changed is not None:
                yield name, key, changed

    def _rows(self, store: int) -> Iterator[tuple[bytes, bytes]]:
        after, condition = b"", ">="
        while True:
            rows = self._database.read(
                f"SELECT key, value FROM state WHERE store = ? AND key {condition} ? ORDER BY key LIMIT ?",
                (store, after, ROWS_A_READ),
            )
            yield from rows
            if len(rows) < ROWS_A_READ:
                return
            after, condition = rows[-1][0], ">"

    def count(self, query_id: str) -> int:
        """Return how many keys a query has stored."""
        return sum(1 for _ in self.load(query_id))

    # ------------------------------------------------------------------------------ writing

    def write(self, query_id: str, changes: list[StateChange]) -> None:
        """Store changes, inside a transaction; of several changes of a key the last one counts."""
        if not changes:
            return
        row = self._database.write(
            "INSERT INTO state_log (query, changes) VALUES (?, ?)",
            (query_id, _sealed(_encoder.encode(changes))),
        )
        unfolded = self._log_of(query_id, before=row)
        with self._lock:
            unfolded.add(changes, row)

    def drop(self, query_id: str) -> None:
        """Forget all state of a query, inside a transaction."""
        self._database.write("DELETE FROM state_log WHERE query = ?", (query_id,))
        for owner, name in list(self._ids):
            if owner == query_id:
                store = self._ids.pop((owner, name))
                self._database.write("DELETE FROM state WHERE store = ?", (store,))
                self._database.write("DELETE FROM state_stores WHERE id = ?", (store,))
        with self._lock:
            if query_id in self._unfolded:
                self._unfolded[query_id].drop()

    # ------------------------------------------------------------------------------ transactions

    def before_commit(self) -> None:
        """Fold a little, if it is time."""
        with self._lock:
            self._fold()

    def _fold(self) -> None:
        for query_id, unfolded in self._unfolded.items():
            if unfolded.is_due(FOLD_AFTER_CHANGES, FOLD_AFTER_COMMITS):
                self._put(query_id, unfolded.take(max(FOLD_KEYS, unfolded.count - UNFOLDED_KEYS)))
                if row := unfolded.finished_row:
                    self._database.write("DELETE FROM state_log WHERE query = ? AND id <= ?", (query_id, row))

    def committed(self) -> None:
        """What was written and folded counts."""
        with self._lock:
            for unfolded in self._unfolded.values():
                unfolded.committed()

    def rolled_back(self) -> None:
        """Forget what the transaction had written, folded and dropped."""
        self._read_ids()
        with self._lock:
            for unfolded in self._unfolded.values():
                unfolded.rolled_back()

    # ------------------------------------------------------------------------------ inside

    def _put(self, query_id: str, changes: Iterable[tuple[Key, bytes | None]]) -> None:
        gone: list[tuple[int, bytes]] = []
        kept: list[tuple[int, bytes, bytes]] = []
        for (name, key), value in changes:
            store = self._ids.get((query_id, name)) or self._add_store(query_id, name)
            if value is None:
                gone.append((store, key))
            else:
                kept.append((store, key, _sealed(value, key)))
        self._database.write_many(
            "INSERT INTO state VALUES (?, ?, ?)"
            " ON CONFLICT (store, key) DO UPDATE SET value = excluded.value",
            kept,
        )
        self._database.write_many("DELETE FROM state WHERE store = ? AND key = ?", gone)

    def _add_store(self, query_id: str, name: str) -> int:
        store = self._database.write("INSERT INTO state_stores (query, name) VALUES (?, ?)", (query_id, name))
        self._ids[query_id, name] = store
        return store

    def _log_of(self, query_id: str, *, before: int = 1 << 62) -> Unfolded:
        """Return a query's unfolded changes; the first time, what an earlier process left in the log."""
        known = self._unfolded.get(query_id)
        if known is not None:
            return known
        found = Unfolded()
        last = 0
        while rows := self._database.read(
            "SELECT id, changes FROM state_log WHERE query = ? AND id > ? AND id < ? ORDER BY id LIMIT ?",
            (query_id, last, before, LOG_ROWS_A_READ),
        ):
            for row, changes in rows:
                whole = self._unsealed(changes, f"change {row} of {query_id}")
                found.add(_decoder.decode(whole), row)
            last = rows[-1][0]
        found.committed()
        # Not held while reading: a thread in a transaction may wait for it.
        with self._lock:
            return self._unfolded.setdefault(query_id, found)

    def _unsealed(self, stored: bytes, what: str, key: bytes = b"") -> bytes:
        value = stored[SEAL_BYTES:]
        if stored[:SEAL_BYTES] != _seal(value, key):
            raise CorruptState(
                str(self._database.path), reason=f"{what}: the checksum does not match", hint=DAMAGED_HINT
            )
        return value

    def _read_ids(self) -> None:
        rows = self._database.read("SELECT query, name, id FROM state_stores")
        self._ids = {(query, name): store for query, name, store in rows}


def _sealed(value: bytes, key: bytes = b"") -> bytes:
    """Return the value behind its checksum: SQLite has none, and a flipped bit would count for ever."""
    return _seal(value, key) + value


def _seal(value: bytes, key: bytes) -> bytes:
    return zlib.crc32(value, zlib.crc32(key)).to_bytes(SEAL_BYTES, "big")
