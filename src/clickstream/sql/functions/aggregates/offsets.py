"""EARLIEST_BY_OFFSET and LATEST_BY_OFFSET: values in the order in which they arrive.

A value is kept as [number, value]. Numbers count arrivals, so that merged sessions know which value
came first.
Source: ksqldb-engine …/function/udaf/offset/EarliestByOffset.java, LatestByOffset.java.
"""

from collections.abc import Callable, Sequence
from typing import Any

from clickstream.core.errors import SqlError
from clickstream.sql.functions.aggregates.states import nothing
from clickstream.sql.functions.registration import AggregateSteps, aggregate
from clickstream.sql.types import SqlType

__all__ = ["earliest", "earliest_n", "latest", "latest_n"]

Arrival = list[Any]


class _Arrivals:
    """Numbers values as they arrive; goes on behind the numbers that restored states show."""

    def __init__(self) -> None:
        self._last = 0

    def of(self, value: Any, behind: Arrival | None) -> Arrival:
        """Return `value` with the next number."""
        if behind is not None:
            self._last = max(self._last, behind[0])
        self._last += 1
        return [self._last, value]


def _value(state: Arrival | None) -> Any:
    return None if state is None else state[1]


def _values(state: list[Arrival]) -> list[Any]:
    return [value for _, value in state]


def _merging(prefers: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def merge(a: Arrival | None, b: Arrival | None) -> Arrival | None:
        if a is None or b is None:
            return a if b is None else b
        chosen: Arrival = prefers(a, b, key=lambda arrival: arrival[0])
        return chosen

    return merge


def _merging_first(count: int) -> Callable[[list[Arrival], list[Arrival]], list[Arrival]]:
    """Return the merge that keeps the `count` earliest: the real service does so for LATEST as well."""
    return lambda a, b: sorted([*a, *b], key=lambda arrival: arrival[0])[:count]


def _check_count(count: int, name: str) -> None:
    if count <= 0:
        raise SqlError(f"Failed to invoke UDAF factory method: {name} must be 1 or greater")


_ONE = "The {} value of a group in order of arrival; ignoreNulls (the default) skips NULLs."
_MANY = "The {} values of a group in order of arrival; ignoreNulls (the default) skips NULLs."


@aggregate("EARLIEST_BY_OFFSET", "T val1 -> T", description=_ONE.format("first"))
@aggregate(
    "EARLIEST_BY_OFFSET",
    "T val1, BOOLEAN ignoreNulls -> T",
    constants=1,
    description=_ONE.format("first"),
)
def earliest(_types: Sequence[SqlType], ignore_nulls: bool = True) -> AggregateSteps:
    """Return the steps of EARLIEST_BY_OFFSET(x[, ignoreNulls])."""
    arrivals = _Arrivals()

    def add(state: Arrival | None, value: Any) -> Arrival | None:
        if state is not None or (value is None and ignore_nulls):
            return state
        return arrivals.of(value, None)

    return AggregateSteps(nothing, add, _merging(min), _value)


@aggregate("LATEST_BY_OFFSET", "T val1 -> T", description=_ONE.format("last"))
@aggregate(
    "LATEST_BY_OFFSET",
    "T val1, BOOLEAN ignoreNulls -> T",
    constants=1,
    description=_ONE.format("last"),
)
def latest(_types: Sequence[SqlType], ignore_nulls: bool = True) -> AggregateSteps:
    """Return the steps of LATEST_BY_OFFSET(x[, ignoreNulls])."""
    arrivals = _Arrivals()

    def add(state: Arrival | None, value: Any) -> Arrival | None:
        return state if value is None and ignore_nulls else arrivals.of(value, state)

    return AggregateSteps(nothing, add, _merging(max), _value)


@aggregate(
    "EARLIEST_BY_OFFSET",
    "T val1, INTEGER earliestN -> ARRAY<T>",
    constants=1,
    description=_MANY.format("first earliestN"),
)
@aggregate(
    "EARLIEST_BY_OFFSET",
    "T val1, INTEGER earliestN, BOOLEAN ignoreNulls -> ARRAY<T>",
    constants=2,
    description=_MANY.format("first earliestN"),
)
def earliest_n(_types: Sequence[SqlType], count: int, ignore_nulls: bool = True) -> AggregateSteps:
    """Return the steps of EARLIEST_BY_OFFSET(x, count[, ignoreNulls])."""
    _check_count(count, "earliestN")
    arrivals = _Arrivals()

    def add(state: list[Arrival], value: Any) -> list[Arrival]:
        if len(state) < count and not (value is None and ignore_nulls):
            state.append(arrivals.of(value, state[-1] if state else None))
        return state

    return AggregateSteps(list, add, _merging_first(count), _values)


@aggregate(
    "LATEST_BY_OFFSET",
    "T val1, INTEGER latestN -> ARRAY<T>",
    constants=1,
    description=_MANY.format("last latestN"),
)
@aggregate(
    "LATEST_BY_OFFSET",
    "T val1, INTEGER latestN, BOOLEAN ignoreNulls -> ARRAY<T>",
    constants=2,
    description=_MANY.format("last latestN"),
)
def latest_n(_types: Sequence[SqlType], count: int, ignore_nulls: bool = True) -> AggregateSteps:
    """Return the steps of LATEST_BY_OFFSET(x, count[, ignoreNulls])."""
    _check_count(count, "latestN")
    arrivals = _Arrivals()

    def add(state: list[Arrival], value: Any) -> list[Arrival]:
        if not (value is None and ignore_nulls):
            state.append(arrivals.of(value, state[-1] if state else None))
            del state[:-count]
        return state

    return AggregateSteps(list, add, _merging_first(count), _values)
