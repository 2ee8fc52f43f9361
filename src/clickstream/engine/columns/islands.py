"""Sessions on columns, without sorting.

Events of a group in one bin as wide as the gap share a session. So a batch is reduced to bins, and
neighbouring bins that are no more than the gap apart to islands: parts of sessions, to be merged with
those that are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import Codes, Numbers
from clickstream.engine.columns.groups import ColumnGrouping
from clickstream.engine.columns.reductions import Cells, Reduction, extremes
from clickstream.engine.rows import Key

__all__ = ["IslandFinder", "Islands"]

_MOST_CELLS = 1 << 16
_CELLS_A_ROW = 32
"""As in `panes.py`."""

_REDUCE = {"sum": np.add, "min": np.minimum, "max": np.maximum}


@dataclass(frozen=True, slots=True)
class Islands:
    """Parts of sessions: group by group as they appear, ascending starts. `parts` are by aggregate."""

    keys: list[Key]
    groups: list[int]
    starts: list[int]
    ends: list[int]
    parts: list[list[Any]]
    latest_ms: int


class IslandFinder:
    """Reduces batches to islands."""

    def __init__(
        self, grouping: ColumnGrouping, reductions: Sequence[Reduction], *, gap_ms: int, open_ms: int
    ) -> None:
        self._grouping = grouping
        self._reductions = reductions
        self._gap, self._open = gap_ms, open_ms

    def __call__(self, batch: Batch, now_ms: int) -> Islands | None:
        """Return the islands of `batch`, None if the rows have to be looked at one by one."""
        groups = self._grouping(batch)
        if groups is None:
            return None
        batch = groups.batch
        if not len(batch):
            return Islands([], [], [], [], [], now_ms)
        latest = max(int(batch.times.max()), now_ms)
        if int(batch.times.min()) < latest - self._open:
            return None
        bins = batch.times // max(self._gap, 1)
        first = int(bins.min())
        width = int(bins.max()) - first + 1
        count = len(groups.keys) * width
        if count > max(_MOST_CELLS, _CELLS_A_ROW * len(batch)):
            return None
        cells = Cells(groups.codes * width + (bins - first), count)
        partials = [reduce(batch, cells) for reduce in self._reductions]
        filled = np.flatnonzero(cells.sizes())
        starts = extremes(cells, batch.times, "min")[filled]
        ends = extremes(cells, batch.times, "max")[filled]
        group = filled // width
        begin = self._begins(group, starts, ends)

        def spread(numbers: Numbers, how: str) -> Numbers:
            return np.asarray(_REDUCE[how].reduceat(numbers[filled], begin))

        every = np.arange(len(begin))
        parts = [p.values(spread, every) for p in partials if p is not None]
        if len(parts) < len(partials):
            return None
        last = np.append(begin[1:], len(filled)) - 1
        return Islands(
            groups.keys, group[begin].tolist(), starts[begin].tolist(), ends[last].tolist(), parts, latest
        )

    def _begins(self, group: Codes, starts: Numbers, ends: Numbers) -> Codes:
        """Return where an island begins among the filled bins."""
        apart = np.ones(len(group), np.bool_)
        apart[1:] = (group[1:] != group[:-1]) | (starts[1:] - ends[:-1] > self._gap)
        return np.flatnonzero(apart)
