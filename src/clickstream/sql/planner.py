"""From syntax trees to sources and plans: the entry to everything the analysis does.

A planner reads a catalog and never changes it; who executes a statement adds what comes back. Errors
are of the SqlError family with ksqlDB's wording; `statement` is the normalised text where ksqlDB shows
that instead of the text as sent.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from clickstream.core.errors import SqlError, Unsupported
from clickstream.sql import nodes as n
from clickstream.sql.alter import alter_source
from clickstream.sql.analysis import Analysis, SinkInfo
from clickstream.sql.analyze import analyze_query
from clickstream.sql.catalog import Catalog, DataSource, already_exists
from clickstream.sql.custom_types import resolve_casts
from clickstream.sql.ddl import create_source, normalise_create
from clickstream.sql.drop import source_to_drop
from clickstream.sql.format import format_statement
from clickstream.sql.formats import check_format
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.insert_into import check_fits, insert_target
from clickstream.sql.insert_values import InsertRow, plan_insert_values
from clickstream.sql.normalise import normalise_query, sorted_properties
from clickstream.sql.plan import PersistentPlan, Sink, TransientPlan
from clickstream.sql.planner_query import BuiltQuery, build_query, check_keys
from clickstream.sql.planner_sink import build_sink, check_timestamp, sink_formats, sink_window
from clickstream.sql.planner_source import build_source
from clickstream.sql.properties import WithProperties
from clickstream.sql.pull import PullPlan, StreamPullPlan, check_pull, not_queryable, plan_table_pull
from clickstream.sql.query_sources import AliasedSource, collect_sources
from clickstream.sql.schema import LogicalSchema
from clickstream.sql.upgrade import check_plan_upgrade, check_source_upgrade

__all__ = ["Planner", "TopicFacts"]

_WEEK_MS = 604_800_000
_SCHEMA_ERROR = "Could not determine output schema for query due to error: "
_COMPILE_ERRORS = tuple(f"Invalid {what}: " for what in ("Predicate", "Select", "SelectKey", "Group By"))


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What a sink's topic takes over from its source's."""

    partitions: int = 1
    replicas: int = 1
    retention_ms: int = _WEEK_MS


