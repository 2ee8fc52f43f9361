"""Statements and records without a server: what test cases run on.

A workbench holds a catalog, topics as lists of records, and running queries in order of creation,
which is also an order in which each reads what earlier ones wrote.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from clickstream.core.errors import Unsupported
from clickstream.core.processing_log import ProcessingLog
from clickstream.core.records import Chunk, Record
from clickstream.engine.query import COLUMNS_FROM, RunningQuery
from clickstream.engine.rows import null_key
from clickstream.engine.serde import Codec
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.custom_types import resolve_type
from clickstream.sql.drop import source_to_drop
from clickstream.sql.functions.registry import REGISTRY, FunctionRegistry
from clickstream.sql.parser import parse
from clickstream.sql.plan import PersistentPlan
from clickstream.sql.planner import Planner

__all__ = ["Workbench"]


class Workbench:
    """One catalog with its topics and queries.

    `settings` are session properties; `now_ms` is the time of INSERT VALUES without a ROWTIME; chunks of
    `columns_from` records or more are read as columns.
    """

    def __init__(
        self,
        settings: Mapping[str, object] | None = None,
        functions: FunctionRegistry = REGISTRY,
        *,
        now_ms: int = 0,
        columns_from: int = COLUMNS_FROM,
    ) -> None:
        self.catalog = Catalog()
        self.log = ProcessingLog()
        self.queries: list[RunningQuery] = []
        self._functions = functions
        self._columns_from = columns_from
        self.settings = dict(settings or {})
        self._now_ms = now_ms
        self._topics: dict[str, list[Record]] = {}
        self._sequence = 0
        self._started = 0

    # ----------------------------------------------------------------------- statements

    def execute(self, script: str) -> None:
        """Run the statements of `script`, in order, after all of it was parsed.

        Raises: SqlError.
        """
        for parsed in parse(script):
            self.run_statement(parsed.statement)

    def run_statement(self, statement: n.Statement) -> None:
        """Run one statement.

        Raises: SqlError.
        """
        rule = _RULES.get(type(statement))
        if rule is None:
            raise Unsupported(type(statement).__name__)
        rule(self, statement)

    def can_run(self, statement: n.Statement) -> bool:
        """Return whether a workbench runs statements of this kind."""
        return type(statement) in _RULES

    def _planner(self) -> Planner:
        plans = {q.plan.query_id: q.plan for q in self.queries if isinstance(q.plan, PersistentPlan)}
        return Planner(self.catalog, self._functions, settings=self.settings, running_plan=plans.get)

    def _create(self, statement: n.CreateSource) -> None:
        source = self._planner().plan_create(statement)
        if not (statement.if_not_exists and self.catalog.get(source.name)):
            self.catalog.add(source, replace=statement.or_replace)

    def _create_as(self, statement: n.CreateAsSelect) -> None:
        prefix = "CSAS" if statement.kind == "STREAM" else "CTAS"
        replaced = self.catalog.get(statement.name)
        query_id = f"{prefix}_{statement.name}_{self._started}"
        if statement.or_replace and replaced is not None and replaced.created_by:
            query_id = replaced.created_by
        sink, plan = self._planner().plan_create_as(statement, query_id)
        if statement.if_not_exists and replaced is not None:
            return
        self.catalog.add(sink, replace=statement.or_replace)
        self.catalog.reads[sink.name] = plan.sources
        self._start(plan)

    def _insert_into(self, statement: n.InsertInto) -> None:
        self._start(self._planner().plan_insert_into(statement, f"INSERTQUERY_{self._started}"))

    def _start(self, plan: PersistentPlan) -> None:
        """Run `plan`; a query of the same id is replaced where it stands, and its state taken over."""
        query = RunningQuery(
            plan, self._functions.configured(self.settings), self.log, columns_from=self._columns_from
        )
        self._started += 1
        for place, running in enumerate(self.queries):
            if running.plan.query_id == plan.query_id:
                query.restore(running.take_changes())
                self.queries[place] = query
                return
        self.queries.append(query)

    def _insert_values(self, statement: n.InsertValues) -> None:
        topic, record = self.inserted(statement)
        self.append(topic, [record])

    def inserted(self, statement: n.InsertValues) -> tuple[str, Record]:
        """Return the record of an INSERT INTO … VALUES, and its topic.

        Raises: SqlError.
        """
        row = self._planner().plan_insert_values(statement)
        source = row.source
        codec = Codec(source.schema, source.formats, source.window)
        absent = all(part is None for part in row.key)
        key = null_key(len(row.key)) if absent else row.key
        time_ms = self._now_ms if row.timestamp_ms is None else row.timestamp_ms
        return source.topic, codec.encode(key, row.value, time_ms)

    def _drop(self, statement: n.DropSource) -> None:
        source = source_to_drop(statement, self.catalog)
        if source is None:
            return
        self.catalog.drop(statement.name)
        self.queries = [q for q in self.queries if q.plan.query_id != source.created_by]

    def _alter(self, statement: n.AlterSource) -> None:
        self.catalog.add(self._planner().plan_alter(statement), replace=True)

    def _create_type(self, statement: n.CreateType) -> None:
        self.catalog.types[statement.name] = resolve_type(statement.type, self.catalog.types)

    def _drop_type(self, statement: n.DropType) -> None:
        self.catalog.types.pop(statement.name, None)

    def _set(self, statement: n.SetProperty) -> None:
        self.settings[statement.name] = statement.value

    def _unset(self, statement: n.UnsetProperty) -> None:
        self.settings.pop(statement.name, None)

    # ----------------------------------------------------------------------- topics

    @property
    def topics(self) -> tuple[str, ...]:
        """Names of all topics that were written to or belong to a source."""
        return tuple(dict.fromkeys([*self._topics, *(s.topic for s in self.catalog.sources.values())]))

    def source_of(self, topic: str) -> DataSource | None:
        """Return the source registered last over `topic`."""
        owners = [s for s in self.catalog.sources.values() if s.topic == topic]
        return owners[-1] if owners else None

    def records(self, topic: str) -> list[Record]:
        """Return everything in `topic`, oldest first."""
        return self._topics.get(topic, [])

    def append(self, topic: str, records: Sequence[Record]) -> Chunk:
        """Write `records` to `topic` without running anything."""
        log = self._topics.setdefault(topic, [])
        self._sequence += 1
        chunk = Chunk(topic, len(log), self._sequence, records)
        log.extend(records)
        return chunk

    # ----------------------------------------------------------------------- running

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

    def run_staged(self, inputs: Sequence[tuple[str, Record]]) -> None:
        """Write `inputs`, then run each query to its end before the next, one record at a time.

        A query reads its topics among `inputs` first, interleaved as given and without what other
        queries wrote there; then all of each other topic it has.
        """
        chunks = [self.append(topic, [record]) for topic, record in inputs]
        fed = {topic for topic, _ in inputs}
        for query in self.queries:
            for chunk in chunks:
                if chunk.topic in query.topics:
                    self._step(query, chunk)
            for topic in query.topics:
                if topic not in fed:
                    for offset, record in enumerate(list(self.records(topic))):
                        self._step(query, Chunk(topic, offset, offset, [record]))

    def _step(self, query: RunningQuery, chunk: Chunk) -> None:
        output = query.process([chunk])
        if output.records:
            self.append(query.sink_topic or "", output.records)


_RULES: dict[type[n.Statement], Callable[[Workbench, Any], None]] = {
    n.CreateSource: Workbench._create,
    n.CreateAsSelect: Workbench._create_as,
    n.InsertInto: Workbench._insert_into,
    n.InsertValues: Workbench._insert_values,
    n.DropSource: Workbench._drop,
    n.AlterSource: Workbench._alter,
    n.CreateType: Workbench._create_type,
    n.DropType: Workbench._drop_type,
    n.SetProperty: Workbench._set,
    n.UnsetProperty: Workbench._unset,
}
