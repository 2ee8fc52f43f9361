"""The columns an expression over a step may name: its schema with everything ksqlDB adds to it.

A source's rows carry ROWTIME, ROWPARTITION, ROWOFFSET, a copy of the key and, for windowed keys, the
window's bounds beside the declared value; filters and new keys hand them on, projections do not.
The order is the one EXPLAIN shows.
"""

from functools import singledispatch

from clickstream.sql.plan import (
    Aggregate,
    Filter,
    FlatMap,
    GroupBy,
    SelectKey,
    Sink,
    Source,
    Step,
    Suppress,
)
from clickstream.sql.schema import PSEUDO_COLUMNS, WINDOW_COLUMNS, Column, LogicalSchema
from clickstream.sql.types import SqlType

__all__ = ["column_types", "processing_schema", "window_columns"]


def window_columns() -> tuple[Column, ...]:
    """Return WINDOWSTART and WINDOWEND."""
    return tuple(Column(name, type_) for name, type_ in WINDOW_COLUMNS.items())


def column_types(schema: LogicalSchema) -> dict[str, SqlType]:
    """Return the types of `schema`'s columns by name, key columns winning."""
    return {c.name: c.type for c in (*schema.value, *schema.key)}


@singledispatch
def processing_schema(step: Step) -> LogicalSchema:
    """Return the columns that expressions over `step`'s rows may name."""
    return step.schema


@processing_schema.register
def _(step: Source) -> LogicalSchema:
    pseudo = tuple(Column(name, PSEUDO_COLUMNS[name]) for name in step.pseudo)
    windows = window_columns() if step.window is not None else ()
    return LogicalSchema(step.schema.key, (*step.schema.value, *pseudo, *step.schema.key, *windows))


@processing_schema.register(Filter)
@processing_schema.register(Suppress)
@processing_schema.register(Sink)
def _(step: Filter | Suppress | Sink) -> LogicalSchema:
    return step.schema if isinstance(step, Sink) else processing_schema(step.input)


@processing_schema.register
def _(step: SelectKey) -> LogicalSchema:
    value = processing_schema(step.input).value
    names = {c.name for c in value}
    new = tuple(c for c in step.schema.key if c.name not in names)
    return LogicalSchema(step.schema.key, (*value, *new))


@processing_schema.register
def _(step: FlatMap) -> LogicalSchema:
    before = processing_schema(step.input)
    made = {name for name, _ in step.functions}
    new = tuple(c for c in step.schema.value if c.name in made)
    return LogicalSchema(before.key, (*before.value, *new))


@processing_schema.register
def _(step: GroupBy) -> LogicalSchema:
    return LogicalSchema(step.schema.key, processing_schema(step.input).value)


@processing_schema.register
def _(step: Aggregate) -> LogicalSchema:
    windows = window_columns() if step.window is not None else ()
    return LogicalSchema(step.schema.key, (*step.schema.value, *windows))
