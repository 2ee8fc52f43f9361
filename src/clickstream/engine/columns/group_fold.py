"""Aggregates without windows on columns: partial results of a batch's groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import Numbers
from clickstream.engine.columns.groups import ColumnGrouping
from clickstream.engine.columns.reductions import Cells, Reduction, extremes
from clickstream.engine.rows import Key

__all__ = ["GroupPartials", "GroupReducer"]


@dataclass(frozen=True, slots=True)
class GroupPartials:
    """What a batch brings to its groups, in the order they appear. `parts` are by aggregate."""

    keys: list[Key]
    times: list[int]
    parts: list[list[Any]]


class GroupReducer:
    """Reduces batches to one partial result a group."""

    def __init__(self, grouping: ColumnGrouping, reductions: Sequence[Reduction]) -> None:
        self._grouping = grouping
        self._reductions = reductions

    def __call__(self, batch: Batch) -> GroupPartials | None:
        """Return the partial results, None if the rows have to be looked at one by one."""
        groups = self._grouping(batch)
        if groups is None:
            return None
        batch = groups.batch
        cells = Cells(groups.codes, len(groups.keys))
        partials = [reduce(batch, cells) for reduce in self._reductions]
        every = np.arange(len(groups.keys))
        parts = [p.values(_same, every) for p in partials if p is not None]
        if len(parts) < len(partials):
            return None
        return GroupPartials(groups.keys, extremes(cells, batch.times, "max").tolist(), parts)


def _same(cells: Numbers, _how: str) -> Numbers:
    return cells
