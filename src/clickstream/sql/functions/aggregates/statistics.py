"""CORRELATION, STDDEV_SAMPLE and STDDEV_SAMP.

Source: ksqldb-engine …/function/udaf/correlation/CorrelationUdaf.java,
…/stddev/StandardDeviationSampUdaf.java, StandardDeviationSampleUdaf.java.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from clickstream.sql.functions.aggregates.sums import arithmetic_of
from clickstream.sql.functions.registration import AggregateSteps, aggregate
from clickstream.sql.types import DOUBLE, SqlType

__all__ = ["correlation", "deviation", "variance"]

_NUMBERS = ("INTEGER", "BIGINT", "DOUBLE")


@aggregate(
    "correlation",
    *(f"{type_} val1, {type_} val2 -> DOUBLE" for type_ in _NUMBERS),
    description="Pearson's correlation of two columns; rows where one of them is NULL are left out.",
)
def correlation(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of CORRELATION: the state is [Σx, Σy, Σx², Σy², Σxy, rows]."""

    def change(sign: int) -> Callable[..., list[float]]:
        def step(state: list[float], left: Any, right: Any) -> list[float]:
            if left is None or right is None:
                return state
            x, y = float(left), float(right)
            amounts = (x, y, x * x, y * y, x * y, 1)
            return [total + sign * amount for total, amount in zip(state, amounts, strict=True)]

        return step

    return AggregateSteps(
        lambda: [0.0, 0.0, 0.0, 0.0, 0.0, 0],
        change(1),
        lambda a, b: [x + y for x, y in zip(a, b, strict=True)],
        _coefficient,
        change(-1),
    )


def _coefficient(state: list[float]) -> float:
    x, y, xx, yy, xy, count = state
    above = count * xy - x * y
    below = (count * xx - x * x) * (count * yy - y * y)
    if below > 0:
        return above / math.sqrt(below)
    return math.copysign(math.inf, above) if below == 0 and above != 0 else math.nan


def _square(value: float) -> float:
    """Return the square; that of a large number is infinite, as in Java, where `**` would fail."""
    return value * value


def _root(value: float) -> float:
    """Return the square root; NaN for what is negative after values were taken out again."""
    return math.sqrt(value) if value >= 0 else math.nan


def _spread(
    type_: SqlType, mean: Callable[[Any, int], float], result: Callable[[float], float]
) -> AggregateSteps:
    """Return the steps over the state [sum, count, M2], updated as Youngs and Cramer do.

    `mean` divides a sum by a count where two states merge; `result` makes the value of the variance.
    """
    numbers = arithmetic_of(type_)

    def delta(state: list[Any], value: Any) -> float:
        return float(value * (state[1] + 1) - numbers.plus(state[0], value))

    def add(state: list[Any], value: Any) -> list[Any]:
        if value is None:
            return state
        count = state[1] + 1
        step = _square(delta(state, value)) / (count * (count - 1)) if count > 1 else 0.0
        return [numbers.plus(state[0], value), count, state[2] + step]

    def undo(state: list[Any], value: Any) -> list[Any]:
        if value is None:
            return state
        count = state[1] - 1
        step = _square(delta(state, value)) / (count * (count + 1)) if count > 0 else 0.0
        return [numbers.minus(state[0], value), count, state[2] - step]

    def merge(a: list[Any], b: list[Any]) -> list[Any]:
        squares = a[2] + b[2]
        if a[1] and b[1]:
            apart = mean(a[0], a[1]) - mean(b[0], b[1])
            squares += a[1] * b[1] * apart * apart / (a[1] + b[1])
        return [numbers.plus(a[0], b[0]), a[1] + b[1], squares]

    def show(state: list[Any]) -> float:
        return result(state[2] / (state[1] - 1)) if state[1] >= 2 else 0.0

    return AggregateSteps(lambda: [numbers.zero, 0, 0.0], add, merge, show, undo)


@aggregate(
    "STDDEV_SAMPLE",
    *(f"{type_} val1 -> DOUBLE" for type_ in _NUMBERS),
    description="The sample standard deviation of the values of a group.",
)
def deviation(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of STDDEV_SAMPLE."""
    return _spread(types[0], lambda total, count: total / count, _root)


@aggregate(
    "STDDEV_SAMP",
    *(f"{type_} val1 -> DOUBLE" for type_ in _NUMBERS),
    description="The square of the sample standard deviation of the values of a group: their variance.",
)
def variance(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of STDDEV_SAMP.

    The real service leaves out the root, and divides whole numbers without a rest where states merge;
    STDDEV_SAMPLE is the function it made to put this right.
    """
    if types[0] == DOUBLE:
        return _spread(types[0], lambda total, count: total / count, float)
    return _spread(types[0], lambda total, count: math.trunc(total / count), float)
