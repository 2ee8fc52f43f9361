"""The aggregates the click pipeline and the first conformance tier lean on.

States are plain data, see `ResolvedAggregate`. Sums of integers wrap as Java's do.
"""

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from clickstream.core.java_numbers import EXACT
from clickstream.sql.functions.registration import AggregateSteps, aggregate
from clickstream.sql.types import DOUBLE, DecimalType, SqlType

__all__ = [
    "average",
    "collect_list",
    "count",
    "count_all",
    "earliest_by_offset",
    "latest_by_offset",
    "maximum",
    "minimum",
    "total",
]

COLLECT_LIMIT = 1000
"""ksqlDB's default of `ksql.functions.collect_list.limit`."""


def _zero() -> int:
    return 0


def _same(state: Any) -> Any:
    return state


@aggregate("COUNT", "-> BIGINT", description="Counts rows.")
def count_all(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of `COUNT(*)`."""
    return AggregateSteps(
        _zero,
        lambda n: n + 1,
        operator.add,
        _same,
        lambda n: n - 1,
        shows_state=True,
        inline="{state} + 1",
    )


@aggregate("COUNT", "ANY -> BIGINT", description="Counts rows whose argument is not NULL.")
def count(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of `COUNT(x)`."""
    return AggregateSteps(
        _zero,
        lambda n, value: n if value is None else n + 1,
        operator.add,
        _same,
        lambda n, value: n if value is None else n - 1,
        shows_state=True,
        inline="{state} if {0} is None else {state} + 1",
    )


# --------------------------------------------------------------------------------- sums

_HALF = {"INTEGER": 1 << 31, "BIGINT": 1 << 63}


def _wrapping(half: int) -> tuple[Callable[[int, int], int], Callable[[int, int], int]]:
    """Return addition and subtraction on integers of `-half … half - 1`."""
    whole = half * 2

    def add(a: int, b: int) -> int:
        n = a + b
        return n if -half <= n < half else (n + half) % whole - half

    def subtract(a: int, b: int) -> int:
        n = a - b
        return n if -half <= n < half else (n + half) % whole - half

    return add, subtract


def _number_steps(type_: SqlType) -> tuple[Any, Callable[..., Any], Callable[..., Any]]:
    """Return zero, addition and subtraction of a numeric type."""
    half = _HALF.get(type_.base)
    if half is not None:
        return (0, *_wrapping(half))
    if isinstance(type_, DecimalType):
        return Decimal(0).scaleb(-type_.scale), EXACT.add, EXACT.subtract
    return 0.0, operator.add, operator.sub


@aggregate(
    "SUM",
    "INTEGER -> INTEGER",
    "BIGINT -> BIGINT",
    "DOUBLE -> DOUBLE",
    "DECIMAL -> DECIMAL",
    description="Sums the values that are not NULL.",
)
def total(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of SUM; the sum of nothing is 0."""
    zero, plus, minus = _number_steps(types[0])
    return AggregateSteps(
        lambda: zero,
        lambda state, value: state if value is None else plus(state, value),
        plus,
        _same,
        lambda state, value: state if value is None else minus(state, value),
        shows_state=True,
    )


@aggregate(
    "AVG",
    "INTEGER -> DOUBLE",
    "BIGINT -> DOUBLE",
    "DOUBLE -> DOUBLE",
    description="The average of the values that are not NULL.",
)
def average(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of AVG: the state is [sum, count]; the average of nothing is 0."""
    zero, plus, minus = _number_steps(types[0])
    as_float = types[0] == DOUBLE

    def step(by: Callable[..., Any], n: int) -> Callable[..., Any]:
        return lambda s, value: s if value is None else [by(s[0], value), s[1] + n]

    def result(state: Any) -> float:
        if not state[1]:
            return 0.0
        return float(state[0] / state[1]) if as_float else float(state[0]) / state[1]

    return AggregateSteps(
        lambda: [zero, 0],
        step(plus, 1),
        lambda a, b: [plus(a[0], b[0]), a[1] + b[1]],
        result,
        step(minus, -1),
    )


# --------------------------------------------------------------------------------- extremes

_ORDERED = (
    "INTEGER -> INTEGER",
    "BIGINT -> BIGINT",
    "DOUBLE -> DOUBLE",
    "DECIMAL -> DECIMAL",
    "DATE -> DATE",
    "TIME -> TIME",
    "TIMESTAMP -> TIMESTAMP",
    "STRING -> STRING",
    "BYTES -> BYTES",
)


def _pick(best: Callable[[Any, Any], Any]) -> AggregateSteps:
    def choose(state: Any, value: Any) -> Any:
        if state is None:
            return value
        return state if value is None else best(state, value)

    return AggregateSteps(lambda: None, choose, choose, _same, shows_state=True)


@aggregate("MIN", *_ORDERED, description="The smallest value that is not NULL.")
def minimum(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of MIN."""
    return _pick(min)


@aggregate("MAX", *_ORDERED, description="The largest value that is not NULL.")
def maximum(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of MAX."""
    return _pick(max)


# --------------------------------------------------------------------------------- by arrival


@aggregate("LATEST_BY_OFFSET", "T -> T", description="The last value that is not NULL, in order of arrival.")
def latest_by_offset(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of LATEST_BY_OFFSET(x).

    State: [sequence, value]; sessions merge by the later sequence, which counts the rows of a key.
    """
    return _by_arrival(latest=True)


@aggregate(
    "EARLIEST_BY_OFFSET", "T -> T", description="The first value that is not NULL, in order of arrival."
)
def earliest_by_offset(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of EARLIEST_BY_OFFSET(x); state as `latest_by_offset`."""
    return _by_arrival(latest=False)


class _Arrivals:
    """Numbers rows in the order they are aggregated, so that merged sessions know which came first."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last += 1
        return self._last

    def saw(self, number: int) -> None:
        self._last = max(self._last, number)


def _by_arrival(*, latest: bool) -> AggregateSteps:
    arrivals = _Arrivals()

    def add(state: Any, value: Any) -> Any:
        if state is not None:
            arrivals.saw(state[0])
        if value is None or (state is not None and not latest):
            return state
        return [arrivals.next(), value]

    def merge(a: Any, b: Any) -> Any:
        if a is None or b is None:
            return a if b is None else b
        return a if (a[0] > b[0]) == latest else b

    return AggregateSteps(lambda: None, add, merge, lambda s: None if s is None else s[1])


@aggregate("COLLECT_LIST", "T -> ARRAY<T>", description="Gathers all values into an array.")
def collect_list(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of COLLECT_LIST, which stops at 1000 values."""

    def add(state: list[Any], value: Any) -> list[Any]:
        if len(state) < COLLECT_LIMIT:
            state.append(value)
        return state

    def undo(state: list[Any], value: Any) -> list[Any]:
        if value in state:
            state.remove(value)
        return state

    return AggregateSteps(list, add, lambda a, b: (a + b)[:COLLECT_LIMIT], list, undo)
