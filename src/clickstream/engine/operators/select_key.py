"""New keys for a stream: PARTITION BY, and the rekeying before a join."""

from clickstream.engine.evaluate import RowFunction
from clickstream.engine.rows import Row, null_key
from clickstream.engine.serde.hashable import hashable

__all__ = ["SelectKey"]


class SelectKey:
    """Events under a new key; the old key's columns follow the value columns.

    A single key that is NULL is no key. An event without a value gets no key.
    """

    def __init__(self, keys: RowFunction, count: int, *, freeze: bool = False) -> None:
        self._keys = keys
        self._freeze = freeze
        self._null = null_key(count)
        self._single = count == 1

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the rekeyed rows."""
        keys, null, single = self._keys, self._null, self._single
        out: list[Row] = []
        for key, value, time_ms, headers in rows:
            if value is None:
                out.append((null, None, time_ms, headers))
                continue
            new = keys(key, value, time_ms)
            if single and new[0] is None:
                new = null
            elif self._freeze:
                new = tuple(hashable(part) for part in new)
            out.append((new, value + key, time_ms, headers))
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
