"""Filters: WHERE and HAVING."""

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.functions import ColumnPredicate
from clickstream.engine.evaluate import Predicate
from clickstream.engine.rows import Row

__all__ = ["StreamFilter", "TableFilter"]


class StreamFilter:
    """Events for which the predicate is true; an event without a value has none."""

    def __init__(self, predicate: Predicate, by_column: ColumnPredicate | None = None) -> None:
        self._predicate = predicate
        self._by_column = by_column

    def process_columns(self, batch: Batch) -> Batch | None:
        """Return the rows that match."""
        mask = None if self._by_column is None else self._by_column(batch)
        if mask is None:
            return None
        return batch if mask.all() else batch.take(np.flatnonzero(mask))

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the rows that match."""
        matches = self._predicate
        return [r for r in rows if r[1] is not None and matches(r[0], r[1], r[2])]

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []


class TableFilter:
    """A table's rows for which the predicate is true.

    A row that stops matching is deleted; one that neither matched nor matches is not mentioned.
    Source: org.apache.kafka.streams.kstream.internals.KTableFilter.
    """

    def __init__(self, predicate: Predicate) -> None:
        self._predicate = predicate

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the changes of the filtered table."""
        matches = self._predicate
        out: list[Row] = []
        for key, value, time_ms, headers, old in rows:
            new = value if value is not None and matches(key, value, time_ms) else None
            before = old if old is not None and matches(key, old, time_ms) else None
            if new is not None or before is not None:
                out.append((key, new, time_ms, headers, before))
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
