"""When a record counts as the one that a JSON test file expects.

The kind of the expected value decides: whole numbers fit integers of any width, text fits a decimal that
it is the text of, names of fields are looked up as written and then in upper case. A column's own type
makes doubles equal by value and decimals by scale.
Source: ksqlDB's test runner; its rules in words are beside the conformance cases.
"""

import base64
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from clickstream.core.records import Record
from clickstream.node.sqltest.decode import decode_record
from clickstream.sql.catalog import DataSource
from clickstream.sql.types import ArrayType, MapType, SqlType, StructType

__all__ = ["difference", "matches"]


def matches(actual: Any, expected: Any, type_: SqlType | None = None) -> bool:
    """Return whether `actual` is what `expected` asks for; `type_` is the column's type where known."""
    if expected is None:
        return actual is None
    if type_ is not None and type_.base == "DOUBLE" and _is_number(expected) and _is_number(actual):
        return float(actual) == float(expected)
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and len(actual) == len(expected)
            and all(
                matches(actual.get(k, actual.get(k.upper())), v, _field(type_, k))
                for k, v in expected.items()
            )
        )
    if isinstance(expected, list):
        item = type_.item if isinstance(type_, ArrayType) else None
        return (
            isinstance(actual, list)
            and len(actual) == len(expected)
            and all(matches(a, e, item) for a, e in zip(actual, expected, strict=True))
        )
    return _scalar_matches(actual, expected)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _field(type_: SqlType | None, name: str) -> SqlType | None:
    if isinstance(type_, MapType):
        return type_.value
    if isinstance(type_, StructType):
        return type_.field(name) or type_.field(name.upper())
    return None


def _scalar_matches(actual: Any, expected: Any) -> bool:
    if isinstance(expected, bool):
        return isinstance(actual, bool) and actual == expected
    if isinstance(expected, str):
        return _text_matches(actual, expected)
    if isinstance(actual, bool):
        return False
    if isinstance(actual, int):
        return int(expected) == actual
    if isinstance(actual, float):
        return actual == float(expected)
    if isinstance(actual, Decimal):
        if isinstance(expected, int):
            exponent = actual.as_tuple().exponent
            return isinstance(exponent, int) and exponent >= 0 and actual == expected
        return bool(actual.as_tuple() == expected.as_tuple())
    return False


def _text_matches(actual: Any, expected: str) -> bool:
    if isinstance(actual, Decimal):
        try:
            return Decimal(expected).as_tuple() == actual.as_tuple()
        except InvalidOperation:
            return False
    return bool(actual == expected)


def difference(
    record: Record, expected: Mapping[str, Any], source: DataSource | None, *, any_time: bool
) -> str | None:
    """Return which part of `record` is not as expected (key, value, window, headers, timestamp)."""
    key, value, window = decode_record(record, source)
    if expected.get("window") is None and window is not None:
        return "window"
    if expected.get("window") is not None and not _same_window(window, expected["window"]):
        return "window"
    key_columns = source.schema.key if source else ()
    if not _side_matches(key, expected.get("key"), key_columns):
        return "key"
    if not _side_matches(value, expected.get("value"), source.schema.value if source else ()):
        return "value"
    if not _same_headers(record, expected.get("headers") or []):
        return "headers"
    wanted = expected.get("timestamp")
    if wanted is not None and not (any_time and wanted == 0) and record.timestamp_ms != wanted:
        return "timestamp"
    return None


def _side_matches(actual: Any, expected: Any, columns: tuple[Any, ...]) -> bool:
    types = {c.name: c.type for c in columns}
    if isinstance(expected, dict) and isinstance(actual, dict) and types:
        struct = StructType(tuple(types.items()))
        return matches(actual, expected, struct) or matches(actual, expected)
    only = next(iter(types.values())) if len(types) == 1 else None
    return matches(actual, expected, only) or matches(actual, expected)


def _same_window(actual: dict[str, Any] | None, expected: dict[str, Any]) -> bool:
    wanted = {"start": expected["start"], "end": expected["end"], "type": expected["type"].lower()}
    return actual == wanted


def _same_headers(record: Record, expected: list[dict[str, Any]]) -> bool:
    wanted = tuple((h["KEY"], None if h["VALUE"] is None else base64.b64decode(h["VALUE"])) for h in expected)
    return tuple(record.headers) == wanted
