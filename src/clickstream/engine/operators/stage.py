"""What an operator looks like to the pipeline it stands in."""

from collections.abc import Sequence
from typing import Any, Protocol

from clickstream.engine.columns.batch import Batch
from clickstream.engine.rows import Row

__all__ = ["Flow", "Stage", "through"]

Flow = list[Row] | Batch
"""What travels between stages: rows, or a batch of them as columns."""


class Stage(Protocol):
    """Takes a batch of rows and gives the rows they cause.

    `flush` gives what was held back during a call with many records, when the call ends.

    A stage that also works on columns has `process_columns(batch)`, which gives what `process` would give
    for the batch's rows, as a batch or as rows; or None, having done nothing, if it cannot do this batch.
    """

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the rows that `rows` cause, in order."""
        ...

    def flush(self) -> list[Row]:
        """Return the rows held back, in order."""
        ...


def through(stages: Sequence[Stage], flow: Flow) -> Flow:
    """Return what comes out of `stages`; each takes columns if it can, else rows."""
    for stage in stages:
        if not len(flow):
            break
        if isinstance(flow, Batch):
            by_column: Any = getattr(stage, "process_columns", None)
            done: Flow | None = None if by_column is None else by_column(flow)
            flow = stage.process(flow.rows()) if done is None else done
        else:
            flow = stage.process(flow)
    return flow
