"""Absolute values, rounding, signs, the largest and the smallest of numbers, RANDOM.

Source: ksqldb-engine …/function/udf/math/*.java.
"""

import math
import random
from collections.abc import Callable, Sequence
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_UP,
    Context,
    Decimal,
)
from typing import Any

from clickstream.core.errors import SqlError
from clickstream.core.java_numbers import wrap_int, wrap_long
from clickstream.sql.functions.ordering import order_of
from clickstream.sql.functions.registration import scalar
from clickstream.sql.types import BIGINT, DOUBLE, DecimalType, SqlType

__all__ = [
    "absolute",
    "ceiling",
    "floor",
    "greatest",
    "least",
    "random_number",
    "round_half_up",
    "round_to",
    "sign",
    "truncate",
    "truncate_to",
]

_CATEGORY = "MATHEMATICAL"
_EACH_NUMBER = tuple(f"{type_} val -> {type_}" for type_ in ("INTEGER", "BIGINT", "DOUBLE", "DECIMAL"))
_LONG_MAX = (1 << 63) - 1
_ROUNDING = Context(prec=800)
"""Wide enough for every double written out, and for digits asked for behind the point."""


@scalar("Abs", *_EACH_NUMBER, typed=True, category=_CATEGORY, description="The absolute value of a number.")
def absolute(types: Sequence[SqlType]) -> Callable[[Any], Any]:
    """Return abs; the smallest integer stays negative, as in Java."""
    wrap = {"INTEGER": wrap_int, "BIGINT": wrap_long}.get(types[0].base)
    return abs if wrap is None else lambda value: wrap(abs(value))


@scalar(
    "sign",
    *(f"{type_} value -> INTEGER" for type_ in ("INTEGER", "BIGINT", "DOUBLE")),
    category=_CATEGORY,
    description="-1, 0 or 1 for a number that is negative, zero or positive.",
)
def sign(value: float) -> int:
    """Return the sign; NaN has 0."""
    return (value > 0) - (value < 0)


@scalar(
    "random", "-> DOUBLE", deterministic=False, category=_CATEGORY, description="A random number in [0, 1)."
)
def random_number() -> float:
    """Return a random number."""
    return random.random()


# --------------------------------------------------------------------------------- whole numbers


