"""AS_MAP, MAP_KEYS, MAP_VALUES, MAP_UNION.

Source: ksqldb-engine …/function/udf/map/*.java.
"""

from itertools import zip_longest
from typing import Any

from clickstream.sql.functions.registration import scalar

__all__ = ["as_map", "map_keys", "map_union", "map_values"]

_CATEGORY = "MAP"


@scalar(
    "AS_MAP",
    "ARRAY<STRING> keys, ARRAY<T> values -> MAP<STRING, T>",
    category=_CATEGORY,
    description="A map from an array of keys and an array of values.",
)
def as_map(keys: list[str | None], values: list[Any]) -> dict[str | None, Any]:
    """Return the map; keys without a value have NULL."""
    return dict(zip_longest(keys, values[: len(keys)]))


@scalar(
    "map_keys", "MAP<STRING, T> input -> ARRAY<STRING>", category=_CATEGORY, description="The keys of a map."
)
def map_keys(map_: dict[str, Any]) -> list[str]:
    """Return the keys."""
    return list(map_)


@scalar(
    "map_values", "MAP<STRING, T> input -> ARRAY<T>", category=_CATEGORY, description="The values of a map."
)
def map_values(map_: dict[str, Any]) -> list[Any]:
    """Return the values."""
    return list(map_.values())


@scalar(
    "map_union",
    "MAP<STRING, T> map1, MAP<STRING, T> map2 -> MAP<STRING, T>",
    nulls=True,
    category=_CATEGORY,
    description="The entries of two maps in one; the second map's count where both have a key.",
)
def map_union(first: dict[str, Any] | None, second: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the union; NULL if both maps are NULL."""
    return None if first is None and second is None else {**(first or {}), **(second or {})}
