"""New keys for a stream: PARTITION BY, and the rekeying before a join."""

from collections.abc import Sequence

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.functions import Argument, columns_of_batch
from clickstream.engine.evaluate import RowFunction
from clickstream.engine.rows import Row, null_key
from clickstream.engine.serde.hashable import hashable

__all__ = ["SelectKey"]


class SelectKey:
    """Events under a new key; the old key's columns follow the value columns.

    A single key that is NULL is no key. For an event without a value only expressions over the old key
    give anything.
    """

    def __init__(
        self,
        keys: RowFunction,
        count: int,
        value_columns: int,
        *,
        freeze: bool = False,
        by_column: Sequence[Argument] | None = None,
    ) -> None:
        self._keys = keys
        self._by_column = None if freeze else by_column
        self._freeze = freeze
        self._null = null_key(count)
        self._single = count == 1
        self._no_value = (None,) * value_columns

    def process_columns(self, batch: Batch) -> Batch | None:
        """Return the rekeyed rows."""
        keys = columns_of_batch(self._by_column, batch)
        return None if keys is None else Batch(batch.times, keys, (*batch.value, *batch.key))

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the rekeyed rows."""
        keys, null, single = self._keys, self._null, self._single
        out: list[Row] = []
        for key, value, time_ms, headers in rows:
            new = keys(key, self._no_value, None) if value is None else keys(key, value, time_ms)
            if single and new[0] is None:
                new = null
            elif self._freeze:
                new = tuple(hashable(part) for part in new)
            out.append((new, None if value is None else value + key, time_ms, headers))
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