def _to_scale(value: Decimal, places: int, rounding: str) -> Decimal:
    """Return `value` rounded to `places` digits after the point; fewer than 0 rounds to tens."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_ROUNDING)
    return rounded if rounded else rounded.copy_abs()


def _whole(
    types: Sequence[SqlType], of_double: Callable[[float], float], rounding: str
) -> Callable[[Any], Any]:
    """Return CEIL or FLOOR for a type; the value keeps its scale."""
    type_ = types[0]
    if isinstance(type_, DecimalType):
        scale = type_.scale
        return lambda value: _to_scale(_to_scale(value, 0, rounding), scale, rounding)
    if type_ == DOUBLE:
        return lambda value: of_double(value) if math.isfinite(value) else value
    return lambda value: value


@scalar(
    "Ceil",
    *_EACH_NUMBER,
    typed=True,
    category=_CATEGORY,
    description="The smallest whole number that is not less than a number.",
)
def ceiling(types: Sequence[SqlType]) -> Callable[[Any], Any]:
    """Return CEIL for a type."""
    return _whole(types, lambda value: math.copysign(float(math.ceil(value)), value), ROUND_CEILING)


@scalar(
    "Floor",
    *_EACH_NUMBER,
    typed=True,
    category=_CATEGORY,
    description="The largest whole number that is not greater than a number.",
)
def floor(types: Sequence[SqlType]) -> Callable[[Any], Any]:
    """Return FLOOR for a type."""
    return _whole(types, lambda value: math.copysign(float(math.floor(value)), value), ROUND_FLOOR)


# --------------------------------------------------------------------------------- rounding


def _whole_type(types: Sequence[SqlType]) -> SqlType:
    type_ = types[0]
    if not isinstance(type_, DecimalType):
        return BIGINT
    digits = type_.precision - type_.scale
    if digits < 1:
        raise SqlError(f"DECIMAL precision must be >= 1: DECIMAL({digits},0)")
    return DecimalType(digits, 0)


_TO_WHOLE = ("INTEGER val", "BIGINT val", "DOUBLE val", "DECIMAL val")
_TO_PLACES = ("DOUBLE val, INTEGER decimalPlaces -> DOUBLE", "DECIMAL val, INTEGER decimalPlaces -> DECIMAL")


def _saturated(value: float) -> int:
    """Return a double as a 64-bit integer; what is too large is the largest, NaN is 0."""
    if value != value:
        return 0
    return int(value) if abs(value) < _LONG_MAX else _LONG_MAX if value > 0 else -_LONG_MAX - 1


def _half_up(value: Decimal, places: int) -> Decimal:
    """Return `value` rounded; halves go up, so -1.5 becomes -1."""
    return _to_scale(value, places, ROUND_HALF_UP if value > 0 else ROUND_HALF_DOWN)


def _down(value: Decimal, places: int) -> Decimal:
    return _to_scale(value, places, ROUND_DOWN)


def _to_places(types: Sequence[SqlType], rounded: Callable[[Decimal, int], Decimal]) -> Callable[..., Any]:
    """Return the function of a value and the places to keep; decimals keep their scale."""
    type_ = types[0]
    if isinstance(type_, DecimalType):
        scale = type_.scale
        return lambda value, places: _to_scale(rounded(value, places), scale, ROUND_DOWN)
    return lambda value, places: float(rounded(Decimal(repr(value)), places))


@scalar(
    "Round",
    *_TO_WHOLE,
    returns=_whole_type,
    typed=True,
    category=_CATEGORY,
    description="The nearest whole number; a number in the middle is rounded up.",
)
def round_half_up(types: Sequence[SqlType]) -> Callable[[Any], Any]:
    """Return ROUND(x) for a type."""
    match types[0].base:
        case "DECIMAL":
            return lambda value: _half_up(value, 0)
        case "DOUBLE":
            return lambda value: _saturated(_floor_of_half_more(value))
    return lambda value: value


def _floor_of_half_more(value: float) -> float:
    """Return the whole number nearest to `value`, without the error that adding 0.5 makes."""
    if not math.isfinite(value):
        return value
    below = math.floor(value)
    return float(below if value - below < 0.5 else below + 1)


@scalar(
    "Round",
    *_TO_PLACES,
    typed=True,
    category=_CATEGORY,
    description="A number rounded to decimalPlaces digits after the point; a number in the middle goes up.",
)
def round_to(types: Sequence[SqlType]) -> Callable[..., Any]:
    """Return ROUND(x, places) for a type."""
    return _to_places(types, _half_up)


@scalar(
    "trunc",
    *_TO_WHOLE,
    returns=_whole_type,
    typed=True,
    category=_CATEGORY,
    description="A number without what is behind the point.",
)
def truncate(types: Sequence[SqlType]) -> Callable[[Any], Any]:
    """Return TRUNC(x) for a type."""
    match types[0].base:
        case "DECIMAL":
            return lambda value: _down(value, 0)
        case "DOUBLE":
            return _saturated
    return lambda value: value


@scalar(
    "trunc",
    *_TO_PLACES,
    typed=True,
    category=_CATEGORY,
    description="A number cut off behind decimalPlaces digits after the point.",
)
def truncate_to(types: Sequence[SqlType]) -> Callable[..., Any]:
    """Return TRUNC(x, places) for a type."""
    return _to_places(types, _down)


# --------------------------------------------------------------------------------- comparing

_COMPARED = tuple(
    f"{type_} val, {type_}... vals -> {type_}"
    for type_ in (
        "INTEGER", "BIGINT", "DOUBLE", "DECIMAL", "STRING", "BYTES", "DATE", "TIME", "TIMESTAMP",
    )
)  # fmt: skip


def _chosen(best: Callable[..., Any], types: Sequence[SqlType]) -> Callable[..., Any]:
    key = order_of(types[0])

    def choose(*values: Any) -> Any:
        known = [value for value in values if value is not None]
        return best(known, key=key) if known else None

    return choose


@scalar(
    "greatest",
    *_COMPARED,
    typed=True,
    nulls=True,
    category=_CATEGORY,
    description="The largest of its arguments; NULLs are left out.",
)
def greatest(types: Sequence[SqlType]) -> Callable[..., Any]:
    """Return GREATEST for a type."""
    return _chosen(max, types)


@scalar(
    "least",
    *_COMPARED,
    typed=True,
    nulls=True,
    category=_CATEGORY,
    description="The smallest of its arguments; NULLs are left out.",
)
def least(types: Sequence[SqlType]) -> Callable[..., Any]:
    """Return LEAST for a type."""
    return _chosen(min, types)
