"""Event time from a column: WITH (TIMESTAMP='column', TIMESTAMP_FORMAT='…')."""

from collections.abc import Callable
from typing import Any

from clickstream.core.errors import Unsupported
from clickstream.core.java_time_patterns import DatePattern, date_pattern
from clickstream.engine.rows import Key, Value
from clickstream.sql.plan import TimestampSpec
from clickstream.sql.schema import LogicalSchema

__all__ = ["TimeReader", "time_reader"]

TimeReader = Callable[[Key, Value], int | None]
"""Epoch milliseconds of a row; None or negative where the row has no usable time, which drops it."""


def time_reader(schema: LogicalSchema, spec: TimestampSpec) -> TimeReader:
    """Return the reader of `spec`'s column.

    Raises: (the reader) ValueError if a text does not fit the format.
    """
    pick = _column(schema, spec.column)
    if spec.format is None:
        return pick
    parse = _pattern(spec.format).parse_ms

    def read(key: Key, value: Value) -> int | None:
        text = pick(key, value)
        return None if text is None else parse(text)

    return read


def _column(schema: LogicalSchema, name: str) -> Callable[[Key, Value], Any]:
    for place, column in enumerate(schema.key):
        if column.name == name:
            return lambda key, _value: key[place]
    places = {c.name: i for i, c in enumerate(schema.value)}
    at = places[name]
    return lambda _key, value: value[at]


def _pattern(text: str) -> DatePattern:
    try:
        return date_pattern(text)
    except ValueError as error:
        raise Unsupported("TIMESTAMP_FORMAT", reason=str(error)) from error
