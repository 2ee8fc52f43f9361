"""GROUP BY: rows under their group's key, for the aggregate that follows.

A row of which any group column is NULL belongs to no group. For a table each change becomes the
taking back of the old row and the adding of the new one, which may be in another group.
"""

from dataclasses import dataclass

from clickstream.engine.evaluate import RowFunction
from clickstream.engine.rows import Key, Row, Value
from clickstream.engine.serde.hashable import hashable

__all__ = ["Grouping", "TableGroupBy"]


@dataclass(frozen=True, slots=True)
class Grouping:
    """How a row's group is found: the columns, and whether they hold values that need a hash."""

    keys: RowFunction
    freeze: bool = False

    def group(self, key: Key, value: Value, time_ms: int) -> Key | None:
        """Return the row's group, None if it has none."""
        group = self.keys(key, value, time_ms)
        if None in group:
            return None
        return tuple(hashable(part) for part in group) if self.freeze else group


class TableGroupBy:
    """A table's changes by group.

    Source: org.apache.kafka.streams.kstream.internals.KTableRepartitionMap.
    """

    def __init__(self, grouping: Grouping) -> None:
        self._group = grouping.group

    def process(self, rows: list[Row]) -> list[Row]:
        """Return (group, added row, time, headers, row taken back), old groups first."""
        out: list[Row] = []
        for key, value, time_ms, headers, old in rows:
            before = None if old is None else self._group(key, old, time_ms)
            after = None if value is None else self._group(key, value, time_ms)
            if before is not None and before == after:
                out.append((before, value, time_ms, headers, old))
                continue
            if before is not None:
                out.append((before, None, time_ms, headers, old))
            if after is not None:
                out.append((after, value, time_ms, headers, None))
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
