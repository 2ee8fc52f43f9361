"""GROUP BY on columns: each row's group as a small number, in the order the groups first appear."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import Codes, Column
from clickstream.engine.columns.functions import Argument, columns_of_batch, pack, unpack
from clickstream.engine.rows import Key

__all__ = ["ColumnGrouping", "Groups"]

_MOST_COUNTED = 1 << 16
"""Combinations of codes that are counted in a table; more are sorted."""


@dataclass(frozen=True, slots=True)
class Groups:
    """`keys[i]` is a group, numbered by first appearance; `codes` each row's group.

    `batch` has only the rows that belong to a group, those without a NULL among the group columns, and
    these columns as its key.
    """

    batch: Batch
    codes: Codes
    keys: list[Key]


class ColumnGrouping:
    """Finds groups by column functions of the group's expressions."""

    def __init__(self, columns: Sequence[Argument]) -> None:
        self._columns = columns

    def __call__(self, batch: Batch) -> Groups | None:
        """Return the groups of `batch`, None if the rows have to be looked at one by one."""
        columns = columns_of_batch(self._columns, batch)
        if columns is None or not all(column.is_coded for column in columns):
            return None
        place = tuple(id(column) for column in columns)
        found: Groups | None = batch.shared.get(place)
        if found is None:
            found = batch.shared[place] = _groups(batch, columns)
            batch.shared[place, "columns"] = columns
        return found


def _groups(batch: Batch, columns: Sequence[Column]) -> Groups:
    batch, columns = _without_null(batch, columns)
    batch = Batch(batch.times, columns, batch.value)
    if not len(batch):
        return Groups(batch, np.empty(0, np.int64), [])
    if not columns:
        return Groups(batch, np.zeros(len(batch), np.int64), [()])
    coded = [column.codes() for column in columns]
    packed, sizes = pack(coded)
    combinations = 1
    for size in sizes:
        combinations *= size
    if combinations <= max(_MOST_COUNTED, 4 * len(batch)):
        distinct, codes = _count(packed, combinations)
    else:
        distinct, codes = _sort(packed)
    return Groups(batch, codes, unpack(distinct, coded, sizes))


def _without_null(batch: Batch, columns: Sequence[Column]) -> tuple[Batch, Sequence[Column]]:
    kept = None
    for column in columns:
        codes, dictionary = column.codes()
        null = dictionary.get(None)
        if null is not None:
            mask = codes != null
            kept = mask if kept is None else kept & mask
    if kept is None or kept.all():
        return batch, columns
    index = np.flatnonzero(kept)
    return batch.take(index), [column.take(index) for column in columns]


def _count(packed: Codes, combinations: int) -> tuple[Codes, Codes]:
    """Return the distinct codes by first appearance, and each row's number among them."""
    size = len(packed)
    first = np.full(combinations, size)
    first[packed[::-1]] = np.arange(size - 1, -1, -1)
    present = np.flatnonzero(first < size)
    distinct = present[np.argsort(first[present])]
    rank = np.empty(combinations, np.int64)
    rank[distinct] = np.arange(len(distinct))
    return distinct, rank[packed]


def _sort(packed: Codes) -> tuple[Codes, Codes]:
    """As `_count`, for codes that are spread too wide for a table."""
    present, first, codes = np.unique(packed, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return present[order], rank[codes]
