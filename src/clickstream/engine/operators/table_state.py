"""A table's current rows: what changes need the old value of, and what events are joined with."""

from collections.abc import Iterator, Sequence

from clickstream.engine.context import QueryContext
from clickstream.engine.rows import Key, Row, TableRow
from clickstream.engine.state import KeyedStore

__all__ = ["TableState", "load_row"]


def load_row(stored: list[object]) -> tuple[object, ...]:
    """Return a stored `[value, time_ms]` with the value as a tuple."""
    value, time_ms = stored
    assert isinstance(value, list)
    return tuple(value), time_ms


class TableState:
    """Keeps a table and adds the value before to each of its changes."""

    def __init__(self, context: QueryContext, name: str) -> None:
        self.store = context.keep(KeyedStore(name, load_row))

    def process(self, rows: list[Row]) -> list[Row]:
        """Apply `rows`; return them with the old values."""
        store, data = self.store, self.store.data
        out: list[Row] = []
        for key, value, time_ms, headers, _ in rows:
            before = data.get(key)
            store.put(key, None if value is None else (value, time_ms))
            out.append((key, value, time_ms, headers, None if before is None else before[0]))
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []

    def scan(self, keys: Sequence[Key] | None) -> Iterator[TableRow]:
        """Return the rows of `keys`, or all."""
        data = self.store.data
        for key in list(data) if keys is None else keys:
            found = data.get(key)
            if found is not None:
                yield key, found[0], found[1]
