"""GROUP BY: rows under their group's key, for the aggregate that follows.

A row of which any group column is NULL belongs to no group. For a table each change becomes the
taking back of the old row and the adding of the new one, which may be in another group.
"""

from clickstream.engine.evaluate import RowFunction
from clickstream.engine.rows import Key, Row
from clickstream.engine.serde.hashable import hashable

__all__ = ["StreamGroupBy", "TableGroupBy"]


class StreamGroupBy:
    """Events by group; `keys` None keeps the key they have."""

    def __init__(self, keys: RowFunction | None, *, freeze: bool = False) -> None:
        self._keys = keys
        self._freeze = freeze

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the rows that have a group and a value."""
        out: list[Row] = []
        keys = self._keys
        for key, value, time_ms, headers in rows:
            if value is None:
                continue
            group = key if keys is None else keys(key, value, time_ms)
            if None in group:
                continue
            if self._freeze:
                group = _frozen(group)
            out.append((group, value, time_ms, headers))
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []


class TableGroupBy:
    """A table's changes by group.

    Source: org.apache.kafka.streams.kstream.internals.KTableRepartitionMap.
    """

    def __init__(self, keys: RowFunction, *, freeze: bool = False) -> None:
        self._keys = keys
        self._freeze = freeze

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

    def _group(self, key: Key, value: Key, time_ms: int) -> Key | None:
        group = self._keys(key, value, time_ms)
        if None in group:
            return None
        return _frozen(group) if self._freeze else group

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []


def _frozen(group: Key) -> Key:
    return tuple(hashable(part) for part in group)
