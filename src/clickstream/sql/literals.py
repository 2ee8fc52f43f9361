"""Literal text to a value and its type."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isinf

from clickstream.sql.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIME,
    TIMESTAMP,
    DecimalType,
    SqlType,
)

__all__ = ["CONSTANTS", "TYPED", "BadNumber", "decimal_type", "number"]

CONSTANTS: dict[str, tuple[object, SqlType | None]] = {
    "TRUE": (True, BOOLEAN),
    "FALSE": (False, BOOLEAN),
    "NULL": (None, None),
}

_EPOCH = date(1970, 1, 1)


class BadNumber(ValueError):
    """A number no type can hold."""


def number(text: str, *, negative: bool = False) -> tuple[object, SqlType]:
    """Return the value and type of the number literal `text`, which has no sign.

    Raises: BadNumber if it fits neither BIGINT nor DOUBLE.
    """
    signed = f"-{text}" if negative else text
    if text.isdecimal():
        return _integer(signed)
    if "e" in text or "E" in text:
        value = float(signed)
        if isinf(value):
            raise BadNumber(f"Number overflows DOUBLE: {signed[:60]}")
        return value, DOUBLE
    decimal = Decimal(signed)
    return decimal, decimal_type(decimal)


def decimal_type(value: Decimal) -> DecimalType:
    """Return the smallest type that holds `value`: `0.05` is DECIMAL(2, 2)."""
    _, digits, exponent = value.as_tuple()
    scale = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    whole = exponent if isinstance(exponent, int) and exponent > 0 else 0
    return DecimalType(max(len(digits) + whole, scale), scale)


# --------------------------------------------------------------------------------- private


def _integer(text: str) -> tuple[object, SqlType]:
    digits = text.lstrip("-0") or "0"
    value = int(digits) if len(digits) <= 19 else 2**63
    if text.startswith("-"):
        value = -value if len(digits) <= 19 else -(2**63) - 1
    if -(2**31) <= value < 2**31:
        return value, INTEGER
    if -(2**63) <= value < 2**63:
        return value, BIGINT
    raise BadNumber(f"Invalid numeric literal: {text[:60]}")


def _decimal(text: str) -> tuple[object, SqlType]:
    value = Decimal(text)
    return value, decimal_type(value)


def _date(text: str) -> tuple[object, SqlType]:
    return (date.fromisoformat(text) - _EPOCH).days, DATE


def _time(text: str) -> tuple[object, SqlType]:
    value = time.fromisoformat(text)
    span = timedelta(
        hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
    )
    return span // timedelta(milliseconds=1), TIME


def _timestamp(text: str) -> tuple[object, SqlType]:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1), TIMESTAMP


TYPED: dict[str, Callable[[str], tuple[object, SqlType]]] = {
    "DECIMAL": _decimal,
    "DATE": _date,
    "TIME": _time,
    "TIMESTAMP": _timestamp,
    "STRING": lambda text: (text, STRING),
}
"""`DATE '2026-01-31'` and its like."""
