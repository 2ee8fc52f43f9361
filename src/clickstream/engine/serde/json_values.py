"""JSON values to typed values and back, by SQL type.

Reading coerces as ksqlDB does: numbers in strings, truncation of fractions for integers, any value as
text for STRING. A value that does not fit its type raises ValueError, which makes the record bad.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import msgspec

from clickstream.core.java_numbers import decimal_text, double_text, fit_decimal, parse_double, parse_integer
from clickstream.sql.types import ArrayType, DecimalType, MapType, SqlType, StructType

__all__ = ["JsonNumber", "Reader", "Writer", "decode_exact", "encode", "jackson_escapes", "reader", "writer"]

Reader = Callable[[Any], Any]
Writer = Callable[[Any], Any]


class JsonNumber(str):
    """A number with a fraction or exponent, as it was written."""

    __slots__ = ()


decode_exact = msgspec.json.Decoder(float_hook=JsonNumber).decode
"""Bytes to a JSON tree whose non-integer numbers are `JsonNumber`s."""

_WIDEST_INTEGER = 20
"""Digits beyond which a number is no BIGINT; 1E999999999 must not be written out to find that."""

_CONTROL = re.compile(rb"\\u00[0-9a-f]{2}")


_encode = msgspec.json.Encoder().encode


def encode(tree: Any) -> bytes:
    """Return `tree` as compact JSON, control characters as Jackson writes them."""
    return jackson_escapes(_encode(tree))


def _raw(text: str) -> msgspec.Raw:
    """Return what `encode` writes as it stands."""
    return msgspec.Raw(text.encode())


def jackson_escapes(text: bytes) -> bytes:
    r"""Return JSON with the hexadecimal digits of control characters in upper case: `\u001F`."""
    if b"\\u00" in text:
        return _CONTROL.sub(lambda m: m[0][:2] + m[0][2:].upper(), text)
    return text


# --------------------------------------------------------------------------------- reading


def _wrong(value: Any, wanted: str) -> ValueError:
    return ValueError(f"Can't convert type. sourceType: {_node_name(value)}, requiredType: {wanted}")


def _node_name(value: Any) -> str:
    if isinstance(value, JsonNumber):
        return "DecimalNode"
    names = {bool: "BooleanNode", int: "IntNode", str: "TextNode", list: "ArrayNode", dict: "ObjectNode"}
    return names.get(type(value), type(value).__name__)


def _truncated(value: Any, wanted: str) -> int:
    if value.__class__ is int:
        return int(value)
    if isinstance(value, JsonNumber):
        number = _exact(value)
        if number.adjusted() > _WIDEST_INTEGER:
            raise ValueError(f"out of range of {wanted}: {value}")
        return int(number)
    raise _wrong(value, wanted)


def _exact(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation as error:
        raise ValueError(f"not a number: {number!r}") from error


def _integer_reader(bits: int, name: str) -> Reader:
    low, high = -(1 << bits - 1), 1 << bits - 1

    def read(value: Any) -> int:
        if value.__class__ is str:
            return parse_integer(value, bits)
        number = _truncated(value, name)
        if not low <= number < high:
            raise ValueError(f"out of range of {name}: {number}")
        return number

    return read


def _read_boolean(value: Any) -> bool:
    if value.__class__ is bool:
        return bool(value)
    raise _wrong(value, "BOOLEAN")


def _read_double(value: Any) -> float:
    if value.__class__ is float or value.__class__ is int or isinstance(value, JsonNumber):
        try:
            return float(value)
        except OverflowError:
            return math.inf if cast(int, value) > 0 else -math.inf
    if value.__class__ is str:
        return parse_double(value)
    raise _wrong(value, "DOUBLE")


def _read_string(value: Any) -> str:
    if value.__class__ is str:
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, JsonNumber):
        return _number_text(value)
    return json_text(value)


def _number_text(number: JsonNumber) -> str:
    """Return a number as Jackson's DecimalNode prints it: BigDecimal.toString."""
    return str(_exact(number))


def json_text(tree: Any) -> str:
    """Return a JSON tree as Jackson's toString prints it."""
    return encode(_printable(tree)).decode()


