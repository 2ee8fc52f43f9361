"""Joins: the tree of them, which columns may be their key, and the steps on both sides.

Source: ksqldb-engine …/planner/JoinTree.java, LogicalPlanner.java (buildJoin), plan/JoinNode.java.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Analysis, JoinInfo, Projection, unqualified
from clickstream.sql.column_aliases import join_alias
from clickstream.sql.expressions import rewrite
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.plan import (
    ForeignKeyJoin,
    Project,
    Step,
    StreamStreamJoin,
    StreamTableJoin,
    TableTableJoin,
)
from clickstream.sql.planner_join_checks import check_join, is_foreign_key
from clickstream.sql.planner_keys import build_join_key, key_type
from clickstream.sql.planner_relations import Relation, SingleInput, keys_missing
from clickstream.sql.planner_source import build_source
from clickstream.sql.query_sources import AliasedSource
from clickstream.sql.schema import Column, LogicalSchema

__all__ = ["JoinRelation", "build_joins"]

_SYNTHETIC = "ROWKEY"


@dataclass(frozen=True)
class AliasedRelation(SingleInput):
    """One side of a join, its columns prefixed by its alias."""

    alias: str

    def star(self, source: str | None) -> list[str]:
        """Return the prefixed columns, none if the star is for another source."""
        if source is not None and source != self.alias:
            return []
        return [join_alias(self.alias, name) for name in self.below.star(None)]


@dataclass(frozen=True)
class JoinRelation(Relation):
    """Two sides joined. `viable` are the source columns equal to the key; none: the key is made up."""

    left: Relation
    right: Relation
    viable: tuple[n.ColumnRef, ...]
    equivalent: frozenset[n.Expression]
    foreign_key: bool = False
    is_last: bool = True

    @property
    def is_synthetic(self) -> bool:
        """Whether the key is a column of no source."""
        return not self.viable and not self.foreign_key

    def star(self, source: str | None) -> list[str]:
        """Return the columns of both sides; a made-up key comes first."""
        names = [name for side in (self.left, self.right) for name in side.star(source)]
        if source is None and self.is_synthetic and self.is_last:
            return [self.step.schema.key[0].name, *names]
        return names

    def check_keys(self, sink: str, projection: Projection) -> None:
        """One column equal to the key has to be selected; of a foreign-key join the left side's keys."""
        if self.foreign_key:
            self._check_left_keys(projection)
        elif self.is_synthetic:
            key = n.ColumnRef(self.step.schema.key[0].name)
            if not projection.contains(key):
                raise keys_missing(sink, "join expression", [key], need_all=False, synthetic=True)
        else:
            joined = [n.ColumnRef(join_alias(str(k.source), k.name)) for k in self.viable]
            if not any(projection.contains(key) for key in (*self.viable, *joined)):
                raise keys_missing(sink, "join expression", self.viable, need_all=False)

    def _check_left_keys(self, projection: Projection) -> None:
        left = self.sources[0]
        missing = [
            column.name
            for column in left.source.schema.key
            if not projection.contains(n.ColumnRef(column.name, left.alias))
            and not projection.contains(n.ColumnRef(join_alias(left.alias, column.name)))
        ]
        if missing:
            word = "column" if len(missing) == 1 else "columns"
            shown = ", ".join(f"`{name}`" for name in missing)
            raise SqlError(
                f"Primary key {word} missing in projection. For foreign-key table-table joins, the "
                "projection must include all primary key columns from the left input table "
                f"(`{left.alias}`). Missing {word}: {shown}."
            )


def build_joins(analysis: Analysis, functions: FunctionLookup) -> Relation:
    """Return the relation of a query with joins.

    Raises: SqlError.
    """
    return _JoinBuilder(analysis, functions).build()


