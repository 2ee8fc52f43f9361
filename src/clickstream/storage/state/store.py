"""The state of queries: for each query named stores of keys and values, as bytes the engine understands."""

from collections.abc import Iterable, Iterator

from clickstream.core.records import StateChange
from clickstream.storage.database import Database

__all__ = ["StateStore"]

ROWS_A_READ = 20_000
"""Rows fetched at a time while loading: restoring half a million must not hold them twice."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS state_stores (
        id INTEGER PRIMARY KEY, query TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (query, name))""",
    """CREATE TABLE IF NOT EXISTS state (
        store INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (store, key)) WITHOUT ROWID""",
)


class StateStore:
    """The newest value of every key of every query's stores, as of the last commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(*_TABLES)
        self._ids: dict[tuple[str, str], int] = {}
        self._read_ids()
        database.join(self)

    def load(self, query_id: str) -> Iterator[StateChange]:
        """Yield what a query has stored, by store and key."""
        for (owner, name), store in sorted(self._ids.items()):
            if owner == query_id:
                yield from self._load_store(name, store)

    def _load_store(self, name: str, store: int) -> Iterator[StateChange]:
        after = b""
        condition = ">="
        while True:
            rows = self._database.read(
                f"SELECT key, value FROM state WHERE store = ? AND key {condition} ? ORDER BY key LIMIT ?",
                (store, after, ROWS_A_READ),
            )
            for key, value in rows:
                yield name, key, value
            if len(rows) < ROWS_A_READ:
                return
            after, condition = rows[-1][0], ">"

    def write(self, query_id: str, changes: Iterable[StateChange]) -> None:
        """Store changes, inside a transaction; of several changes of a key the last one counts."""
        newest: dict[int, dict[bytes, bytes | None]] = {}
        for name, key, value in changes:
            newest.setdefault(self._store(query_id, name), {})[key] = value
        for store, values in newest.items():
            self._database.write_many(
                "INSERT INTO state VALUES (?, ?, ?)"
                " ON CONFLICT (store, key) DO UPDATE SET value = excluded.value",
                [(store, key, value) for key, value in values.items() if value is not None],
            )
            self._database.write_many(
                "DELETE FROM state WHERE store = ? AND key = ?",
                [(store, key) for key, value in values.items() if value is None],
            )

    def drop(self, query_id: str) -> None:
        """Forget all state of a query, inside a transaction."""
        for owner, name in list(self._ids):
            if owner == query_id:
                store = self._ids.pop((owner, name))
                self._database.write("DELETE FROM state WHERE store = ?", (store,))
                self._database.write("DELETE FROM state_stores WHERE id = ?", (store,))

    def count(self, query_id: str) -> int:
        """Return how many keys a query has stored."""
        (rows,) = self._database.read(
            "SELECT count(*) FROM state WHERE store IN (SELECT id FROM state_stores WHERE query = ?)",
            (query_id,),
        )[0]
        return int(rows)

    def _store(self, query_id: str, name: str) -> int:
        store = self._ids.get((query_id, name))
        if store is None:
            store = self._database.write(
                "INSERT INTO state_stores (query, name) VALUES (?, ?)", (query_id, name)
            )
            self._ids[query_id, name] = store
        return store

    def before_commit(self) -> None:
        """Nothing is held back."""

    def committed(self) -> None:
        """Nothing is held back."""

    def rolled_back(self) -> None:
        """Forget the stores that the transaction had added or dropped."""
        self._read_ids()

    def _read_ids(self) -> None:
        rows = self._database.read("SELECT query, name, id FROM state_stores")
        self._ids = {(query, name): store for query, name, store in rows}
