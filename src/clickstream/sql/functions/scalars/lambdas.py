"""TRANSFORM, FILTER and REDUCE: functions that take lambdas.

Source: ksqldb-engine …/function/udf/lambda/*.java.
"""

from collections.abc import Callable
from typing import Any

from clickstream.sql.functions.limits import check_size
from clickstream.sql.functions.registration import scalar

__all__ = [
    "filter_array",
    "filter_map",
    "reduce_array",
    "reduce_map",
    "transform_array",
    "transform_map",
]

_CATEGORY = "LAMBDA"


@scalar(
    "transform",
    "ARRAY<T> array, (T) => R function -> ARRAY<R>",
    category=_CATEGORY,
    description="What a lambda makes of each element of an array.",
)
def transform_array(items: list[Any], function: Callable[[Any], Any]) -> list[Any]:
    """Return the results."""
    return [function(item) for item in items]


@scalar(
    "transform",
    "MAP<K, V> map, (K, V) => R biFunction1, (K, V) => T biFunction2 -> MAP<R, T>",
    category=_CATEGORY,
    description="What two lambdas make of each entry of a map: one its key, one its value.",
)
def transform_map(
    map_: dict[Any, Any], new_key: Callable[[Any, Any], Any], new_value: Callable[[Any, Any], Any]
) -> dict[Any, Any]:
    """Return the new map.

    Raises: ValueError if two entries get the same key or one gets NULL as its value.
    """
    made: dict[Any, Any] = {}
    for key, value in map_.items():
        changed = new_key(key, value)
        if changed in made:
            raise ValueError(f"Duplicate key {changed}")
        made[changed] = _present(changed, new_value(key, value))
    return made


@scalar(
    "filter",
    "ARRAY<T> array, (T) => BOOLEAN function -> ARRAY<T>",
    category=_CATEGORY,
    description="The elements of an array for which a lambda is true.",
)
def filter_array(items: list[Any], function: Callable[[Any], bool | None]) -> list[Any]:
    """Return the items that pass."""
    return [item for item in items if _truth(function(item))]


@scalar(
    "filter",
    "MAP<K, V> map, (K, V) => BOOLEAN biFunction -> MAP<K, V>",
    category=_CATEGORY,
    description="The entries of a map for which a lambda is true.",
)
def filter_map(map_: dict[Any, Any], function: Callable[[Any, Any], bool | None]) -> dict[Any, Any]:
    """Return the entries that pass. Raises: ValueError if one of them has NULL as its value."""
    return {key: _present(key, value) for key, value in map_.items() if _truth(function(key, value))}


def _present(key: Any, value: Any) -> Any:
    """Return `value`. Raises: ValueError for NULL, which Java collects into no map."""
    if value is None:
        raise ValueError(f"the value of key {key} is NULL")
    return value


def _small(state: Any) -> Any:
    """Return a state. Raises: ValueError if it has grown too large: each step may double it."""
    if isinstance(state, str | list | bytes):
        check_size(len(state), "REDUCE")
    return state


def _truth(value: bool | None) -> bool:
    """Return `value`. Raises: ValueError for NULL, which Java would unbox."""
    if value is None:
        raise ValueError("a lambda gave NULL as a truth value")
    return value


@scalar(
    "reduce",
    "ARRAY<T> list, S initialState, (S, T) => S biFunction -> S",
    nulls=True,
    category=_CATEGORY,
    description="What a lambda makes of a state and each element of an array, one after the other.",
)
def reduce_array(items: list[Any] | None, state: Any, function: Callable[[Any, Any], Any]) -> Any:
    """Return the last state; NULL stays NULL."""
    if state is not None:
        for item in items or ():
            state = _small(function(state, item))
    return state


@scalar(
    "reduce",
    "MAP<K, V> map, S initialState, (S, K, V) => S triFunction -> S",
    nulls=True,
    category=_CATEGORY,
    description="What a lambda makes of a state and each entry of a map, one after the other.",
)
def reduce_map(map_: dict[Any, Any] | None, state: Any, function: Callable[[Any, Any, Any], Any]) -> Any:
    """Return the last state; NULL stays NULL."""
    if state is not None:
        for key, value in (map_ or {}).items():
            state = _small(function(state, key, value))
    return state
