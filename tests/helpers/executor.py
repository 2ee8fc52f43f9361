"""A statement executor on a node in memory, without a commit loop: what is produced is processed at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clickstream.core.clock import Clock, FakeClock
from clickstream.node.entities import Entity
from clickstream.node.node import Node
from clickstream.node.select import PrintSource, RowSource
from clickstream.node.statements import StatementExecutor

NOW_MS = 1_700_000_000_000


class Bench:
    """Runs statements and queries."""

    def __init__(self, node: Node, executor: StatementExecutor) -> None:
        self.node = node
        self.executor = executor

    def run(self, text: str, **properties: object) -> list[Entity]:
        """Run a script; return its entities."""
        return self.executor.execute(text, {name.replace("_", "."): v for name, v in properties.items()})

    def one(self, text: str) -> Any:
        """Run a script that answers one entity; return it."""
        (entity,) = self.run(text)
        return entity

    def open(self, text: str, *, old_endpoint: bool = True, **properties: object) -> RowSource | PrintSource:
        """Start a query."""
        given = {name.replace("_", "."): value for name, value in properties.items()}
        return self.executor.open_query(text, given, {}, old_endpoint=old_endpoint)

    def rows(self, text: str) -> list[tuple[object, ...]]:
        """Return the rows that a query has now."""
        source = self.open(text)
        while self.node.step():
            pass
        rows = source.take() or []
        source.close()
        return [tuple(row.values) for row in rows]

    def sources(self) -> set[str]:
        """Return the names of what was created."""
        return set(self.node.catalog.sources) - {"KSQL_PROCESSING_LOG"}

    def query_ids(self) -> list[str]:
        """Return the ids of the persistent queries."""
        return [query.query_id for query in self.node.queries()]


@contextmanager
def bench(data_dir: Path | None = None, clock: Clock | None = None, **options: Any) -> Iterator[Bench]:
    """Open a node, replay what it holds, and close it at the end."""
    node = Node(data_dir, clock=clock or FakeClock(NOW_MS))
    executor = StatementExecutor(node, **options)
    node.recover(executor)
    try:
        yield Bench(node, executor)
    finally:
        node.close()
