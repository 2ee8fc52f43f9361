"""The natural order of values: what ARRAY_SORT, GREATEST, MAX and TOPK compare by.

Source: compareTo of java.lang.Double, String, BigDecimal and java.nio.ByteBuffer.
"""

from collections.abc import Callable
from typing import Any

from clickstream.sql.types import SqlType

__all__ = ["Key", "equality_key", "order_of"]

Key = Callable[[Any], Any]

_SIGNED = bytes(byte ^ 0x80 for byte in range(256))
"""Java's bytes are signed: 0x80 comes before 0x00."""


def _double(value: float) -> tuple[bool, float]:
    return (value != value, value)


def _bytes(value: bytes) -> bytes:
    return value.translate(_SIGNED)


_ORDERS: dict[str, Key] = {"DOUBLE": _double, "BYTES": _bytes}


def order_of(type_: SqlType) -> Key | None:
    """Return the sort key of a type's values; None where Python's order is the same."""
    return _ORDERS.get(type_.base)


def equality_key(value: Any) -> Any:
    """Return a hashable stand-in for `value`, equal for equal values."""
    if isinstance(value, list):
        return (list, *map(equality_key, value))
    if isinstance(value, dict):
        return (dict, frozenset((key, equality_key(item)) for key, item in value.items()))
    return value
