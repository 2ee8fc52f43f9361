"""Looking rows up in the table a query keeps, for pull queries.

The stage that keeps the state gives its rows; what stands after it (HAVING, projection) is applied on
the way out, so that no second copy of the table is kept.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from clickstream.engine.operators.filter import TableFilter
from clickstream.engine.operators.project import TableProject
from clickstream.engine.operators.stage import Stage
from clickstream.engine.rows import Key, Row, TableRow

__all__ = ["Bounds", "Materialized", "Scannable", "find_materialized"]

Bounds = tuple[int | None, int | None]
"""Lowest and highest value that is wanted, both inclusive, None where there is no limit."""


@runtime_checkable
class Scannable(Protocol):
    """A stage whose state is a table."""

    def scan(self, keys: Sequence[Key] | None) -> Iterator[TableRow]:
        """Return the rows of `keys` (without window bounds), or all."""
        ...


class Materialized:
    """A stage's table, seen through the stages after it."""

    def __init__(self, stage: Scannable, after: Sequence[Stage]) -> None:
        self._stage = stage
        self._after = after

    def rows(
        self, keys: Sequence[Key] | None, window_start: Bounds | None, window_end: Bounds | None
    ) -> Iterator[TableRow]:
        """Return the rows within the bounds."""
        for key, value, time_ms in self._stage.scan(keys):
            if window_start is not None and not _within(key[-2], window_start):
                continue
            if window_end is not None and not _within(key[-1], window_end):
                continue
            shown: list[Row] = [(key, value, time_ms, (), None)]
            for stage in self._after:
                shown = stage.process(shown)
            for row in shown:
                yield row[0], row[1], row[2]


def _within(value: int, bounds: Bounds) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)


def find_materialized(stages: Sequence[Stage]) -> Materialized | None:
    """Return the table of the last stage that keeps one, if only stateless stages follow it."""
    for place in range(len(stages) - 1, -1, -1):
        stage = stages[place]
        if isinstance(stage, Scannable):
            return Materialized(stage, stages[place + 1 :])
        if not isinstance(stage, TableFilter | TableProject):
            return None
    return None