class _JoinBuilder:
    def __init__(self, analysis: Analysis, functions: FunctionLookup) -> None:
        self._analysis = analysis
        self._functions = functions

    def build(self) -> Relation:
        return self._join(_ordered(self._analysis.joins, self._analysis.sources.first), "")

    def _join(self, joins: Sequence[JoinInfo], prefix: str) -> JoinRelation:
        *before, info = joins
        left: Relation
        if before:
            left = self._join(before, f"{prefix}L_")
        else:
            left = build_source(info.left, f"KafkaTopic_{prefix}Left.Source")
        right = build_source(info.right, f"KafkaTopic_{prefix}Right.Source")
        check_join(info, left, right, self._functions)
        foreign = is_foreign_key(info, left, right)
        equivalent = _equivalent(info, left)
        viable = () if foreign else _viable(info, left, equivalent)
        left_side = self._side(left, info.left, info.left_expression, f"{prefix}Left", foreign=foreign)
        right_side = self._side(right, info.right, info.right_expression, f"{prefix}Right", foreign=foreign)
        key = self._key(viable, left_side, right_side, foreign=foreign)
        step = _join_step(
            info, left_side.step, right_side.step, key, self._foreign_key(info, foreign), prefix
        )
        return JoinRelation(
            step,
            (*left.sources, *right.sources),
            left_side,
            right_side,
            viable,
            equivalent,
            foreign_key=foreign,
            is_last=not prefix,
        )

    def _side(
        self, below: Relation, owner: AliasedSource, on: n.Expression, side: str, *, foreign: bool
    ) -> Relation:
        if isinstance(below, JoinRelation):
            if foreign or on in below.equivalent:
                return below
            joined = rewrite(on, lambda e: unqualified(e, is_join=True))
            return build_join_key(below, joined, self._functions, f"{side}SourceKeyed")
        bare = rewrite(on, lambda e: unqualified(e, is_join=False))
        keyed = below if foreign else build_join_key(below, bare, self._functions, f"{side}SourceKeyed")
        return _prefixed(keyed, owner.alias, f"PrependAlias{side}")

    def _key(
        self, viable: Sequence[n.ColumnRef], left: Relation, right: Relation, *, foreign: bool
    ) -> tuple[Column, ...]:
        if foreign:
            return left.step.schema.key
        name = self._key_name(viable)
        type_ = (left.step.schema.key or right.step.schema.key)[0].type
        return (Column(name, key_type(type_, name)),)

    def _key_name(self, viable: Sequence[n.ColumnRef]) -> str:
        if not viable:
            return self._synthetic_name()
        projection = self._analysis.projection
        chosen = next((v for v in viable if projection.contains(v)), viable[0])
        return join_alias(str(chosen.source), chosen.name)

    def _synthetic_name(self) -> str:
        taken = {
            c.name
            for s in self._analysis.sources
            for c in (*s.source.schema.key, *s.source.schema.value)
            if c.name.startswith(_SYNTHETIC)
        }
        names = (_SYNTHETIC, *(f"{_SYNTHETIC}_{i}" for i in range(1, len(taken) + 2)))
        return next(name for name in names if name not in taken)

    def _foreign_key(self, info: JoinInfo, foreign: bool) -> n.Expression | None:
        if not foreign:
            return None
        return rewrite(info.left_expression, lambda e: unqualified(e, is_join=True))


def _ordered(joins: Sequence[JoinInfo], first: AliasedSource) -> list[JoinInfo]:
    """Return joins with the source each adds on the right.

    Raises: SqlError if a join adds none, or two.
    """
    seen = {first.alias}
    ordered: list[JoinInfo] = []
    for join in joins:
        info = join if join.left.alias in seen else join.flip()
        if info.left.alias not in seen or info.right.alias in seen:
            raise SqlError(
                f"Cannot perform circular join - both `{info.right.alias}` and "
                f"`{info.left.alias}` are already included in the current join tree"
            )
        seen.add(info.right.alias)
        ordered.append(info)
    return ordered


def _equivalent(info: JoinInfo, left: Relation) -> frozenset[n.Expression]:
    if info.kind == "OUTER":
        return frozenset()
    keys = frozenset({info.left_expression, info.right_expression})
    below = left.equivalent if isinstance(left, JoinRelation) else frozenset()
    return keys | below if keys & below else keys


def _viable(info: JoinInfo, left: Relation, equivalent: frozenset[n.Expression]) -> tuple[n.ColumnRef, ...]:
    below = left.viable if isinstance(left, JoinRelation) else ()
    candidates: list[n.Expression] = [*below, info.left_expression, info.right_expression]
    found = [c for c in candidates if isinstance(c, n.ColumnRef) and c in equivalent]
    return tuple(dict.fromkeys(found))


def _prefixed(below: Relation, alias: str, context: str) -> Relation:
    schema = below.schema
    key = tuple(Column(join_alias(alias, c.name), c.type) for c in schema.key)
    value = tuple(Column(join_alias(alias, c.name), c.type) for c in schema.value)
    columns = tuple((join_alias(alias, c.name), n.ColumnRef(c.name)) for c in schema.value)
    step = Project(LogicalSchema(key, value), below.step.kind, below.step, columns, context=context)
    return AliasedRelation(step, below.sources, below, alias)


def _join_step(
    info: JoinInfo,
    left: Step,
    right: Step,
    key: tuple[Column, ...],
    foreign_key: n.Expression | None,
    prefix: str,
) -> Step:
    value = (*left.schema.value, *right.schema.value)
    if all(c.name != key[0].name for c in value):
        value = (*value, *key)
    schema = LogicalSchema(key, value)
    context = f"{prefix}Join"
    if foreign_key is not None:
        return ForeignKeyJoin(schema, "TABLE", left, right, info.kind, foreign_key, context=context)
    if left.kind == "TABLE":
        return TableTableJoin(schema, "TABLE", left, right, info.kind, context=context)
    if right.kind == "TABLE":
        return StreamTableJoin(schema, "STREAM", left, right, info.kind, context=context)
    within = info.within
    if within is None:
        raise AssertionError("a join of streams without WITHIN passed its check")
    return StreamStreamJoin(
        schema,
        "STREAM",
        left,
        right,
        info.kind,
        within.before.ms,
        within.after.ms,
        within.grace.ms if within.grace else None,
        context=context,
    )
