"""Reading a source, and keeping the rows a WHERE is true for."""

from dataclasses import dataclass

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Projection
from clickstream.sql.expression_types import expression_type
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.plan import Filter, Source
from clickstream.sql.planner_relations import Relation, SingleInput, keys_missing, star_order
from clickstream.sql.query_sources import AliasedSource
from clickstream.sql.settle import check_boolean, settle
from clickstream.sql.time_text import timestamp_comparisons

__all__ = ["FilterRelation", "SourceRelation", "build_filter", "build_source"]


@dataclass(frozen=True)
class SourceRelation(Relation):
    """One source, under its alias."""

    alias: str

    def star(self, source: str | None) -> list[str]:
        """Return key, window bounds and values."""
        return star_order(self.schema)

    def check_keys(self, sink: str, projection: Projection) -> None:
        """Every key column has to be selected."""
        keys = self.step.schema.key
        for column in keys:
            named = (n.ColumnRef(column.name, self.alias), n.ColumnRef(column.name))
            if not any(projection.contains(ref) for ref in named):
                raise keys_missing(sink, "key column", [n.ColumnRef(c.name) for c in keys])


class FilterRelation(SingleInput):
    """Rows that match a condition."""


def build_source(aliased: AliasedSource, context: str) -> SourceRelation:
    """Return the relation that reads one source."""
    source = aliased.source
    step = Source(
        schema=source.schema,
        kind=source.kind,
        name=source.name,
        alias=aliased.alias,
        topic=source.topic,
        formats=source.formats,
        timestamp=source.timestamp,
        window=source.window,
        context=context,
    )
    return SourceRelation(step, (aliased,), aliased.alias)


def build_filter(
    below: Relation, predicate: n.Expression, functions: FunctionLookup, *, clause: str, context: str
) -> Relation:
    """Return `below` with only the rows for which `predicate` holds.

    Raises: SqlError if the predicate is no condition.
    """
    predicate = timestamp_comparisons(predicate)
    try:
        type_ = expression_type(predicate, below.columns, functions)
    except SqlError as error:
        raise type(error)(f"Error in {clause} expression: {error.message}") from None
    check_boolean(predicate, type_, clause)
    settled = settle(predicate, below.columns, functions, what="Predicate", schema=below.schema)
    step = Filter(below.step.schema, below.step.kind, below.step, settled, context=context)
    return FilterRelation(step, below.sources, below)
