"""The projection of a query without aggregates.

Source: ksqldb-engine …/planner/plan/FinalProjectNode.java.
"""

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Analysis
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.plan import Project
from clickstream.sql.planner_relations import Relation, join_words
from clickstream.sql.planner_select import (
    Selected,
    check_duplicates,
    key_copied_twice,
    projection_schema,
    select_items,
)
from clickstream.sql.schema import WINDOW_COLUMNS, Column, LogicalSchema
from clickstream.sql.settle import settle

__all__ = ["build_projection"]


def build_projection(
    below: Relation, analysis: Analysis, functions: FunctionLookup, target: LogicalSchema | None = None
) -> tuple[Project, tuple[str, ...]]:
    """Return the projecting step and the columns' names in the order of the SELECT.

    `target` is the schema of the stream an INSERT INTO writes to.
    Raises: SqlError.
    """
    wanted = (*target.key, *target.value) if target is not None else ()
    selected = select_items(below, analysis, functions, wanted)
    schema = projection_schema(below.schema, below.columns, selected, functions)
    if analysis.persistent:
        selected, schema = _without_keys(below, selected, schema)
    else:
        schema = _with_keys_in_value(below, selected, schema)
    if not schema.value:
        raise SqlError("The projection contains no value columns.")
    columns = tuple(
        (s.alias, settle(s.expression, below.columns, functions, what="Select", schema=below.schema))
        for s in selected
    )
    step = Project(schema, below.step.kind, below.step, columns, context="Project")
    return step, tuple(s.alias for s in selected)


def _without_keys(
    below: Relation, selected: list[Selected], schema: LogicalSchema
) -> tuple[list[Selected], LogicalSchema]:
    """Leave key columns, and window bounds that keep their name, out of the value."""
    aliases: dict[str, list[str]] = {}
    kept: list[Selected] = []
    dropped: set[str] = set()
    for item in selected:
        expression = item.expression
        name = expression.name if isinstance(expression, n.ColumnRef) else None
        if name is not None and below.schema.is_key(name):
            aliases.setdefault(name, []).append(item.alias)
        elif name in WINDOW_COLUMNS and item.alias == name:
            dropped.add(item.alias)
        else:
            kept.append(item)
    for name, names in aliases.items():
        if len(set(names)) > 1:
            raise key_copied_twice(join_words(sorted(names), "and"), column=name)
    value = tuple(c for c in schema.value if c.name not in dropped)
    return kept, LogicalSchema(schema.key, value)


def _with_keys_in_value(below: Relation, selected: list[Selected], schema: LogicalSchema) -> LogicalSchema:
    """A client sees every selected column, so the value holds them all, in written order."""
    types = {c.name: c.type for c in (*schema.key, *schema.value)}
    full = LogicalSchema(below.step.schema.key, tuple(Column(s.alias, types[s.alias]) for s in selected))
    check_duplicates(full)
    return full
