"""COUNT, COUNT_DISTINCT, HISTOGRAM and ATTR: how often values occur."""

import operator
from collections.abc import Sequence
from typing import Any

from clickstream.sql.functions.aggregates.cardinality import estimate, register
from clickstream.sql.functions.aggregates.states import same, zero
from clickstream.sql.functions.registration import AggregateSteps, aggregate
from clickstream.sql.types import SqlType

__all__ = ["attribute", "count", "count_all", "count_distinct", "histogram"]

HISTOGRAM_LIMIT = 1000
"""Distinct values that HISTOGRAM counts; further ones are ignored, as the real service does."""


@aggregate("COUNT", "-> BIGINT", description="Counts the rows of a group.")
def count_all(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of `COUNT(*)`."""
    return AggregateSteps(
        zero,
        lambda n: n + 1,
        operator.add,
        same,
        lambda n: n - 1,
        shows_state=True,
        inline="{state} + 1",
    )


@aggregate("COUNT", "T val1 -> BIGINT", description="Counts the rows of a group whose value is not NULL.")
def count(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of `COUNT(x)`."""
    return AggregateSteps(
        zero,
        lambda n, value: n if value is None else n + 1,
        operator.add,
        same,
        lambda n, value: n if value is None else n - 1,
        shows_state=True,
        inline="{state} if {0} is None else {state} + 1",
    )


@aggregate(
    "COUNT_DISTINCT",
    "T val1 -> BIGINT",
    description="Estimates how many distinct values a group has, NULL not counted; the error is about 1 %.",
)
def count_distinct(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of COUNT_DISTINCT; the state is a sketch, see `cardinality.py`."""

    def add(sketch: dict[int, int], value: Any) -> dict[int, int]:
        if value is not None:
            place, rank = register(value)
            if rank > sketch.get(place, 0):
                sketch[place] = rank
        return sketch

    def merge(a: dict[int, int], b: dict[int, int]) -> dict[int, int]:
        return {place: max(a.get(place, 0), b.get(place, 0)) for place in (*a, *b)}

    return AggregateSteps(dict, add, merge, estimate)


@aggregate(
    "histogram",
    "STRING val1 -> MAP<STRING, BIGINT>",
    description="Maps each distinct string of a group to how often it occurs; up to 1000 strings.",
)
def histogram(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of HISTOGRAM; the state is the map itself."""

    def count_in(counts: dict[Any, int], value: Any, times: int) -> dict[Any, int]:
        if value in counts or len(counts) < HISTOGRAM_LIMIT:
            counts[value] = counts.get(value, 0) + times
        return counts

    def merge(a: dict[Any, int], b: dict[Any, int]) -> dict[Any, int]:
        merged = dict(a)
        for value, times in b.items():
            count_in(merged, value, times)
        return merged

    def undo(counts: dict[Any, int], value: Any) -> dict[Any, int]:
        if value in counts:
            counts[value] -= 1
            if counts[value] < 1:
                del counts[value]
        return counts

    return AggregateSteps(dict, lambda counts, v: count_in(counts, v, 1), merge, dict, undo)


@aggregate(
    "ATTR",
    "T val1 -> T",
    description="The value that all rows of a group share, NULL if there are several different ones.",
)
def attribute(_types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of ATTR: the state is a list of [value, how often], NULL among the values."""

    def change(state: list[list[Any]], value: Any, times: int) -> list[list[Any]]:
        known = next((entry for entry in state if entry[0] == value), None)
        if known is not None:
            known[1] = max(0, known[1] + times)
        elif times > 0:
            state.append([value, times])
        return state

    def merge(a: list[list[Any]], b: list[list[Any]]) -> list[list[Any]]:
        merged = [list(entry) for entry in a]
        for value, times in b:
            change(merged, value, times)
        return merged

    def result(state: list[list[Any]]) -> Any:
        present = [value for value, times in state if times > 0]
        return present[0] if len(present) == 1 else None

    return AggregateSteps(list, lambda s, v: change(s, v, 1), merge, result, lambda s, v: change(s, v, -1))
