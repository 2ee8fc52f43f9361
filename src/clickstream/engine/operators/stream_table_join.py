"""Events joined with the row a table has for their key at that moment.

Source: org.apache.kafka.streams.kstream.internals.KStreamKTableJoinProcessor.
"""

from collections.abc import Sequence

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import Codes, Column, Encoder
from clickstream.engine.context import QueryContext
from clickstream.engine.operators.table_state import load_row
from clickstream.engine.rows import NullKey, Row, Value
from clickstream.engine.state import KeyedStore
from clickstream.sql.types import SqlType

__all__ = ["StreamTableJoin"]


class StreamTableJoin:
    """The event side is a stage; the table side is the stage `table`, which gives no rows.

    An event without a key or a value is dropped. NULLs of the types `right` stand in for a missing row of
    a left join.
    """

    def __init__(self, context: QueryContext, right: Sequence[SqlType], *, left: bool) -> None:
        store = context.keep(KeyedStore("join-table", load_row))
        self.table = _TableSide(store)
        self._data = store.data
        self._missing: Value | None = (None,) * len(right) if left else None
        self._absent = None if self._missing is None else (self._missing, 0)
        self._right = [(type_, Encoder()) for type_ in right]

    def process_columns(self, batch: Batch) -> Batch | None:
        """Return the joined events; the table is looked up once a distinct key."""
        if len(batch.key) != 1 or not batch.key[0].is_coded:
            return None
        codes, dictionary = batch.key[0].codes()
        place = np.full(len(dictionary.entries), -1, np.int64)
        rows: list[Value] = []
        for code in np.flatnonzero(np.bincount(codes, minlength=len(place))).tolist():
            key = dictionary.entries[code]
            found = None if key is None else self._data.get((key,), self._absent)
            if found is not None:
                place[code] = len(rows)
                rows.append(found[0])
        at = place[codes]
        if at.min() < 0:
            index = np.flatnonzero(at >= 0)
            batch, at = batch.take(index), at[index]
        columns = [
            _gather(type_, encoder, [row[i] for row in rows], at)
            for i, (type_, encoder) in enumerate(self._right)
        ]
        return Batch(batch.times, batch.key, (*batch.value, *columns))

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


def _gather(type_: SqlType, encoder: Encoder, values: list[object], at: Codes) -> Column:
    """Return the column of `values[at]`."""
    if Column(type_).is_coded:
        dictionary = encoder.dictionary()
        return Column.coded(type_, dictionary.encode(values)[at], dictionary)
    return Column.of_list(type_, list(map(values.__getitem__, at.tolist())))