class Planner:
    """Plans statements against `catalog`. `settings` are the session's properties.

    `is_materialised` tells whether a query keeps a table's rows, so that it can be pulled from; without
    it every table that a query made, and every CREATE SOURCE TABLE, is taken to be. `running_plan` gives
    the plan of a query id, which CREATE OR REPLACE has to go on from.
    """

    def __init__(
        self,
        catalog: Catalog,
        functions: FunctionLookup,
        *,
        topic_exists: Callable[[str], bool] = lambda _: True,
        topic_facts: Callable[[str], TopicFacts | None] = lambda _: None,
        settings: Mapping[str, object] | None = None,
        is_materialised: Callable[[str], bool] | None = None,
        running_plan: Callable[[str], PersistentPlan | None] = lambda _: None,
    ) -> None:
        self._catalog = catalog
        self._functions = functions
        self._topic_exists = topic_exists
        self._topic_facts = topic_facts
        self._settings = settings or {}
        self._running_plan = running_plan
        self._is_materialised = is_materialised or self._created_by_query

    # ------------------------------------------------------------------------------- DDL

    def normalise(self, statement: n.Statement) -> n.Statement:
        """Return the statement as ksqlDB stores and shows it; its text is `format_statement` of that.

        Raises: SqlError for what ksqlDB finds while preparing a statement.
        """
        match statement:
            case n.CreateSource():
                return normalise_create(statement, self._catalog.types, self._settings)
            case n.CreateAsSelect():
                return self._normalise_create_as(statement)
            case n.InsertInto():
                return self._normalise_insert(statement)
            case n.QueryStatement():
                return dataclasses.replace(statement, query=self._normalise_query(statement.query))
            case _:
                return statement

    def plan_create(self, statement: n.CreateSource) -> DataSource:
        """Return the source that a CREATE STREAM or TABLE declares.

        Raises: SqlError.
        """
        normalised = normalise_create(statement, self._catalog.types, self._settings)
        text = format_statement(normalised)
        self._check_formats(normalised)
        with _shown_as(text):
            source = create_source(normalised, self._settings, text=text)
            self._check_topic(source, normalised)
            existing = self._check_name(
                source, or_replace=statement.or_replace, exists_ok=statement.if_not_exists
            )
            if statement.or_replace and (source.is_source or (existing and existing.is_source)):
                kind = source.kind.lower()
                raise SqlError(
                    f"Cannot add {kind} '{source.name}': "
                    f"CREATE OR REPLACE is not supported on source {kind}s."
                )
            if existing is not None:
                check_source_upgrade(existing, source)
        return source

    def _check_formats(self, statement: n.CreateSource) -> None:
        """Check the formats before anything else, when the topic's own properties are not added yet."""
        given = WithProperties.of_create(statement.properties)
        properties = {k: v for k, v in statement.properties.items() if k != "CLEANUP_POLICY"}
        with _shown_as(format_statement(dataclasses.replace(statement, properties=properties))):
            for side in ("KEY", "VALUE"):
                check_format(str(given.format(side)), given.topic or "")

    def _check_topic(self, source: DataSource, statement: n.CreateSource) -> None:
        if source.partitions is not None or self._topic_exists(source.topic):
            return
        example = dataclasses.replace(
            statement,
            properties=sorted_properties(
                {k: v for k, v in statement.properties.items() if k != "CLEANUP_POLICY"},
                {"PARTITIONS": 2},
            ),
        )
        raise SqlError(
            f"Topic '{source.topic}' does not exist. If you want to create a new topic for the "
            "stream/table please re-run the statement providing the required 'PARTITIONS' configuration "
            "in the WITH clause (and optionally 'REPLICAS'). For example: " + format_statement(example)
        )

    def plan_source_table(self, source: DataSource, query_id: str) -> PersistentPlan:
        """Return the query that keeps the rows of a CREATE SOURCE TABLE for pull queries.

        Its sink has no topic: nothing is written.
        """
        aliased = AliasedSource(source.name, source)
        step = build_source(aliased, "KsqlTopic.Source").step
        root = Sink(
            step.schema,
            "TABLE",
            step,
            source.name,
            "",
            source.formats,
            window=source.window,
            context=source.name,
        )
        return PersistentPlan(query_id, root, (source.name,), source.statement_text)

    def plan_alter(self, statement: n.AlterSource) -> DataSource:
        """Return the source with the columns that an ALTER adds.

        Raises: SqlError.
        """
        return alter_source(statement, self._catalog)

    def plan_drop(self, statement: n.DropSource) -> DataSource | None:
        """Return the source that a DROP is about, None where IF EXISTS allows it to be missing.

        Raises: SqlError.
        """
        return source_to_drop(statement, self._catalog)

    def _check_name(self, source: DataSource, *, or_replace: bool, exists_ok: bool) -> DataSource | None:
        """Return the source that is to be replaced, None if the name is free."""
        existing = self._catalog.get(source.name)
        if existing is None:
            return None
        if not or_replace:
            if not exists_ok:
                raise already_exists(source, existing)
            return None
        return existing

    # ------------------------------------------------------------------------------- persistent

    def plan_create_as(self, statement: n.CreateAsSelect, query_id: str) -> tuple[DataSource, PersistentPlan]:
        """Return the sink and the plan of CREATE … AS SELECT.

        Raises: SqlError.
        """
        normalised = self._normalise_create_as(statement)
        text = format_statement(normalised)
        with _shown_as(text):
            given = WithProperties.of_create_as(normalised.properties)
            with _while_deriving_schema():
                info = SinkInfo(statement.name, statement.kind)
                analysis, built = self._build(normalised.query, info)
                self._check_result(built, statement, text)
                timestamp = check_timestamp(built.project.schema, given)
                check_keys(built, analysis)
            formats, key_features, value_features = sink_formats(
                analysis, built.project.schema, given, self._settings
            )
            sink = DataSource(
                kind=statement.kind,
                name=statement.name,
                schema=built.project.schema,
                topic=given.topic or self._topic_of(statement.name),
                formats=formats,
                window=sink_window(analysis),
                timestamp=timestamp,
                created_by=query_id,
                statement_text=text,
                partitions=given.integer("PARTITIONS"),
                replicas=given.integer("REPLICAS"),
                retention_ms=given.integer("RETENTION_MS"),
                key_features=key_features,
                value_features=value_features,
            )
            with _while_deriving_schema():
                existing = self._check_name(
                    sink, or_replace=statement.or_replace, exists_ok=statement.if_not_exists
                )
            plan = self._persistent(query_id, built, sink, analysis, text)
            if existing is not None:
                self._check_upgrade(existing, sink, plan)
            return sink, plan

    def _check_upgrade(self, existing: DataSource, sink: DataSource, plan: PersistentPlan) -> None:
        check_source_upgrade(existing, sink)
        running = self._running_plan(existing.created_by) if existing.created_by else None
        if running is not None:
            check_plan_upgrade(running, plan)

    def _persistent(
        self, query_id: str, built: BuiltQuery, sink: DataSource, analysis: Analysis, text: str
    ) -> PersistentPlan:
        root = build_sink(built.project, sink, sink.timestamp)
        return PersistentPlan(query_id, root, tuple(s.source.name for s in analysis.sources), text)

    def _check_result(self, built: BuiltQuery, statement: n.CreateAsSelect, text: str) -> None:
        produced = built.project.kind
        if produced != statement.kind:
            raise SqlError(
                f"Invalid result type. Your SELECT query produces a {produced}. "
                f"Please use CREATE {produced} AS SELECT statement instead.\nStatement: {text}"
            )

    def plan_insert_into(self, statement: n.InsertInto, query_id: str) -> PersistentPlan:
        """Return the plan of INSERT INTO … SELECT; the query id may be set in its WITH.

        Raises: SqlError.
        """
        target = insert_target(statement, self._catalog)
        given = WithProperties.of_insert(statement.properties)
        normalised = self._normalise_insert(statement)
        text = format_statement(normalised)
        with _shown_as(text):
            info = SinkInfo(target.name, target.kind, creates=False)
            analysis, built = self._build(normalised.query, info, target.schema)
            check_keys(built, analysis)
            check_fits(built.project.schema, built.project.kind, target)
            return self._persistent(given.text("QUERY_ID") or query_id, built, target, analysis, text)

    def plan_insert_values(self, statement: n.InsertValues) -> InsertRow:
        """Return the row of INSERT INTO … VALUES.

        Raises: SqlError.
        """
        return plan_insert_values(statement, self._catalog, self._functions)

    # ------------------------------------------------------------------------------- queries

    def plan_pull_query(self, statement: n.QueryStatement) -> PullPlan | StreamPullPlan:
        """Return the plan of a SELECT without EMIT.

        Raises: SqlError.
        """
        query = self._normalise_query(statement.query)
        analysis = analyze_query(query, self._catalog, self._functions)
        check_pull(analysis)
        source = analysis.sources.first.source
        if source.kind == "STREAM":
            return StreamPullPlan(self.plan_push_query(statement, ""))
        plan = plan_table_pull(analysis, self._functions, self._settings)
        if not self._is_materialised(source.name):
            raise not_queryable(source.name)
        return plan

    def plan_push_query(self, statement: n.QueryStatement, query_id: str) -> TransientPlan:
        """Return the plan of a SELECT … EMIT CHANGES.

        Raises: SqlError.
        """
        query = self._normalise_query(statement.query)
        analysis, built = self._build(query, None)
        return TransientPlan(
            query_id,
            built.project,
            tuple(s.source.name for s in analysis.sources),
            built.columns,
            query.limit,
        )

    # ------------------------------------------------------------------------------- inside

    def _build(
        self, query: n.Query, sink: SinkInfo | None, target: LogicalSchema | None = None
    ) -> tuple[Analysis, BuiltQuery]:
        if sink is not None and query.limit is not None:
            raise Unsupported("LIMIT in a persistent query")
        analysis = analyze_query(query, self._catalog, self._functions, sink)
        keyless = str(self._settings.get("ksql.new.query.planner.enabled", "")).lower() == "true"
        return analysis, build_query(analysis, self._functions, target, keyless_allowed=keyless)

    def _created_by_query(self, name: str) -> bool:
        source = self._catalog.get(name)
        return source is not None and (source.created_by is not None or source.is_source)

    def _normalise_query(self, query: n.Query) -> n.Query:
        return normalise_query(resolve_casts(query, self._catalog.types), self._catalog)

    def _normalise_insert(self, statement: n.InsertInto) -> n.InsertInto:
        query = self._normalise_query(statement.query)
        return dataclasses.replace(statement, query=dataclasses.replace(query, emit=query.emit or "CHANGES"))

    def _normalise_create_as(self, statement: n.CreateAsSelect) -> n.CreateAsSelect:
        query = self._normalise_query(statement.query)
        if query.emit is None:
            query = dataclasses.replace(query, emit="CHANGES")
        given = WithProperties.of_create_as(statement.properties)
        return dataclasses.replace(
            statement,
            query=query,
            properties=sorted_properties(statement.properties, self._sink_defaults(statement, query, given)),
        )

    def _topic_of(self, name: str) -> str:
        return f"{self._settings.get('ksql.output.topic.name.prefix', '')}{name}"

    def _sink_defaults(
        self, statement: n.CreateAsSelect, query: n.Query, given: WithProperties
    ) -> dict[str, object]:
        """Return the properties ksqlDB adds to CREATE … AS; the topic's come from the source's topic."""
        source = collect_sources(query.from_, self._catalog).first.source
        facts = self._topic_facts(source.topic) or TopicFacts(
            source.partitions or 1, source.replicas or 1, source.retention_ms or _WEEK_MS
        )
        if statement.kind == "STREAM":
            cleanup = "delete"
        else:
            windowed = query.window is not None or source.window is not None
            cleanup = "compact,delete" if windowed else "compact"
        return {
            "CLEANUP_POLICY": cleanup,
            "KAFKA_TOPIC": self._topic_of(statement.name),
            "PARTITIONS": facts.partitions,
            "REPLICAS": facts.replicas,
            "RETENTION_MS": facts.retention_ms,
        }


@contextmanager
def _shown_as(text: str) -> Iterator[None]:
    """Give errors the normalised text of the statement."""
    try:
        yield
    except SqlError as error:
        error.statement = error.statement or text
        raise


@contextmanager
def _while_deriving_schema() -> Iterator[None]:
    """Begin errors as ksqlDB begins those it finds before it compiles a query's expressions."""
    try:
        yield
    except SqlError as error:
        if not error.message.startswith((*_COMPILE_ERRORS, _SCHEMA_ERROR)):
            error.message = _SCHEMA_ERROR + error.message
            error.args = (error.message,)
        raise
