"""What a query says, taken apart clause by clause; the planner builds steps from it."""

from dataclasses import dataclass, field
from typing import Literal as OneOf

from clickstream.sql import nodes as n
from clickstream.sql.query_sources import AliasedSource, QuerySources

__all__ = ["Analysis", "JoinInfo", "Projection", "SinkInfo", "unqualified"]


@dataclass(frozen=True, slots=True)
class JoinInfo:
    """One JOIN, turned so that the source it adds is on the right where it can be.

    `flipped` remembers that the condition was written the other way round, for messages.
    """

    left: AliasedSource
    left_expression: n.Expression
    right: AliasedSource
    right_expression: n.Expression
    kind: OneOf["INNER", "LEFT", "RIGHT", "OUTER"]
    within: n.Within | None = None
    flipped: bool = False

    def flip(self) -> "JoinInfo":
        """Return the join with its condition turned round; which source is added stays the same."""
        return JoinInfo(
            self.right,
            self.right_expression,
            self.left,
            self.left_expression,
            self.kind,
            self.within,
            flipped=True,
        )

    @property
    def condition(self) -> tuple[n.Expression, n.Expression]:
        """Both sides of the condition as they were written."""
        sides = (self.left_expression, self.right_expression)
        return (sides[1], sides[0]) if self.flipped else sides


@dataclass(frozen=True, slots=True)
class SinkInfo:
    """Where a persistent query writes: a new source, or one that exists (INSERT INTO)."""

    name: str
    kind: OneOf["STREAM", "TABLE"]
    creates: bool = True


@dataclass(frozen=True, slots=True)
class Projection:
    """A SELECT's items, asked whether they hold an expression."""

    items: tuple[n.SelectItem, ...]

    def contains(self, expression: n.Expression) -> bool:
        """Return whether `expression` is selected, by itself or by a star."""
        for item in self.items:
            match item:
                case n.AllColumns(source=None):
                    return True
                case n.AllColumns(source=source):
                    if isinstance(expression, n.ColumnRef) and expression.source == source:
                        return True
                case n.SingleColumn(expression=selected) | n.StructAll(base=selected):
                    if selected == expression:
                        return True
        return False


@dataclass(frozen=True, slots=True)
class Analysis:
    """A query, checked as far as names go. Expressions are qualified as written by normalisation."""

    sources: QuerySources
    select: tuple[n.SelectItem, ...]
    joins: tuple[JoinInfo, ...] = ()
    window: n.Window | None = None
    where: n.Expression | None = None
    group_by: tuple[n.Expression, ...] = ()
    partition_by: tuple[n.Expression, ...] = ()
    having: n.Expression | None = None
    emit: OneOf["CHANGES", "FINAL"] | None = None
    limit: int | None = None
    sink: SinkInfo | None = None
    table_functions: tuple[n.FunctionCall, ...] = field(default=())

    @property
    def persistent(self) -> bool:
        """Whether the query writes to a sink."""
        return self.sink is not None

    @property
    def projection(self) -> Projection:
        """The SELECT as written."""
        return Projection(self.select)


def unqualified(expression: n.Expression, *, is_join: bool) -> n.Expression | None:
    """Return the bare reference for a qualified one, prefixed inside a join; a rewriter."""
    if not isinstance(expression, n.ColumnRef) or expression.source is None:
        return None
    name = f"{expression.source}_{expression.name}" if is_join else expression.name
    return n.ColumnRef(name, at=expression.at)
