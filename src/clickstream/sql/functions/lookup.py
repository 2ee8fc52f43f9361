"""What the analysis needs of a function registry; `registry.py` provides it, tests may fake it."""

from collections.abc import Sequence
from typing import Literal as OneOf
from typing import Protocol

from clickstream.sql.functions.resolved import ResolvedAggregate, ResolvedScalar, ResolvedTable
from clickstream.sql.types import PrimitiveType, SqlType

__all__ = ["INTERVAL_UNIT", "FunctionLookup"]

INTERVAL_UNIT = PrimitiveType("INTERVALUNIT")
"""The type of a bare `DAYS` among a call's arguments; its value is the unit's name."""


class FunctionLookup(Protocol):
    """Functions by name and argument types.

    Argument types: None is NULL, a lambda is a `LambdaType` with its inputs and result settled, a
    time unit is INTERVAL_UNIT. The methods raise UnknownName or TypeMismatch with ksqlDB's wording.
    """

    def names(self) -> list[str]:
        """Return all names, sorted."""
        ...

    def kind(self, name: str) -> OneOf["scalar", "aggregate", "table"] | None:
        """Return what sort of function `name` is, or None."""
        ...

    def scalar(self, name: str, args: Sequence[SqlType | None]) -> ResolvedScalar:
        """Return the scalar function for these arguments."""
        ...

    def aggregate(
        self, name: str, args: Sequence[SqlType | None], constants: Sequence[object] = ()
    ) -> ResolvedAggregate:
        """Return the aggregate for these arguments; `constants` are literals after the aggregated ones."""
        ...

    def table(self, name: str, args: Sequence[SqlType | None]) -> ResolvedTable:
        """Return the table function for these arguments."""
        ...
