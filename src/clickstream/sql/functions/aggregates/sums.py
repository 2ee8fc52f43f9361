"""SUM, AVG and SUM_LIST. Sums of integers wrap as Java's do.

Source: ksqldb-engine …/function/udaf/sum/*.java, …/average/AverageUdaf.java.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from clickstream.sql.functions.aggregates.states import same
from clickstream.sql.functions.registration import AggregateSteps, aggregate
from clickstream.sql.types import DOUBLE, ArrayType, DecimalType, SqlType

__all__ = ["Arithmetic", "arithmetic_of", "average", "sum_list", "total"]

_HALF = {"INTEGER": 1 << 31, "BIGINT": 1 << 63}


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Zero, addition and subtraction of a numeric type."""

    zero: Any
    plus: Callable[[Any, Any], Any]
    minus: Callable[[Any, Any], Any]


def arithmetic_of(type_: SqlType) -> Arithmetic:
    """Return how numbers of `type_` are summed."""
    half = _HALF.get(type_.base)
    if half is not None:
        return _wrapping(half)
    if isinstance(type_, DecimalType):
        context = Context(prec=type_.precision, rounding=ROUND_HALF_UP)
        return Arithmetic(Decimal(0).scaleb(-type_.scale), context.add, context.subtract)
    return Arithmetic(0.0, operator.add, operator.sub)


def _wrapping(half: int) -> Arithmetic:
    """Return arithmetic on integers of `-half … half - 1`."""
    whole = half * 2

    def add(a: int, b: int) -> int:
        n = a + b
        return n if -half <= n < half else (n + half) % whole - half

    def subtract(a: int, b: int) -> int:
        n = a - b
        return n if -half <= n < half else (n + half) % whole - half

    return Arithmetic(0, add, subtract)


@aggregate(
    "SUM",
    "INTEGER val1 -> INTEGER",
    "BIGINT val1 -> BIGINT",
    "DOUBLE val1 -> DOUBLE",
    "DECIMAL val1 -> DECIMAL",
    description="Sums the values of a group that are not NULL.",
)
def total(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of SUM; the sum of nothing is 0."""
    numbers = arithmetic_of(types[0])
    zero, plus, minus = numbers.zero, numbers.plus, numbers.minus
    return AggregateSteps(
        lambda: zero,
        lambda state, value: state if value is None else plus(state, value),
        plus,
        same,
        lambda state, value: state if value is None else minus(state, value),
        shows_state=True,
        inline="{state} if {0} is None else {state} + {0}" if types[0] == DOUBLE else None,
    )


@aggregate(
    "sum_list",
    "ARRAY<INTEGER> val1 -> INTEGER",
    "ARRAY<BIGINT> val1 -> BIGINT",
    "ARRAY<DOUBLE> val1 -> DOUBLE",
    description="Sums the elements of the arrays of a group; NULL elements count as 0.",
)
def sum_list(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of SUM_LIST."""
    array = types[0]
    assert isinstance(array, ArrayType)
    numbers = arithmetic_of(array.item)

    def list_total(items: list[Any]) -> Any:
        amount = numbers.zero
        for item in items:
            if item is not None:
                amount = numbers.plus(amount, item)
        return amount

    return AggregateSteps(
        lambda: numbers.zero,
        lambda state, items: state if items is None else numbers.plus(state, list_total(items)),
        numbers.plus,
        same,
        lambda state, items: state if items is None else numbers.minus(state, list_total(items)),
        shows_state=True,
    )


@aggregate(
    "avg",
    "INTEGER val1 -> DOUBLE",
    "BIGINT val1 -> DOUBLE",
    "DOUBLE val1 -> DOUBLE",
    description="The average of the values of a group that are not NULL.",
)
def average(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of AVG: the state is [sum, count]; the average of nothing is 0."""
    numbers = arithmetic_of(types[0])
    plus, minus = numbers.plus, numbers.minus
    as_float = types[0] == DOUBLE

    def result(state: Any) -> float:
        if not state[1]:
            return 0.0
        return float(state[0] / state[1]) if as_float else float(state[0]) / state[1]

    return AggregateSteps(
        lambda: [numbers.zero, 0],
        lambda s, value: s if value is None else [plus(s[0], value), s[1] + 1],
        lambda a, b: [plus(a[0], b[0]), a[1] + b[1]],
        result,
        lambda s, value: s if value is None else [minus(s[0], value), s[1] - 1],
    )