def _printable(tree: Any) -> Any:
    if isinstance(tree, JsonNumber):
        return _raw(_number_text(tree))
    if isinstance(tree, dict):
        return {name: _printable(item) for name, item in tree.items()}
    if isinstance(tree, list):
        return [_printable(item) for item in tree]
    return _raw(str(tree)) if tree.__class__ is int else tree


def _read_bytes(value: Any) -> bytes:
    if value.__class__ is not str:
        raise _wrong(value, "BYTES")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {value!r}") from error


def _decimal_reader(type_: DecimalType) -> Reader:
    def read(value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise _wrong(value, str(type_))
        number = _exact(value) if isinstance(value, str) else Decimal(value)
        return fit_decimal(number, type_.precision, type_.scale)

    return read


def _array_reader(type_: ArrayType) -> Reader:
    item = reader(type_.item)

    def read(value: Any) -> list[Any]:
        if value.__class__ is not list:
            raise _wrong(value, str(type_))
        return [None if v is None else item(v) for v in value]

    return read


def _map_reader(type_: MapType) -> Reader:
    item = reader(type_.value)

    def read(value: Any) -> dict[str, Any]:
        if value.__class__ is not dict:
            raise _wrong(value, str(type_))
        return {k: None if v is None else item(v) for k, v in value.items()}

    return read


def _struct_reader(type_: StructType) -> Reader:
    fields = [(name, reader(field)) for name, field in type_.fields]

    def read(value: Any) -> dict[str, Any]:
        if value.__class__ is not dict:
            raise _wrong(value, str(type_))
        folded = {k.upper(): v for k, v in value.items()}
        row = {}
        for name, convert in fields:
            item = value.get(name)
            if item is None:
                item = folded.get(name)
            row[name] = None if item is None else convert(item)
        return row

    return read


_READERS: dict[str, Reader] = {
    "BOOLEAN": _read_boolean,
    "INTEGER": _integer_reader(32, "INTEGER"),
    "BIGINT": _integer_reader(64, "BIGINT"),
    "DOUBLE": _read_double,
    "STRING": _read_string,
    "BYTES": _read_bytes,
    "DATE": _integer_reader(32, "DATE"),
    "TIME": _integer_reader(32, "TIME"),
    "TIMESTAMP": _integer_reader(64, "TIMESTAMP"),
}


def reader(type_: SqlType) -> Reader:
    """Return the function from a JSON value (never null) to a value of `type_`."""
    if isinstance(type_, DecimalType):
        return _decimal_reader(type_)
    if isinstance(type_, ArrayType):
        return _array_reader(type_)
    if isinstance(type_, MapType):
        return _map_reader(type_)
    if isinstance(type_, StructType):
        return _struct_reader(type_)
    return _READERS[type_.base]


# --------------------------------------------------------------------------------- writing


def _write_double(value: float) -> Any:
    text = double_text(value)
    return text if text[-1] in "Ny" else _raw(text)


def _array_writer(type_: ArrayType) -> Writer | None:
    item = writer(type_.item)
    return None if item is None else lambda value: [None if v is None else item(v) for v in value]


def _map_writer(type_: MapType) -> Writer:
    item = writer(type_.value)

    def write(value: dict[Any, Any]) -> dict[Any, Any]:
        return {
            "null" if k is None else k: v if v is None or item is None else item(v) for k, v in value.items()
        }

    return write


def _struct_writer(type_: StructType) -> Writer | None:
    fields = [(name, writer(field)) for name, field in type_.fields]
    if not any(write for _, write in fields):
        return None

    def write(value: dict[str, Any]) -> dict[str, Any]:
        return {
            name: v if (v := value[name]) is None or convert is None else convert(v)
            for name, convert in fields
        }

    return write


def writer(type_: SqlType) -> Writer | None:
    """Return the function from a value (never NULL) to what `encode` writes; None changes nothing."""
    if isinstance(type_, DecimalType):
        return lambda value: _raw(decimal_text(value))
    if isinstance(type_, ArrayType):
        return _array_writer(type_)
    if isinstance(type_, MapType):
        return _map_writer(type_)
    if isinstance(type_, StructType):
        return _struct_writer(type_)
    if type_.base == "DOUBLE":
        return _write_double
    if type_.base == "BYTES":
        return lambda value: base64.b64encode(value).decode()
    return None
