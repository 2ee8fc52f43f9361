from collections.abc import Sequence
from typing import Any
from typing import Literal as OneOf

import pytest

from clickstream.core.errors import SqlError, TypeMismatch
from clickstream.sql.expression_types import resolve_aggregate
from clickstream.sql.functions.resolved import ResolvedAggregate, ResolvedScalar, ResolvedTable
from clickstream.sql.nodes import FunctionCall
from clickstream.sql.parser import parse_expression
from clickstream.sql.types import INTEGER, SqlType


class OneAggregate:
    """TOP(column, n): an aggregate of one column and one constant."""

    def names(self) -> list[str]:
        return ["TOP"]

    def kind(self, name: str) -> OneOf["scalar", "aggregate", "table"] | None:
        return "aggregate"

    def scalar(self, name: str, args: Sequence[SqlType | None]) -> ResolvedScalar:
        raise NotImplementedError

    def table(self, name: str, args: Sequence[SqlType | None]) -> ResolvedTable:
        raise NotImplementedError

    def aggregate(
        self, name: str, args: Sequence[SqlType | None], constants: Sequence[object] = ()
    ) -> ResolvedAggregate:
        if len(args) != 1 or len(constants) != 1:
            raise SqlError(f"Function '{name}' does not accept parameters")

        def nothing(*_: Any) -> None:
            return None

        return ResolvedAggregate(
            name, (INTEGER,), INTEGER, nothing, nothing, nothing, nothing, None, constants
        )


def resolve(text: str) -> ResolvedAggregate:
    call = parse_expression(text)
    assert isinstance(call, FunctionCall)
    return resolve_aggregate(OneAggregate(), call, [INTEGER] * len(call.args))


def test_literals_at_the_end_are_constants() -> None:
    assert resolve("TOP(v, 3)").constants == [3]


def test_a_column_where_a_constant_belongs_is_named() -> None:
    with pytest.raises(TypeMismatch, match="Parameter 2 passed to function TOP must be a literal constant"):
        resolve("TOP(v, w)")


def test_what_fits_no_variant_is_refused() -> None:
    with pytest.raises(SqlError, match="does not accept parameters"):
        resolve("TOP(v)")
