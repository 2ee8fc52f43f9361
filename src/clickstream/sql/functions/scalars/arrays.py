"""ARRAY_…, SLICE, ENTRIES and GENERATE_SERIES.

Source: ksqldb-engine …/function/udf/array/*.java, …/udf/list/*.java.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from clickstream.core.java_numbers import decimal_text, double_text
from clickstream.sql.functions.limits import check_size
from clickstream.sql.functions.ordering import Key, equality_key, order_of
from clickstream.sql.functions.registration import scalar
from clickstream.sql.types import ArrayType, MapType, SqlType, StructType

__all__ = [
    "array_concat",
    "array_contains",
    "array_distinct",
    "array_except",
    "array_intersect",
    "array_join",
    "array_length",
    "array_max",
    "array_min",
    "array_remove",
    "array_sort",
    "array_union",
    "entries",
    "generate_series",
    "slice_of",
]

_CATEGORY = "ARRAY"
_TWO = "ARRAY<T> left, ARRAY<T> right -> ARRAY<T>"


# --------------------------------------------------------------------------------- sets


def _unique(items: Iterable[Any]) -> dict[Any, Any]:
    """Return the different items, in order of first appearance, by what makes them equal."""
    found: dict[Any, Any] = {}
    for item in items:
        found.setdefault(equality_key(item), item)
    return found


@scalar(
    "array_distinct",
    "ARRAY<T> input -> ARRAY<T>",
    category=_CATEGORY,
    description="The different elements of an array, in order of first appearance.",
)
def array_distinct(items: list[Any]) -> list[Any]:
    """Return the different items."""
    return list(_unique(items).values())


@scalar("array_union", _TWO, category=_CATEGORY, description="The different elements of two arrays together.")
def array_union(left: list[Any], right: list[Any]) -> list[Any]:
    """Return the different items of both."""
    return list(_unique([*left, *right]).values())


@scalar(
    "array_intersect",
    _TWO,
    category=_CATEGORY,
    description="The different elements of an array that a second one has too.",
)
def array_intersect(left: list[Any], right: list[Any]) -> list[Any]:
    """Return the items of both, in the order of the left."""
    shared = _unique(right)
    return [item for key, item in _unique(left).items() if key in shared]


@scalar(
    "array_except",
    _TWO,
    category=_CATEGORY,
    description="The different elements of an array that a second one does not have.",
)
def array_except(left: list[Any], right: list[Any]) -> list[Any]:
    """Return the items of the left that are not in the right."""
    unwanted = _unique(right)
    return [item for key, item in _unique(left).items() if key not in unwanted]


# --------------------------------------------------------------------------------- elements


@scalar(
    "array_concat",
    _TWO,
    nulls=True,
    category=_CATEGORY,
    description="The elements of two arrays, one array after the other; NULL counts as empty.",
)
def array_concat(left: list[Any] | None, right: list[Any] | None) -> list[Any] | None:
    """Return all items; NULL if both arrays are NULL."""
    return None if left is None and right is None else [*(left or ()), *(right or ())]


@scalar(
    "ARRAY_CONTAINS",
    "ARRAY<T> array, T val -> BOOLEAN",
    nulls=True,
    category=_CATEGORY,
    description="Whether an array has an element; false for NULL.",
)
def array_contains(items: list[Any] | None, value: Any) -> bool:
    """Return whether `value` is among `items`."""
    return items is not None and value in items


@scalar(
    "array_remove",
    "ARRAY<T> array, T victim -> ARRAY<T>",
    nulls=True,
    category=_CATEGORY,
    description="An array without the elements that equal a value.",
)
def array_remove(items: list[Any] | None, value: Any) -> list[Any] | None:
    """Return the other items."""
    return None if items is None else [item for item in items if item != value]


@scalar(
    "ARRAY_LENGTH",
    "ARRAY<T> array -> INTEGER",
    category=_CATEGORY,
    description="How many elements an array has.",
)
def array_length(items: list[Any]) -> int:
    """Return the number of items."""
    return len(items)


@scalar(
    "slice",
    "ARRAY<T> in, INTEGER from, INTEGER to -> ARRAY<T>",
    nulls=True,
    category=_CATEGORY,
    description="The elements of an array from one position to another, both included.",
)
def slice_of(items: list[Any] | None, first: int | None, last: int | None) -> list[Any] | None:
    """Return the items; NULL positions are the ends, positions that are not there give NULL.

    Raises: ValueError if `last` is before `first`.
    """
    if items is None:
        return None
    start = 0 if first is None else first - 1
    end = len(items) if last is None else last
    if start < 0 or end > len(items):
        return None
    if start > end:
        raise ValueError(f"fromIndex({start}) > toIndex({end})")
    return items[start:end]


# --------------------------------------------------------------------------------- order


def _item_order(types: Sequence[SqlType]) -> Key | None:
    array = types[0]
    return order_of(array.item) if isinstance(array, ArrayType) else None


def _extreme(best: Callable[..., Any], types: Sequence[SqlType]) -> Callable[[list[Any]], Any]:
    key = _item_order(types)

    def choose(items: list[Any]) -> Any:
        known = [item for item in items if item is not None]
        return best(known, key=key) if known else None

    return choose


@scalar(
    "array_max",
    "ARRAY<T> input -> T",
    typed=True,
    category=_CATEGORY,
    description="The largest element of an array; NULLs are left out.",
)
def array_max(types: Sequence[SqlType]) -> Callable[[list[Any]], Any]:
    """Return ARRAY_MAX for a type."""
    return _extreme(max, types)


@scalar(
    "array_min",
    "ARRAY<T> input -> T",
    typed=True,
    category=_CATEGORY,
    description="The smallest element of an array; NULLs are left out.",
)
def array_min(types: Sequence[SqlType]) -> Callable[[list[Any]], Any]:
    """Return ARRAY_MIN for a type."""
    return _extreme(min, types)


_DESCENDING = {"ASC": False, "ASCENDING": False, "DESC": True, "DESCENDING": True}


@scalar(
    "array_sort",
    "ARRAY<T> input -> ARRAY<T>",
    "ARRAY<T> input, STRING direction -> ARRAY<T>",
    typed=True,
    category=_CATEGORY,
    description="An array sorted ASC (the default) or DESC, NULLs last.",
)
def array_sort(types: Sequence[SqlType]) -> Callable[..., list[Any] | None]:
    """Return ARRAY_SORT for a type; NULL for another direction."""
    key = _item_order(types)

    def sort(items: list[Any], direction: str = "ASC") -> list[Any] | None:
        descending = _DESCENDING.get(direction.upper())
        if descending is None:
            return None
        known = sorted((i for i in items if i is not None), key=key, reverse=descending)
        return known + [None] * (len(items) - len(known))

    return sort


# --------------------------------------------------------------------------------- making and showing

_JOINED: dict[str, Callable[[Any], str]] = {
    "BOOLEAN": lambda value: "true" if value else "false",
    "INTEGER": str,
    "BIGINT": str,
    "DOUBLE": double_text,
    "DECIMAL": decimal_text,
    "STRING": str,
}


@scalar(
    "ARRAY_JOIN",
    "ARRAY<T> array -> STRING",
    "ARRAY<T> array, STRING delimiter -> STRING",
    typed=True,
    nulls=True,
    category=_CATEGORY,
    description="The elements of an array as one text, with a comma or another delimiter between them.",
)
def array_join(types: Sequence[SqlType]) -> Callable[..., str | None]:
    """Return ARRAY_JOIN for a type; only simple elements can be joined, NULL ones are `null`."""
    array = types[0]
    show = _JOINED.get(array.item.base) if isinstance(array, ArrayType) else None

    def text(item: Any) -> str:
        if item is None:
            return "null"
        if show is None:
            raise ValueError(f"elements of {array} cannot be joined")
        return show(item)

    def join(items: list[Any] | None, delimiter: str | None = ",") -> str | None:
        return None if items is None else (delimiter or "").join(map(text, items))

    return join


def _entry_array(types: Sequence[SqlType]) -> SqlType:
    map_ = types[0]
    assert isinstance(map_, MapType)
    return ArrayType(StructType((("K", map_.key), ("V", map_.value))))


@scalar(
    "ENTRIES",
    *(f"MAP<STRING, {t}> map, BOOLEAN sorted" for t in ("INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "STRING")),
    returns=_entry_array,
    category="MAP",
    description="The entries of a map as an array of structs K, V, sorted by key if wanted.",
)
def entries(map_: dict[str, Any], is_sorted: bool) -> list[dict[str, Any]]:
    """Return the entries."""
    return [{"K": key, "V": map_[key]} for key in (sorted(map_) if is_sorted else map_)]


@scalar(
    "GENERATE_SERIES",
    "INTEGER start, INTEGER end -> ARRAY<INTEGER>",
    "INTEGER start, INTEGER end, INTEGER step -> ARRAY<INTEGER>",
    "BIGINT start, BIGINT end -> ARRAY<BIGINT>",
    "BIGINT start, BIGINT end, INTEGER step -> ARRAY<BIGINT>",
    category=_CATEGORY,
    description="The numbers from start to end, both included, step apart.",
)
def generate_series(start: int, end: int, step: int | None = None) -> list[int]:
    """Return the numbers; without `step` they go by 1 or -1.

    Raises: ValueError for a step of 0 or one that leads away from `end`, and for too many numbers.
    """
    by = step if step is not None else 1 if end > start else -1
    if by == 0:
        raise ValueError("GENERATE_SERIES step cannot be zero")
    if (end - start) * by < 0:
        raise ValueError("GENERATE_SERIES step has wrong sign")
    check_size((end - start) // by + 1, "GENERATE_SERIES")
    return list(range(start, end + (1 if by > 0 else -1), by))
