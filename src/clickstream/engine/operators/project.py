"""Projections: new value columns from old ones."""

from clickstream.engine.evaluate import RowFunction
from clickstream.engine.rows import Row

__all__ = ["StreamProject", "TableProject"]


class StreamProject:
    """Events with new values; no value stays no value."""

    def __init__(self, columns: RowFunction) -> None:
        self._columns = columns

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
