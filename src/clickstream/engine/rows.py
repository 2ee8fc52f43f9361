"""Rows: what travels between operators.

A row is a tuple, so that a batch of them is a plain list:

    stream   (key, value, time_ms, headers)
    table    (key, value, time_ms, headers, old)

`key` is a tuple of the key columns' values; for windowed rows the window's start and end follow.
`value` is a tuple of the value columns' values, or None: no value on a stream, deletion on a table.
`old` is the table's value before this change, for operators that asked for it, else None. `headers`
are those of the record that caused the row. Values inside are never changed in place.
"""

from collections.abc import Iterable
from typing import Any

from clickstream.core.records import Header

__all__ = ["Key", "NullKey", "Row", "TableRow", "Value", "in_order", "null_key"]

Key = tuple[Any, ...]
Value = tuple[Any, ...]
Row = tuple[Any, ...]
"""`(key, value, time_ms, headers)` and, for tables, `old`. Typed loosely: it is unpacked in hot loops."""

Headers = tuple[Header, ...]


class NullKey(tuple[Any, ...]):
    """The key of a record that has none. Its columns read as NULL; written out it is no key again."""

    __slots__ = ()


_NULL_KEYS: dict[int, NullKey] = {}


def null_key(columns: int) -> NullKey:
    """Return the missing key with `columns` columns."""
    key = _NULL_KEYS.get(columns)
    if key is None:
        key = _NULL_KEYS[columns] = NullKey((None,) * columns)
    return key


def in_order(keys: Iterable[Key]) -> list[Key]:
    """Return `keys` as a store that is sorted by key holds them; as they come where they do not compare."""
    listed = list(keys)
    try:
        return sorted(listed)
    except TypeError:
        return listed


TableRow = tuple[Key, Value, int]
"""What a look-up gives: key (with window bounds), value, time of the last change in ms."""
