"""CAST: the conversion between two types, as a function on values.

Callers: the engine for CAST and for arguments of functions, functions themselves. A conversion that
fails raises ValueError; the engine makes that NULL and logs it.
Source: ksqldb-execution …/codegen/helpers/CastEvaluator.java (the behaviour we match).
"""

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from clickstream.core.errors import TypeMismatch
from clickstream.core.java_numbers import (
    decimal_text,
    double_text,
    fit_decimal,
    parse_double,
    parse_integer,
    wrap_int,
    wrap_long,
)
from clickstream.core.java_time import (
    DAY_MS,
    date_text,
    parse_date,
    parse_time,
    parse_timestamp,
    time_text,
    timestamp_text,
)
from clickstream.sql.types import ArrayType, DecimalType, MapType, SqlType, StructType

__all__ = ["cast", "parse_boolean", "text_of"]

Convert = Callable[[Any], Any]


def cast(source: SqlType, target: SqlType) -> Convert | None:
    """Return the conversion from `source` to `target` of values that are not NULL; None changes nothing.

    Raises: TypeMismatch if the language has no such cast.
    """
    if source == target:
        return None
    if isinstance(target, DecimalType):
        return _to_decimal(source, target)
    if target.base == "STRING":
        return text_of(source)
    if isinstance(source, ArrayType) and isinstance(target, ArrayType):
        item = nullable(cast(source.item, target.item))
        return lambda value: [item(v) for v in value]
    if isinstance(source, MapType) and isinstance(target, MapType):
        key, item = nullable(cast(source.key, target.key)), nullable(cast(source.value, target.value))
        return lambda value: {key(k): item(v) for k, v in value.items()}
    if isinstance(source, StructType) and isinstance(target, StructType):
        return _struct(source, target)
    conversion = _CONVERSIONS.get((source.base, target.base), _missing)
    if conversion is _missing:
        raise TypeMismatch(f"Cast of {source} to {target} is not supported")
    return conversion


def _missing(value: Any) -> Any:
    raise TypeMismatch(f"no such cast: {value!r}")


def nullable(convert: Convert | None) -> Convert:
    """Return `convert` for values that may be NULL."""
    if convert is None:
        return lambda value: value
    return lambda value: None if value is None else convert(value)


def _struct(source: StructType, target: StructType) -> Convert:
    fields = [
        (name, nullable(cast(have, type_)) if (have := source.field(name)) is not None else None)
        for name, type_ in target.fields
    ]
    return lambda value: {name: None if make is None else make(value[name]) for name, make in fields}


def _to_decimal(source: SqlType, target: DecimalType) -> Convert:
    if source.base not in ("INTEGER", "BIGINT", "DOUBLE", "DECIMAL", "STRING"):
        raise TypeMismatch(f"Cast of {source} to {target} is not supported")

    def convert(value: Any) -> Decimal:
        try:
            number = Decimal(repr(value) if isinstance(value, float) else value)
        except InvalidOperation as error:
            raise ValueError(f"not a number: {value!r}") from error
        return fit_decimal(number, target.precision, target.scale)

    return convert


def _narrow(value: float, bits: int) -> int:
    """Return a double as an integer the way Java narrows: towards zero, saturating, NaN is 0."""
    if math.isnan(value):
        return 0
    high = (1 << bits - 1) - 1
    if value >= high:
        return high
    return max(int(value), -high - 1)


def parse_boolean(text: str) -> bool:
    """Return whether `text` is a beginning of `true` or `yes`."""
    lowered = text.strip().lower()
    return bool(lowered) and ("true".startswith(lowered) or "yes".startswith(lowered))


_CONVERSIONS: dict[tuple[str, str], Convert | None] = {
    ("INTEGER", "BIGINT"): None,
    ("INTEGER", "DOUBLE"): float,
    ("BIGINT", "INTEGER"): wrap_int,
    ("BIGINT", "DOUBLE"): float,
    ("DOUBLE", "INTEGER"): lambda value: _narrow(value, 32),
    ("DOUBLE", "BIGINT"): lambda value: _narrow(value, 64),
    ("DECIMAL", "INTEGER"): lambda value: wrap_int(int(value)),
    ("DECIMAL", "BIGINT"): lambda value: wrap_long(int(value)),
    ("DECIMAL", "DOUBLE"): float,
    ("STRING", "BOOLEAN"): parse_boolean,
    ("STRING", "INTEGER"): lambda text: parse_integer(text.strip(), 32),
    ("STRING", "BIGINT"): lambda text: parse_integer(text.strip(), 64),
    ("STRING", "DOUBLE"): parse_double,
    ("STRING", "DATE"): parse_date,
    ("STRING", "TIME"): parse_time,
    ("STRING", "TIMESTAMP"): parse_timestamp,
    ("TIMESTAMP", "DATE"): lambda ms: ms // DAY_MS,
    ("TIMESTAMP", "TIME"): lambda ms: ms % DAY_MS,
    ("DATE", "TIMESTAMP"): lambda days: days * DAY_MS,
}


# --------------------------------------------------------------------------------- to text


def text_of(type_: SqlType) -> Convert | None:
    """Return the conversion of a type's values to text; None for STRING itself."""
    if isinstance(type_, ArrayType):
        item = _null_text(text_of(type_.item))
        return lambda value: "[" + ", ".join(map(item, value)) + "]"
    if isinstance(type_, MapType):
        key, value_text = _null_text(text_of(type_.key)), _null_text(text_of(type_.value))
        return lambda value: "{" + ", ".join(f"{key(k)}={value_text(v)}" for k, v in value.items()) + "}"
    if isinstance(type_, StructType):
        return _struct_text(type_)
    return _TEXTS[type_.base]


def _struct_text(type_: StructType) -> Convert:
    fields = [(name, _null_text(text_of(field))) for name, field in type_.fields]

    def text(value: dict[str, Any]) -> str:
        shown = (f"{name}={make(value[name])}" for name, make in fields if value[name] is not None)
        return "Struct{" + ",".join(shown) + "}"

    return text


def _null_text(convert: Convert | None) -> Callable[[Any], str]:
    return lambda value: "null" if value is None else str(value) if convert is None else convert(value)


_TEXTS: dict[str, Convert | None] = {
    "STRING": None,
    "BOOLEAN": lambda value: "true" if value else "false",
    "INTEGER": str,
    "BIGINT": str,
    "DOUBLE": double_text,
    "DECIMAL": decimal_text,
    "DATE": date_text,
    "TIME": time_text,
    "TIMESTAMP": timestamp_text,
    "BYTES": lambda value: value.hex().upper(),
}
