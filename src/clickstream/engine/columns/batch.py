"""Batches: a chunk's rows as columns, from one operator of a stream to the next.

What stands in a batch is plain: every row has a value and no headers. Whatever else a chunk holds is
processed row by row.
"""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import numpy as np

from clickstream.engine.columns.column import Codes, Column, Encoder, Numbers
from clickstream.engine.rows import NullKey, Row, null_key
from clickstream.sql.types import BIGINT, SqlType

__all__ = ["Batch"]


class Batch:
    """Rows as columns. A single key column that is NULL stands for a missing key (`NullKey`).

    `shared` is for what operators of several queries work out from the same columns.
    """

    __slots__ = ("_rows", "key", "shared", "times", "value")

    def __init__(self, times: Numbers, key: Sequence[Column], value: Sequence[Column]) -> None:
        self.times = times
        self.key = tuple(key)
        self.value = tuple(value)
        self.shared: dict[Any, Any] = {}
        self._rows: list[Row] | None = None

    @classmethod
    def of_rows(
        cls,
        rows: list[Row],
        key: Sequence[SqlType],
        value: Sequence[SqlType],
        encoders: Sequence[Encoder],
    ) -> "Batch | None":
        """Return stream rows as a batch, None if one of them has no place in it.

        Shape: `encoders` are those of the key columns, then of the value columns.
        """
        for row in rows:
            if (
                row[1] is None
                or row[3]
                or row[2] < 0
                or (row[0].__class__ is NullKey) is not _keyless(row[0])
            ):
                return None
        size = len(rows)
        times = np.fromiter([row[2] for row in rows], np.int64, size)
        columns = [*zip(*[row[0] for row in rows], strict=True)] if key else []
        columns += zip(*[row[1] for row in rows], strict=True)
        if len(columns) != len(key) + len(value):
            return None
        made = [
            Column.of_list(type_, list(column), encoder)
            for type_, column, encoder in zip((*key, *value), columns, encoders, strict=True)
        ]
        batch = cls(times, made[: len(key)], made[len(key) :])
        batch._rows = rows
        return batch

    @classmethod
    def joined(cls, batches: "Sequence[Batch]") -> "Batch":
        """Return batches of the same columns as one, in order."""
        if len(batches) == 1:
            return batches[0]
        keys = zip(*[batch.key for batch in batches], strict=True)
        values = zip(*[batch.value for batch in batches], strict=True)
        return cls(
            np.concatenate([batch.times for batch in batches]),
            [Column.joined(columns) for columns in keys],
            [Column.joined(columns) for columns in values],
        )

    def __len__(self) -> int:
        return len(self.times)

    def rows(self) -> list[Row]:
        """Return the rows as tuples."""
        if self._rows is None:
            self._rows = list(zip(self.keys(), self._values(), self.times.tolist(), repeat(())))
        return self._rows

    def keys(self) -> Any:
        """Return the rows' keys, one after the other."""
        if not self.key:
            return repeat(null_key(0), len(self))
        keys = zip(*[column.values() for column in self.key], strict=True)
        if len(self.key) > 1:
            return keys
        null = null_key(1)
        return [null if key[0] is None else key for key in keys]

    def _values(self) -> Any:
        if not self.value:
            return repeat((), len(self))
        return zip(*[column.values() for column in self.value], strict=True)

    def take(self, index: Codes) -> "Batch":
        """Return the rows `index`."""
        return Batch(
            self.times[index], [c.take(index) for c in self.key], [c.take(index) for c in self.value]
        )

    def column(self, place: str) -> Column:
        """Return the column at a slot's place: `k[0]`, `v[3]`, `t`."""
        if place == "t":
            return Column.of_numbers(BIGINT, self.times)
        at = int(place[2:-1])
        return self.key[at] if place[0] == "k" else self.value[at]


def _keyless(key: tuple[Any, ...]) -> bool:
    """Return whether a batch would show `key` as a missing one."""
    return (len(key) == 1 and key[0] is None) or (len(key) == 0 and key.__class__ is NullKey)
