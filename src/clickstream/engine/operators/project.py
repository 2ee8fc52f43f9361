"""Projections: new value columns from old ones."""

from collections.abc import Sequence

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.functions import Argument, columns_of_batch
from clickstream.engine.evaluate import RowFunction
from clickstream.engine.rows import Row

__all__ = ["StreamProject", "TableProject"]


class StreamProject:
    """Events with new values; no value stays no value."""

    def __init__(self, columns: RowFunction, by_column: Sequence[Argument] | None = None) -> None:
        self._columns = columns
        self._by_column = by_column

    def process_columns(self, batch: Batch) -> Batch | None:
        """Return the projected rows."""
        columns = columns_of_batch(self._by_column, batch)
        return None if columns is None else Batch(batch.times, batch.key, columns)

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the projected rows."""
        columns = self._columns
        return [(k, None if v is None else columns(k, v, t), t, h) for k, v, t, h in rows]

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []


class TableProject:
    """A table's changes with new values, before and after alike."""

    def __init__(self, columns: RowFunction) -> None:
        self._columns = columns

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the projected changes."""
        columns = self._columns
        return [
            (
                k,
                None if v is None else columns(k, v, t),
                t,
                h,
                None if old is None else columns(k, old, t),
            )
            for k, v, t, h, old in rows
        ]

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
