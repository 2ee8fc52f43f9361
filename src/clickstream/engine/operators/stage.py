"""What an operator looks like to the pipeline it stands in."""

from typing import Protocol

from clickstream.engine.rows import Row

__all__ = ["Stage"]


class Stage(Protocol):
    """Takes a batch of rows and gives the rows they cause.

    `flush` gives what was held back during a call with many records, when the call ends.
    """

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the rows that `rows` cause, in order."""
        ...

    def flush(self) -> list[Row]:
        """Return the rows held back, in order."""
        ...
