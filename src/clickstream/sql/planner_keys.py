"""New keys: PARTITION BY, and the rekeying a join needs on a column that is no key.

Source: ksqldb-streams …/streams/PartitionByParamsFactory.java, ksqldb-engine …/structured/SchemaKStream.java
(selectKey) and SchemaKTable.java — when rows stay as they are, and what is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Analysis, Projection, unqualified
from clickstream.sql.column_aliases import AliasGenerator
from clickstream.sql.expression_types import expression_type
from clickstream.sql.expressions import rewrite
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.plan import SelectKey, Step
from clickstream.sql.planner_relations import Relation, SingleInput, keys_missing, star_order
from clickstream.sql.processing_schema import processing_schema
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.settle import settle
from clickstream.sql.types import MapType, SqlType

__all__ = [
    "JoinKeyRelation",
    "PartitionRelation",
    "build_join_key",
    "build_keyless",
    "build_partition",
    "key_type",
    "partitions_by_null",
]


@dataclass(frozen=True)
class PartitionRelation(SingleInput):
    """Rows under the key a user asked for. `keys` pair each expression with its column."""

    keys: tuple[tuple[n.Expression, str], ...]
    originals: tuple[n.Expression, ...]

    def star(self, source: str | None) -> list[str]:
        """Return the new key first; old key columns have become values."""
        return star_order(self.schema)

    def resolve_select(self, expression: n.Expression) -> n.Expression:
        """An expression that is partitioned by is the key column."""
        for partition, name in self.keys:
            if partition == expression:
                return n.ColumnRef(name, at=expression.at)
        return self.below.resolve_select(expression)

    def check_keys(self, sink: str, projection: Projection) -> None:
        """Every partitioning expression has to be selected."""
        if not all(projection.contains(expression) for expression, _ in self.keys):
            raise keys_missing(sink, "partitioning expression", self.originals)


class JoinKeyRelation(SingleInput):
    """Rows rekeyed for a join; stars do not show the column made for it."""


def partitions_by_null(expressions: Sequence[n.Expression]) -> bool:
    """Return whether PARTITION BY NULL takes the key away.

    Raises: SqlError if NULL stands among other expressions.
    """
    nulls = [e for e in expressions if isinstance(e, n.Literal) and e.value is None]
    if nulls and len(expressions) > 1:
        raise SqlError("Cannot PARTITION BY multiple columns including NULL")
    return bool(nulls)


def build_partition(below: Relation, analysis: Analysis, functions: FunctionLookup) -> Relation:
    """Return `below` keyed by its PARTITION BY.

    Raises: SqlError on a table, on windowed rows, on a map.
    """
    is_join = analysis.sources.is_join
    expressions = tuple(rewrite(e, lambda x: unqualified(x, is_join=is_join)) for e in analysis.partition_by)
    if partitions_by_null(expressions):
        _check_rekey(below, analysis.partition_by)
        return build_keyless(below)
    columns, pairs = _key_columns(below, expressions, functions)
    for column in columns:
        key_type(column.type, column.name)
    shown = tuple(zip(expressions, (c.name for c in columns), strict=True))
    if _is_key_already(below.step, expressions):
        return PartitionRelation(below.step, below.sources, below, shown, analysis.partition_by)
    _check_rekey(below, expressions)
    step = _select_key(below, columns, pairs, "PartitionBy")
    return PartitionRelation(step, below.sources, below, shown, analysis.partition_by)


def build_join_key(
    below: Relation, expression: n.Expression, functions: FunctionLookup, context: str
) -> Relation:
    """Return `below` keyed by one side of a join's condition.

    Raises: SqlError where rows would have to move that cannot.
    """
    if _is_key_already(below.step, (expression,)):
        return below
    columns, pairs = _key_columns(below, (expression,), functions)
    _check_rekey(below, (expression,))
    return JoinKeyRelation(_select_key(below, columns, pairs, context), below.sources, below)


def build_keyless(below: Relation) -> Relation:
    """Return `below` without a key."""
    step = _select_key(below, (), (), "PartitionBy")
    return PartitionRelation(step, below.sources, below, (), ())


def _key_columns(
    below: Relation, expressions: Sequence[n.Expression], functions: FunctionLookup
) -> tuple[tuple[Column, ...], tuple[tuple[str, n.Expression], ...]]:
    names = AliasGenerator(below.columns)
    columns: list[Column] = []
    pairs: list[tuple[str, n.Expression]] = []
    for expression in expressions:
        type_ = expression_type(expression, below.columns, functions)
        name = expression.name if isinstance(expression, n.ColumnRef) else names.name_for(expression)
        if type_ is None:
            raise SqlError(f"Key column `{name}` has no type: cast NULL to one")
        columns.append(Column(name, type_))
        pairs.append((name, settle(expression, below.columns, functions, what="SelectKey")))
    return tuple(columns), tuple(pairs)


def key_type(type_: SqlType | None, name: str) -> SqlType:
    """Return `type_` if a key column `name` may have it.

    Raises: SqlError for NULL, and for maps at any depth.
    """
    if type_ is None:
        raise SqlError(f"Key column `{name}` has no type: cast NULL to one")
    if contains_map(type_):
        raise SqlError(
            "Map keys, including types that contain maps, are not supported as they may lead to "
            "unexpected behavior due to inconsistent serialization. "
            f"Key column name: `{name}`. Column type: {type_}. "
            "See https://github.com/confluentinc/ksql/issues/6621 for more."
        )
    return type_


def contains_map(type_: SqlType) -> bool:
    """Return whether `type_` is a map or has one inside; keys must not."""
    if isinstance(type_, MapType):
        return True
    parts = getattr(type_, "fields", ())
    inner = [t for _, t in parts] if parts else [getattr(type_, "item", None)]
    return any(contains_map(t) for t in inner if isinstance(t, SqlType))


def _is_key_already(step: Step, expressions: Sequence[n.Expression]) -> bool:
    names = [e.name if isinstance(e, n.ColumnRef) else None for e in expressions]
    return bool(names) and names == [c.name for c in step.schema.key]


def _check_rekey(below: Relation, expressions: Sequence[n.Expression]) -> None:
    if below.step.kind == "TABLE":
        keys = ", ".join(c.name for c in below.step.schema.key)
        wanted = ", ".join(format_expression(e) for e in expressions)
        raise SqlError(
            "Cannot repartition a TABLE source. If this is a join, make sure that the criteria uses "
            f"the TABLE's key column {keys} instead of {wanted}"
        )
    if any(s.source.window is not None for s in below.sources):
        raise SqlError(
            "Implicit repartitioning of windowed sources is not supported. "
            "See https://github.com/confluentinc/ksql/issues/4385."
        )


def _select_key(
    below: Relation,
    columns: tuple[Column, ...],
    pairs: tuple[tuple[str, n.Expression], ...],
    context: str,
) -> SelectKey:
    before = below.step.schema
    value = (*before.value, *(c for c in before.key if all(c.name != v.name for v in before.value)))
    known = {c.name for c in (*processing_schema(below.step).value, *value)}
    made = tuple(c for c in columns if c.name not in known)
    schema = LogicalSchema(columns, (*value, *made))
    return SelectKey(schema, below.step.kind, below.step, pairs, context=context)
