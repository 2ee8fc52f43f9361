"""Time windows on columns: rows into panes as wide as the advance, touched panes into windows."""

from dataclasses import dataclass

import numpy as np

from clickstream.engine.columns.column import Codes, Numbers
from clickstream.engine.columns.groups import Groups
from clickstream.engine.columns.reductions import Cells, extremes

__all__ = ["Panes"]

_MOST_CELLS = 1 << 16
_CELLS_A_ROW = 32
"""Cells that may be counted, however few rows there are, and for each row: more are mostly empty."""

_EMPTY = {"sum": 0, "min": np.iinfo(np.int64).max, "max": np.iinfo(np.int64).min}


@dataclass(frozen=True, slots=True)
class Panes:
    """Cells of groups × panes. A window covers `span` panes and starts with one of them."""

    groups: int
    width: int
    first: int
    span: int
    advance_ms: int
    cells: Cells
    _spread: dict[tuple[int, str], tuple[Numbers, Numbers]]

    @classmethod
    def of(cls, groups: Groups, size_ms: int, advance_ms: int) -> "Panes | None":
        """Return the panes of the rows of `groups`; None if they would be too many.

        Shape: a size that is a multiple of the advance; at least one row.
        """
        panes = groups.batch.times // advance_ms
        first = int(panes.min())
        width, span = int(panes.max()) - first + 1, size_ms // advance_ms
        count = len(groups.keys) * (width + 2 * span)
        if count > max(_MOST_CELLS, _CELLS_A_ROW * len(panes)):
            return None
        index = groups.codes * width + (panes - first)
        return cls(
            len(groups.keys), width, first, span, advance_ms, Cells(index, len(groups.keys) * width), {}
        )

    def spread(self, cells: Numbers, how: str) -> Numbers:
        """Return results by group × window from results by group × pane."""
        if self.span == 1:
            return cells
        place = (id(cells), how)
        if place not in self._spread:
            self._spread[place] = cells, self._windows(cells, how)
        return self._spread[place][1]

    def _windows(self, cells: Numbers, how: str) -> Numbers:
        margin = self.span - 1
        padded = np.full((self.groups, self.width + 2 * margin), _EMPTY[how], np.int64)
        padded[:, margin : margin + self.width] = cells.reshape(self.groups, self.width)
        if how == "sum":
            totals = np.zeros((self.groups, padded.shape[1] + 1), np.int64)
            np.cumsum(padded, axis=1, out=totals[:, 1:])
            return (totals[:, self.span :] - totals[:, : -self.span]).ravel()
        choose = np.minimum if how == "min" else np.maximum
        windows = self.width + margin
        best = padded[:, :windows].copy()
        for later in range(1, self.span):
            choose(best, padded[:, later : later + windows], out=best)
        return best.ravel()

    def touched(self) -> tuple[Codes, list[int], list[int]]:
        """Return the windows with rows, each one's group and its start in ms: by group, then by start."""
        found = np.flatnonzero(self.spread(self.cells.sizes(), "sum"))
        windows = self.width + self.span - 1
        group = found // windows
        starts = (found - group * windows + (self.first - self.span + 1)) * self.advance_ms
        return found, group.tolist(), starts.tolist()

    def latest_ms(self, times: Numbers) -> Numbers:
        """Return the largest time of each window's rows."""
        return self.spread(extremes(self.cells, times, "max"), "max")
