"""Aggregates of columns: partial results by cell, to be merged into a state.

A cell is a group, or a group's pane (a slice of time). Only what does not depend on the order of rows
is done here: counts, sums of integers (64-bit integers wrap, as the row functions' sums do), extremes
of integers. Sums of doubles would be rounded differently in another order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import CODED, Codes, Column, Mask, Numbers
from clickstream.engine.columns.functions import Argument
from clickstream.sql.functions.resolved import ResolvedAggregate

__all__ = ["Cells", "Partial", "Reduction", "Spread", "copying", "extremes", "reduction"]

Spread = Callable[[Numbers, str], Numbers]
"""Partial results by cell to results by window: `spread(cells, how)` with how `sum`, `min` or `max`."""

_WHOLE = frozenset({"INTEGER", "BIGINT"})
_ORDERED = _WHOLE | {"DATE", "TIME", "TIMESTAMP"}
_EXACT = 1 << 53
"""Sums of doubles below this are exact integers."""

_LOWEST, _HIGHEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(slots=True)
class Cells:
    """Each row's cell, and how many there are."""

    index: Codes
    count: int
    _sizes: Numbers | None = None
    _last: Numbers | None = None

    def of(self, rows: Mask) -> "Cells":
        """Return the cells of the rows in `rows`."""
        return Cells(self.index[rows], self.count)

    def sizes(self) -> Numbers:
        """Return the number of rows of each cell."""
        if self._sizes is None:
            self._sizes = np.bincount(self.index, minlength=self.count)
        return self._sizes

    def last(self) -> Numbers:
        """Return the last row of each cell, -1 where there is none."""
        if self._last is None:
            self._last = np.full(self.count, -1, np.int64)
            self._last[self.index] = np.arange(len(self.index))
        return self._last


class Partial(Protocol):
    """Partial results of one aggregate, by cell."""

    def values(self, spread: Spread, touched: Codes) -> list[Any]:
        """Return the partial states of the windows `touched`."""
        ...


class Reduction(Protocol):
    """One aggregate's way from a column to partial results."""

    def __call__(self, batch: Batch, cells: Cells) -> Partial | None:
        """Return the partial results, None if the rows have to be looked at one by one."""
        ...


# --------------------------------------------------------------------------------- partial results


class _Counts:
    def __init__(self, cells: Cells) -> None:
        self._counts = cells.sizes()

    def values(self, spread: Spread, touched: Codes) -> list[Any]:
        counts: list[Any] = spread(self._counts, "sum")[touched].tolist()
        return counts


class _Sums:
    def __init__(self, cells: Cells, numbers: Numbers) -> None:
        self._sums = _sums(cells, numbers)

    def values(self, spread: Spread, touched: Codes) -> list[Any]:
        sums: list[Any] = spread(self._sums, "sum")[touched].tolist()
        return sums


class _Averages:
    def __init__(self, sums: _Sums, counts: _Counts) -> None:
        self._sums, self._counts = sums, counts

    def values(self, spread: Spread, touched: Codes) -> list[Any]:
        sums, counts = self._sums.values(spread, touched), self._counts.values(spread, touched)
        return [[amount, count] for amount, count in zip(sums, counts, strict=True)]


class _Extremes:
    def __init__(self, cells: Cells, numbers: Numbers, how: str, counts: Numbers | None) -> None:
        self._best = extremes(cells, numbers, how)
        self._how = how
        self._counts = counts

    def values(self, spread: Spread, touched: Codes) -> list[Any]:
        best: list[Any] = spread(self._best, self._how)[touched].tolist()
        if self._counts is not None:
            for place in np.flatnonzero(spread(self._counts, "sum")[touched] == 0).tolist():
                best[place] = None
        return best


class _Copies:
    def __init__(self, column: Column, cells: Cells) -> None:
        self._column = column
        self._last = cells.last()

    def values(self, spread: Spread, touched: Codes) -> list[Any]:
        return self._column.take(spread(self._last, "max")[touched]).values()


def _sums(cells: Cells, numbers: Numbers) -> Numbers:
    if not len(numbers):
        return np.zeros(cells.count, np.int64)
    size = max(abs(int(numbers.max())), abs(int(numbers.min())))
    if size * len(numbers) < _EXACT:
        return np.bincount(cells.index, weights=numbers, minlength=cells.count).astype(np.int64)
    sums = np.zeros(cells.count, np.int64)
    np.add.at(sums, cells.index, numbers)
    return sums


def extremes(cells: Cells, numbers: Numbers, how: str) -> Numbers:
    """Return the least (`min`) or greatest (`max`) number of each cell; the other end where there is none."""
    best = np.full(cells.count, _HIGHEST if how == "min" else _LOWEST, np.int64)
    (np.minimum if how == "min" else np.maximum).at(best, cells.index, numbers)
    return best


# --------------------------------------------------------------------------------- which aggregate


def reduction(aggregate: ResolvedAggregate, arguments: Sequence[Argument]) -> Reduction | None:
    """Return how `aggregate` is done on columns, None where it is not."""
    name = aggregate.name.upper()
    types = [type_.base for type_ in aggregate.parameters]
    if name == "COUNT" and not arguments:
        return lambda _batch, cells: _Counts(cells)
    if len(arguments) != 1:
        return None
    if name in ("SUM", "AVG") and types[0] in _WHOLE:
        return _summing(arguments[0], with_count=name == "AVG")
    if name in ("MIN", "MAX") and types[0] in _ORDERED:
        return _choosing(arguments[0], name.lower())
    if name == "COUNT" and types[0] in CODED:
        return _counting(arguments[0])
    return None


def _counting(argument: Argument) -> Reduction:
    def reduce(batch: Batch, cells: Cells) -> Partial | None:
        column = argument(batch)
        if column is None:
            return None
        nulls = column.nulls()
        return _Counts(cells if nulls is None else cells.of(~nulls))

    return reduce


def _summing(argument: Argument, *, with_count: bool) -> Reduction:
    def reduce(batch: Batch, cells: Cells) -> Partial | None:
        column = argument(batch)
        if column is None:
            return None
        numbers, nulls = column.numbers()
        sums = _Sums(cells, numbers)
        return _Averages(sums, _Counts(cells if nulls is None else cells.of(~nulls))) if with_count else sums

    return reduce


def _choosing(argument: Argument, how: str) -> Reduction:
    def reduce(batch: Batch, cells: Cells) -> Partial | None:
        column = argument(batch)
        if column is None:
            return None
        numbers, nulls = column.numbers()
        if nulls is None:
            return _Extremes(cells, numbers, how, None)
        some = cells.of(~nulls)
        return _Extremes(some, numbers[~nulls], how, some.sizes())

    return reduce


def copying(argument: Argument) -> Reduction:
    """Return the reduction of a column that is copied from the latest row."""

    def reduce(batch: Batch, cells: Cells) -> Partial | None:
        column = argument(batch)
        return None if column is None else _Copies(column, cells)

    return reduce
