"""What the node asks of a running query; the engine's `RunningQuery` satisfies it, and so do tests' fakes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from clickstream.core.records import Chunk, Record, StateChange
from clickstream.engine.lookup import Bounds
from clickstream.engine.rows import Key, TableRow
from clickstream.sql.plan import PersistentPlan, TransientPlan

__all__ = ["BuildQuery", "Counts", "Output", "Running"]


class Output(Protocol):
    """What a query made of some chunks."""

    @property
    def records(self) -> Sequence[Record]:
        """The records for the sink topic, in order."""
        ...

    def attach(self, chunk: Chunk) -> None:
        """Give the chunk that the records became their typed rows, so that readers need not decode it."""
        ...


class Counts(Protocol):
    """What a query counted since it was built."""

    @property
    def late(self) -> int:
        """Records that came after their window had closed."""
        ...

    @property
    def errors(self) -> int:
        """Records that could not be processed."""
        ...


class Running(Protocol):
    """A query with its state. One thread at a time."""

    @property
    def metrics(self) -> Counts:
        """Its counts."""
        ...

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics it reads."""
        ...

    def process(self, chunks: Sequence[Chunk]) -> Output:
        """Take chunks in order of arrival; return what goes to the sink topic (persistent queries)."""
        ...

    def process_rows(self, chunks: Sequence[Chunk]) -> Sequence[Any]:
        """Take chunks in order of arrival; return rows for the client (push queries)."""
        ...

    def take_changes(self) -> Iterable[StateChange]:
        """Return what changed in the state since the last call."""
        ...

    def restore(self, changes: Iterable[StateChange]) -> None:
        """Set the state to what was stored."""
        ...

    def lookup(
        self,
        keys: Sequence[Key] | None,
        *,
        window_start: Bounds | None = None,
        window_end: Bounds | None = None,
    ) -> Iterable[TableRow]:
        """Return rows of the table it keeps: those of `keys`, or all, within the bounds."""
        ...


BuildQuery = Callable[[PersistentPlan | TransientPlan, Mapping[str, object]], Running]
"""Builds a query with empty state from its plan and the session's properties."""
