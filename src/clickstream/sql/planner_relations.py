"""What the planner knows of a step while it builds on it: its columns, its stars, its key.

A relation pairs a step with the rules of the clause that made it. Each subclass lives with its clause.
Source: ksqldb-engine …/planner/plan/PlanNode.java — star order and the message for a missing key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Projection
from clickstream.sql.format import format_expression
from clickstream.sql.plan import Step
from clickstream.sql.processing_schema import column_types, processing_schema
from clickstream.sql.query_sources import AliasedSource
from clickstream.sql.schema import PSEUDO_COLUMNS, WINDOW_COLUMNS, LogicalSchema
from clickstream.sql.types import SqlType

__all__ = ["Relation", "join_words", "keys_missing", "star_order"]


@dataclass(frozen=True)
class Relation:
    """A step and the sources under it, left to right."""

    step: Step
    sources: tuple[AliasedSource, ...]

    @property
    def schema(self) -> LogicalSchema:
        """The processing schema: everything an expression may name."""
        return processing_schema(self.step)

    @property
    def columns(self) -> dict[str, SqlType]:
        """The types of everything an expression may name."""
        return column_types(self.schema)

    def star(self, source: str | None) -> list[str]:
        """Return the columns that `*`, or `source.*`, stands for."""
        raise NotImplementedError

    def resolve_select(self, expression: n.Expression) -> n.Expression:
        """Return a selected expression in terms of this step's columns."""
        return expression

    def check_keys(self, sink: str, projection: Projection) -> None:
        """Check that a persistent query selects its key.

        Raises: SqlError.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class SingleInput(Relation):
    """A relation that leaves stars and keys to the one it is built on."""

    below: Relation

    def star(self, source: str | None) -> list[str]:
        """Return the columns of the relation below."""
        return self.below.star(source)

    def resolve_select(self, expression: n.Expression) -> n.Expression:
        """Return what the relation below makes of it."""
        return self.below.resolve_select(expression)

    def check_keys(self, sink: str, projection: Projection) -> None:
        """Leave it to the relation below."""
        self.below.check_keys(sink, projection)


def star_order(schema: LogicalSchema) -> list[str]:
    """Return a schema's columns as a star lists them: key, window bounds, then values."""
    keys = [c.name for c in schema.key]
    names = list(dict.fromkeys(c.name for c in schema.value))
    windows = [name for name in names if name in WINDOW_COLUMNS]
    hidden = {*keys, *windows, *PSEUDO_COLUMNS}
    present = set(names)
    return [k for k in keys if k in present] + windows + [name for name in names if name not in hidden]


def join_words(words: Sequence[str], last: str) -> str:
    """Return `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def keys_missing(
    sink: str, what: str, keys: Sequence[n.Expression], *, need_all: bool = True, synthetic: bool = False
) -> SqlError:
    """Return the error for a SELECT that leaves out the key.

    Source: golden/rest/ksql/055.
    """
    shown = [format_expression(k) for k in keys]
    plural = "s" if need_all and len(shown) > 1 else ""
    kinds = what if len(shown) == 1 else f"{what}s"
    joined = join_words(shown, "and" if need_all else "or")
    example = ", ".join(shown) if need_all else shown[0]
    link = "See https://cnfl.io/2LV7ouS." if synthetic else ""
    explain = (
        f"\n{shown[0]} was added as a synthetic key column because the join criteria did not match "
        "any source column. This expression must be included in the projection and may be aliased. "
        if synthetic
        else ""
    )
    return SqlError(
        f"Key{plural} missing from projection (ie, SELECT). {link}\n"
        f"The query used to build `{sink}` must include the {kinds} {joined} in its projection "
        f"(eg, SELECT {example}...).{explain}"
    )
