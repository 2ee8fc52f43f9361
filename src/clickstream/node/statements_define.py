"""Statements that make, change and drop streams, tables and types."""

from dataclasses import replace

from clickstream.node.entities import Entity, WarningEntity
from clickstream.node.execution import Execution
from clickstream.node.server_properties import reads_from_beginning
from clickstream.sql.catalog import DataSource
from clickstream.sql.custom_types import resolve_type
from clickstream.sql.format import format_statement
from clickstream.sql.names import quote_always
from clickstream.sql.nodes import (
    AllColumns,
    AlterSource,
    CreateAsSelect,
    CreateSource,
    CreateType,
    DropSource,
    DropType,
    InsertInto,
    Query,
    TableRef,
)
from clickstream.sql.schema import Column, LogicalSchema

__all__ = [
    "alter_source",
    "create_as",
    "create_source",
    "create_type",
    "drop_source",
    "drop_type",
    "insert_into",
]


def create_source(run: Execution, statement: CreateSource) -> Entity:
    """CREATE STREAM or TABLE over a topic, which is made if WITH says how many partitions."""
    if exists := _exists_already(run, statement):
        return exists
    source = run.planner.plan_create(statement)
    _create_topic(run, source)
    query_id, message = None, f"{source.kind.capitalize()} created"
    if source.is_source and source.kind == "TABLE":
        query_id = run.query_id("CST", source.name)
        source, message = replace(source, created_by=query_id), f"Created query with ID {query_id}"
    run.node.catalog.add(source, replace=statement.or_replace)
    if query_id is not None:
        _keep_rows(run, source, query_id)
    return run.command(
        f"{source.kind.lower()}/{quote_always(source.name)}/create",
        message,
        statement_text=source.statement_text,
        query_id=query_id,
        subject=f"source:{source.name}",
    )


def _keep_rows(run: Execution, source: DataSource, query_id: str) -> None:
    """Run the query that keeps a SOURCE TABLE's rows for pull queries; it writes to a topic of its own."""
    internal = f"{run.identity.consumer_group(query_id)}-Materialized"
    select = Query((AllColumns(),), TableRef(source.name, source.name), emit="CHANGES")
    copy = CreateAsSelect("TABLE", f"KSQL_{query_id}", select, {"KAFKA_TOPIC": internal})
    target, plan = run.planner.plan_create_as(copy, query_id)
    _create_topic(run, target)
    run.node.start_query(replace(plan, text=source.statement_text))


def create_as(run: Execution, statement: CreateAsSelect) -> Entity:
    """CREATE STREAM or TABLE … AS SELECT: the source, its topic, and the query that fills it."""
    if exists := _exists_already(run, statement):
        return exists
    replaced = run.node.catalog.get(statement.name) if statement.or_replace else None
    prefix = "CSAS" if statement.kind == "STREAM" else "CTAS"
    query_id = (replaced and replaced.created_by) or run.query_id(prefix, statement.name)
    source, plan = run.planner.plan_create_as(statement, query_id)
    _create_topic(run, source)
    run.node.catalog.add(source, replace=statement.or_replace)
    run.node.catalog.reads[source.name] = plan.sources
    run.node.start_query(
        plan,
        properties=run.session.properties,
        from_beginning=reads_from_beginning(run.session.effective),
    )
    return run.command(
        f"{source.kind.lower()}/{quote_always(source.name)}/create",
        f"Created query with ID {query_id}",
        statement_text=source.statement_text,
        query_id=query_id,
        subject=f"source:{source.name}",
    )


def insert_into(run: Execution, statement: InsertInto) -> Entity:
    """INSERT INTO … SELECT: one more query that writes to an existing stream."""
    given = statement.properties.get("QUERY_ID")
    query_id = str(given).upper() if given else run.query_id("INSERTQUERY")
    plan = run.planner.plan_insert_into(statement, query_id)
    run.node.start_query(
        plan,
        properties=run.session.properties,
        from_beginning=reads_from_beginning(run.session.effective),
    )
    return run.command(
        f"stream/{quote_always(statement.target)}/create",
        f"Created query with ID {query_id}",
        statement_text=plan.text,
        query_id=query_id,
        subject=f"query:{query_id}",
    )


def _exists_already(run: Execution, statement: CreateSource | CreateAsSelect) -> Entity | None:
    existing = run.node.catalog.get(statement.name) if statement.if_not_exists else None
    if existing is None:
        return None
    kind, there = statement.kind.lower(), existing.kind.lower()
    return WarningEntity(
        statement_text=run.text,
        message=f"Cannot add {kind} {quote_always(statement.name)}: "
        f"A {there} with the same name already exists.",
    )


def _create_topic(run: Execution, source: DataSource) -> None:
    if run.node.topics.exists(source.topic):
        return
    policy = "delete" if source.kind == "STREAM" else "compact,delete" if source.window else "compact"
    config = {"cleanup.policy": policy}
    if source.retention_ms is not None:
        config["retention.ms"] = str(source.retention_ms)
    run.node.create_topic(
        source.topic, partitions=source.partitions or 1, replicas=source.replicas or 1, config=config
    )


# --------------------------------------------------------------------------------- dropping


