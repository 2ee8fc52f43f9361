"""COLLECT_LIST and COLLECT_SET: the values of a group as an array.

Source: ksqldb-engine …/function/udaf/array/CollectListUdaf.java, CollectSetUdaf.java.
"""

from collections.abc import Sequence
from typing import Any

from clickstream.sql.functions.registration import AggregateSteps, aggregate
from clickstream.sql.types import SqlType

__all__ = ["collect_list", "collect_set"]


@aggregate(
    "collect_list",
    "T val1 -> ARRAY<T>",
    limit="ksql.functions.collect_list.limit",
    description="Gathers all values of a group into an array, NULL too.",
)
def collect_list(_types: Sequence[SqlType], limit: int | None) -> AggregateSteps:
    """Return the steps of COLLECT_LIST; the array stops growing at `limit`."""

    def add(state: list[Any], value: Any) -> list[Any]:
        if limit is None or len(state) < limit:
            state.append(value)
        return state

    def undo(state: list[Any], value: Any) -> list[Any]:
        for at in range(len(state) - 1, -1, -1):
            if state[at] == value:
                del state[at]
                break
        return state

    return AggregateSteps(list, add, lambda a, b: (a + b)[:limit], list, undo)


@aggregate(
    "collect_set",
    "T val1 -> ARRAY<T>",
    limit="ksql.functions.collect_set.limit",
    description="Gathers the distinct values of a group into an array, NULL too.",
)
def collect_set(_types: Sequence[SqlType], limit: int | None) -> AggregateSteps:
    """Return the steps of COLLECT_SET; the array stops growing at `limit`."""

    def add(state: list[Any], value: Any) -> list[Any]:
        if (limit is None or len(state) < limit) and value not in state:
            state.append(value)
        return state

    def merge(a: list[Any], b: list[Any]) -> list[Any]:
        merged = list(a)
        for value in b:
            add(merged, value)
        return merged

    return AggregateSteps(list, add, merge, list)
