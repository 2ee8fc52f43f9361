"""Aggregates without windows, over a stream or a table.

Source: org.apache.kafka.streams.kstream.internals.KStreamAggregate, KTableAggregate.
"""

from collections.abc import Callable, Iterator, Sequence

from clickstream.core.records import Header
from clickstream.engine.aggregates import Accumulator, State
from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.group_fold import GroupReducer
from clickstream.engine.context import QueryContext
from clickstream.engine.operators.group_by import Grouping
from clickstream.engine.rows import Key, Row, TableRow, Value
from clickstream.engine.state import KeyedStore

__all__ = ["Aggregate"]

_STREAM_ROW = 4
"""Length of a stream's row; a table's has the old value besides."""

Touched = dict[Key, tuple[Value | None, tuple[Header, ...]]]


class Aggregate:
    """One state per group. A stream's rows get their group here, a table's come grouped.

    With `with_old` the changes that are handed on carry the value before.
    """

    def __init__(
        self, context: QueryContext, accumulator: Accumulator, grouping: Grouping, *, with_old: bool
    ) -> None:
        self._reducer: GroupReducer | None = None
        self._fold: Callable[..., None] | None = None
        self._context = context
        self._group = grouping.group
        self._accumulator = accumulator
        self._with_old = with_old
        self._store = context.keep(KeyedStore("aggregate"))
        self._touched: Touched = {}

    def use_columns(self, reducer: GroupReducer, fold: Callable[..., None]) -> None:
        """Take batches too: reduced to partial results, these folded into the states."""
        self._reducer, self._fold = reducer, fold

    def process_columns(self, batch: Batch) -> list[Row] | None:
        """Take `batch` in, as `process` does."""
        if self._reducer is None or self._fold is None or not (self._context.coalesce or len(batch) == 1):
            return None
        found = self._reducer(batch)
        if found is None:
            return None
        data = self._store.data
        for key, time_ms, *parts in zip(found.keys, found.times, *found.parts, strict=True):
            state, old = data.get(key), None
            if state is None:
                state = self._accumulator.initial(time_ms)
            elif self._with_old and key not in self._touched:
                old = self._accumulator.result(state)
            state[0] = max(state[0], time_ms)
            self._fold(state, *parts)
            self._store.put(key, state)
            before = self._touched.get(key)
            self._touched[key] = (old if before is None else before[0], ())
        return [] if self._context.coalesce else self.flush()

    def process(self, rows: list[Row]) -> list[Row]:
        """Take `rows` in; return the changes, or hold them back while coalescing."""
        out: list[Row] = []
        for row in rows:
            key, headers = self._key(row), row[3]
            if key is None:
                continue
            state = self._store.data.get(key)
            old = None
            if self._with_old and state is not None and key not in self._touched:
                old = self._accumulator.result(state)
            state = self._apply(state, key, row)
            self._store.put(key, state)
            if self._context.coalesce:
                before = self._touched.get(key)
                self._touched[key] = (old if before is None else before[0], headers)
            elif state is not None:
                out.append((key, self._accumulator.result(state), state[0], headers, old))
        return out

    def _key(self, row: Row) -> Key | None:
        """Return the group of a row, None for one that belongs to none."""
        if len(row) > _STREAM_ROW:
            grouped: Key = row[0]
            return grouped
        return None if row[1] is None else self._group(row[0], row[1], row[2])

    def _apply(self, state: State | None, key: Key, row: Row) -> State | None:
        """Return the state after one row: the old value taken out, the new one put in."""
        value, time_ms = row[1], row[2]
        taken = row[4] if len(row) > _STREAM_ROW else None
        if state is not None:
            state[0] = max(state[0], time_ms)
            if taken is not None and self._accumulator.undo is not None:
                self._accumulator.undo(state, key, taken, time_ms)
        if value is not None:
            if state is None:
                state = self._accumulator.initial(time_ms)
            self._accumulator.add(state, key, value, time_ms)
        return state

    def flush(self) -> list[Row]:
        """Return each group touched since the last flush once."""
        touched, self._touched = self._touched, {}
        result, data = self._accumulator.result, self._store.data
        return [
            (key, result(state), state[0], headers, old)
            for key, (old, headers) in touched.items()
            if (state := data.get(key)) is not None
        ]

    def scan(self, keys: Sequence[Key] | None) -> Iterator[TableRow]:
        """Return the rows of `keys`, or all."""
        data, result = self._store.data, self._accumulator.result
        for key in data if keys is None else keys:
            state = data.get(key)
            if state is not None:
                yield key, result(state), state[0]