def drop_source(run: Execution, statement: DropSource) -> Entity:
    """DROP STREAM or TABLE, with the query that fills it; `DELETE TOPIC` drops its topic too."""
    name = statement.name
    command_id = f"{statement.kind.lower()}/{name}/drop"
    source = run.node.catalog.get(name)
    if source is None:
        if not statement.if_exists:
            raise run.refuse(f"{statement.kind.capitalize()} {name} does not exist.")
        return run.command(command_id, f"Source {quote_always(name)} does not exist.")
    if source.kind != statement.kind:
        raise run.refuse(
            f"Incompatible data source type is {source.kind.lower()}, "
            f"but statement was DROP {statement.kind.lower()}"
        )
    if statement.delete_topic and source.is_source:
        raise run.refuse(f"Cannot delete topic for read-only source: {name}")
    _check_unused(run, source)
    if source.created_by is not None and _is_running(run, source.created_by):
        run.node.terminate(source.created_by)
    run.node.catalog.drop(name)
    text = run.text
    if statement.delete_topic:
        text = format_statement(DropSource(statement.kind, name, statement.if_exists))
        if run.node.topics.exists(source.topic):
            run.node.delete_topic(source.topic)
    message = f"Source {quote_always(name)} (topic: {source.topic}) was dropped."
    answer = run.command(command_id, message, statement_text=text, subject=f"source:{name}")
    run.node.command_log.retire([f"source:{name}"])
    return answer


def _check_unused(run: Execution, source: DataSource) -> None:
    """Check that nothing else reads or writes the source.

    Raises: SqlError that names what does.
    """
    name = source.name
    readers = sorted(s for s, read in run.node.catalog.reads.items() if name in read and s != name)
    if readers:
        raise run.refuse(
            f"Cannot drop {name}.\n"
            f"The following streams and/or tables read from this source: [{', '.join(readers)}].\n"
            f"You need to drop them before dropping {name}."
        )
    others = [q for q in run.node.queries() if q.query_id != source.created_by]
    reading = sorted(q.query_id for q in others if name in q.plan.sources)
    writing = sorted(q.query_id for q in others if q.plan.root.name == name)
    if reading or writing:
        raise run.refuse(
            f"Cannot drop {name}.\n"
            f"The following queries read from this source: [{', '.join(reading)}].\n"
            f"The following queries write into this source: [{', '.join(writing)}].\n"
            f"You need to terminate them before dropping {name}."
        )


def _is_running(run: Execution, query_id: str) -> bool:
    return any(q.query_id == query_id for q in run.node.queries())


# --------------------------------------------------------------------------------- altering, types


def alter_source(run: Execution, statement: AlterSource) -> Entity:
    """ALTER STREAM or TABLE … ADD COLUMN.

    Source: confluentinc/ksql ksqldb-engine …/ddl/commands/AlterSourceFactory.java for the rules.
    """
    kind = statement.kind.lower()
    source = run.node.catalog.get(statement.name)
    if source is None:
        raise run.refuse(f"Source {statement.name} does not exist.")
    if source.kind != statement.kind:
        raise run.refuse(
            f"Incompatible data source type is {source.kind}, but statement was ALTER {statement.kind}"
        )
    if source.created_by is not None:
        raise run.refuse("ALTER command is not supported for CREATE ... AS statements.")
    columns = [Column(c.name, resolve_type(c.type, run.node.catalog.types)) for c in statement.columns]
    for column in columns:
        if source.schema.column(column.name) is not None:
            raise run.refuse(
                f"Cannot add column {quote_always(column.name)} to schema. "
                "A column with the same name already exists."
            )
    schema = LogicalSchema(source.schema.key, (*source.schema.value, *columns))
    altered = replace(source, schema=schema, statement_text=run.text)
    run.node.catalog.add(altered, replace=True)
    return run.command(
        f"{kind}/{quote_always(source.name)}/alter",
        f"{kind.capitalize()} altered",
        subject=f"source:{source.name}",
    )


def create_type(run: Execution, statement: CreateType) -> Entity:
    """CREATE TYPE."""
    types = run.node.catalog.types
    existing = types.get(statement.name)
    if existing is not None:
        message = (
            f"Cannot register custom type '{statement.name}' "
            f"since it is already registered with type: {existing}"
        )
        if not statement.if_not_exists:
            raise run.refuse(message)
        return WarningEntity(statement_text=run.text, message=message)
    type_ = resolve_type(statement.type, types)
    types[statement.name] = type_
    return run.command(
        f"type/{quote_always(statement.name)}/create",
        f"Registered custom type with name '{statement.name}' and SQL type {type_}",
        subject=f"type:{statement.name}",
    )


def drop_type(run: Execution, statement: DropType) -> Entity:
    """DROP TYPE."""
    if statement.name not in run.node.catalog.types:
        if not statement.if_exists:
            raise run.refuse(f"Type {statement.name} does not exist.")
        return run.command(f"type/{statement.name}/drop", f"Type '{statement.name}' does not exist")
    del run.node.catalog.types[statement.name]
    subject = f"type:{statement.name}"
    answer = run.command(f"type/{statement.name}/drop", f"Dropped type '{statement.name}'", subject=subject)
    run.node.command_log.retire([subject])
    return answer
