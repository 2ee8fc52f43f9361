"""Events joined with the row a table has for their key at that moment.

Source: org.apache.kafka.streams.kstream.internals.KStreamKTableJoinProcessor.
"""

from clickstream.engine.context import QueryContext
from clickstream.engine.operators.table_state import load_row
from clickstream.engine.rows import NullKey, Row, Value
from clickstream.engine.state import KeyedStore

__all__ = ["StreamTableJoin"]


class StreamTableJoin:
    """The event side is a stage; the table side is the stage `table`, which gives no rows.

    An event without a key or a value is dropped. `right_columns` NULLs stand in for a missing row of
    a left join.
    """

    def __init__(self, context: QueryContext, right_columns: int, *, left: bool) -> None:
        store = context.keep(KeyedStore("join-table", load_row))
        self.table = _TableSide(store)
        self._data = store.data
        self._missing: Value | None = (None,) * right_columns if left else None

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the joined events."""
        data, missing = self._data, self._missing
        out: list[Row] = []
        for key, value, time_ms, headers in rows:
            if value is None or key.__class__ is NullKey:
                continue
            found = data.get(key)
            right = missing if found is None else found[0]
            if right is not None:
                out.append((key, value + right, time_ms, headers))
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []


class _TableSide:
    """Applies the table's changes."""

    def __init__(self, store: KeyedStore) -> None:
        self._store = store

    def process(self, rows: list[Row]) -> list[Row]:
        """Apply `rows`."""
        put = self._store.put
        for row in rows:
            value = row[1]
            put(row[0], None if value is None else (value, row[2]))
        return []

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
