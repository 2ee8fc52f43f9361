"""Statements and records without a server: what test cases run on.

A workbench holds a catalog, topics as lists of records, and running queries in order of creation, which
is also an order in which each reads what earlier ones wrote.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from clickstream.core.errors import Unsupported
from clickstream.core.processing_log import ProcessingLog
from clickstream.core.records import Chunk, Record
from clickstream.engine.query import RunningQuery
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.parser import parse
from clickstream.sql.plan import PersistentPlan
from clickstream.sql.planner import Planner

__all__ = ["Workbench"]


@dataclass(slots=True)
class _Topic:
    """A topic's records and its chunks."""

    records: list[Record] = field(default_factory=list)


class Workbench:
    """One catalog with its topics and queries. `settings` are session properties."""

    def __init__(
        self, settings: dict[str, object] | None = None, functions: FunctionLookup = REGISTRY
    ) -> None:
        self.catalog = Catalog()
        self.log = ProcessingLog()
        self.queries: list[RunningQuery] = []
        self._functions = functions
        self._settings = dict(settings or {})
        self._topics: dict[str, _Topic] = {}
        self._sequence = 0
        self._rules: dict[type[n.Statement], Callable[[n.Statement], None]] = {
            n.CreateSource: self._create,
            n.CreateAsSelect: self._create_as,
        }

    # ----------------------------------------------------------------------- statements

    def execute(self, script: str) -> None:
        """Run the statements of `script`, in order.

        Raises: SqlError.
        """
        for parsed in parse(script):
            self.run_statement(parsed.statement)

    def run_statement(self, statement: n.Statement) -> None:
        """Run one statement.

        Raises: SqlError.
        """
        rule = self._rules.get(type(statement))
        if rule is None:
            raise Unsupported(type(statement).__name__)
        rule(statement)

    def _planner(self) -> Planner:
        return Planner(self.catalog, self._functions, settings=self._settings)

    def _create(self, statement: n.Statement) -> None:
        assert isinstance(statement, n.CreateSource)
        self.catalog.add(self._planner().plan_create(statement), replace=statement.or_replace)

    def _create_as(self, statement: n.Statement) -> None:
        assert isinstance(statement, n.CreateAsSelect)
        kind = "CSAS" if statement.kind == "STREAM" else "CTAS"
        query_id = f"{kind}_{statement.name}_{len(self.queries)}"
        sink, plan = self._planner().plan_create_as(statement, query_id)
        self._start(plan)
        self.catalog.add(sink, replace=statement.or_replace)

    def _start(self, plan: PersistentPlan) -> None:
        self.queries.append(RunningQuery(plan, self._functions, self.log))

    # ----------------------------------------------------------------------- records

    def records(self, topic: str) -> list[Record]:
        """Return everything in `topic`, oldest first."""
        found = self._topics.get(topic)
        return found.records if found else []

    def append(self, topic: str, records: Sequence[Record]) -> Chunk:
        """Write `records` to `topic` without running anything."""
        log = self._topics.setdefault(topic, _Topic()).records
        self._sequence += 1
        chunk = Chunk(topic, len(log), self._sequence, records)
        log.extend(records)
        return chunk

    def produce(self, batches: Iterable[tuple[str, Sequence[Record]]]) -> None:
        """Write batches of records and run all queries once over them and what they cause."""
        waiting = [self.append(topic, records) for topic, records in batches]
        for query in self.queries:
            chunks = [chunk for chunk in waiting if chunk.topic in query.topics]
            if not chunks:
                continue
            output = query.process(chunks)
            if output.records:
                chunk = self.append(query.sink_topic or "", output.records)
                output.attach(chunk)
                waiting.append(chunk)
