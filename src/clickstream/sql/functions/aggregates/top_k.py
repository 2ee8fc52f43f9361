"""TOPK and TOPKDISTINCT: the largest values of a group, largest first.

Source: ksqldb-engine …/function/udaf/topk/TopkKudaf.java, …/topkdistinct/TopkDistinctKudaf.java.
"""

from collections.abc import Callable, Sequence
from typing import Any

from clickstream.sql.functions.aggregates.extremes import ORDERED
from clickstream.sql.functions.ordering import order_of
from clickstream.sql.functions.registration import AggregateSteps, aggregate
from clickstream.sql.types import ArrayType, SqlType, StructType

__all__ = ["top_k", "top_k_distinct", "top_k_rows"]

_SORT = "sort_col"
"""Field of TOPK's structs that holds the value they are sorted by."""


def _largest(k: int, key: Callable[[Any], Any] | None) -> Callable[[list[Any], list[Any]], list[Any]]:
    """Return the merge of two lists into the `k` largest; of equals those of the first list go first."""
    return lambda a, b: sorted([*a, *b], key=key, reverse=True)[:k]


@aggregate(
    "TOPK",
    *(f"{type_} val1, INTEGER k -> ARRAY<{type_}>" for type_ in ORDERED),
    constants=1,
    description="The k largest values of a group, largest first.",
)
def top_k(types: Sequence[SqlType], k: int) -> AggregateSteps:
    """Return the steps of TOPK(x, k)."""
    merge = _largest(k, order_of(types[0]))
    return AggregateSteps(
        list, lambda state, value: state if value is None else merge(state, [value]), merge, list
    )


def _rows_type(types: Sequence[SqlType]) -> SqlType:
    """Return the type of TOPK's rows for the types of the sorted column, the others and `k`."""
    sort, *others, _k = types
    return ArrayType(StructType(((_SORT, sort), *((f"col{n}", t) for n, t in enumerate(others)))))


@aggregate(
    "TOPK",
    *(f"{type_} val1, ANY... val2, INTEGER k" for type_ in ORDERED),
    returns=_rows_type,
    constants=1,
    description="The k rows of a group with the largest first column, as structs sort_col, col0, col1, ….",
)
def top_k_rows(types: Sequence[SqlType], k: int) -> AggregateSteps:
    """Return the steps of TOPK(x, y, …, k)."""
    order = order_of(types[0])
    names = [f"col{n}" for n in range(len(types) - 1)]

    def key(row: dict[str, Any]) -> Any:
        return row[_SORT] if order is None else order(row[_SORT])

    merge = _largest(k, key)

    def add(state: list[Any], value: Any, *others: Any) -> list[Any]:
        if value is None:
            return state
        return merge(state, [{_SORT: value, **dict(zip(names, others, strict=True))}])

    return AggregateSteps(list, add, merge, list)


@aggregate(
    "TOPKDISTINCT",
    *(f"{type_} val1, INTEGER k -> ARRAY<{type_}>" for type_ in ORDERED),
    constants=1,
    description="The k largest distinct values of a group, largest first.",
)
def top_k_distinct(types: Sequence[SqlType], k: int) -> AggregateSteps:
    """Return the steps of TOPKDISTINCT(x, k)."""
    largest = _largest(k, order_of(types[0]))

    def merge(a: list[Any], b: list[Any]) -> list[Any]:
        return largest(a, [value for value in b if value not in a])

    return AggregateSteps(
        list, lambda state, value: state if value is None else merge(state, [value]), merge, list
    )
