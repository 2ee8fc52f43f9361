"""A plan drawn as a tree, one step a line, as EXPLAIN's `executionPlan` shows it.

Source: ksqldb-engine …/structured/SchemaKStream.java (getExecutionPlan); checked against
golden/clickstream/meta/*EXPLAIN*.
"""

from functools import singledispatch

from clickstream.sql.format import format_type
from clickstream.sql.names import quote
from clickstream.sql.plan import (
    Aggregate,
    Filter,
    FlatMap,
    ForeignKeyJoin,
    GroupBy,
    PersistentPlan,
    Project,
    SelectKey,
    Sink,
    Source,
    Step,
    StreamStreamJoin,
    StreamTableJoin,
    Suppress,
    TableTableJoin,
    TransientPlan,
)
from clickstream.sql.processing_schema import processing_schema
from clickstream.sql.schema import LogicalSchema

__all__ = ["plan_text", "schema_text"]

_INDENT = "\t\t"
_TITLES: dict[type[Step], str] = {
    Source: "SOURCE",
    Filter: "FILTER",
    Project: "PROJECT",
    SelectKey: "REKEY",
    FlatMap: "FLAT_MAP",
    GroupBy: "GROUP_BY",
    Aggregate: "AGGREGATE",
    StreamTableJoin: "JOIN",
    StreamStreamJoin: "JOIN",
    TableTableJoin: "JOIN",
    ForeignKeyJoin: "FOREIGN_KEY_JOIN",
    Sink: "SINK",
}


def plan_text(plan: PersistentPlan | TransientPlan) -> str:
    """Return the plan's steps, the sink first, each under what reads it; ends with a line break."""
    return "".join(f"{line}\n" for line in _lines(plan.root, plan.query_id, 0))


def schema_text(schema: LogicalSchema) -> str:
    """Return a schema as EXPLAIN shows it: `K INTEGER KEY, V STRING`."""
    keys = [f"{quote(c.name)} {format_type(c.type)} KEY" for c in schema.key]
    return ", ".join([*keys, *(f"{quote(c.name)} {format_type(c.type)}" for c in schema.value)])


def _lines(step: Step, query_id: str, depth: int) -> list[str]:
    if isinstance(step, Suppress):  # The real server's text passes over it: golden/rest/ksql/068.
        return _lines(step.input, query_id, depth)
    schema = schema_text(processing_schema(step))
    line = (
        f"{_INDENT * depth} > [ {_TITLES[type(step)]} ] | Schema: {schema} | "
        f"Logger: {query_id}.{step.context}"
    )
    return [line, *(below for child in inputs(step) for below in _lines(child, query_id, depth + 1))]


@singledispatch
def inputs(step: Step) -> tuple[Step, ...]:
    """Return the steps that `step` reads."""
    return ()


@inputs.register(Filter)
@inputs.register(Project)
@inputs.register(SelectKey)
@inputs.register(FlatMap)
@inputs.register(GroupBy)
@inputs.register(Aggregate)
@inputs.register(Suppress)
@inputs.register(Sink)
def _(
    step: Filter | Project | SelectKey | FlatMap | GroupBy | Aggregate | Suppress | Sink,
) -> tuple[Step, ...]:
    return (step.input,)


@inputs.register(StreamTableJoin)
@inputs.register(StreamStreamJoin)
@inputs.register(TableTableJoin)
@inputs.register(ForeignKeyJoin)
def _(
    step: StreamTableJoin | StreamStreamJoin | TableTableJoin | ForeignKeyJoin,
) -> tuple[Step, ...]:
    return (step.left, step.right)
