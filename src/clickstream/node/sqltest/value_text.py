"""SQL values as text for people: as a statement would write them."""

import base64
from typing import Any

from clickstream.sql import nodes as n
from clickstream.sql import types as t
from clickstream.sql.format import format_expression
from clickstream.sql.format_expressions import string_literal

__all__ = ["value_text"]


def value_text(value: Any, type_: t.SqlType | None) -> str:
    """Return a value of a column's type as text; bytes are base64, as INSERT VALUES takes them."""
    if value is None:
        return "NULL"
    if isinstance(type_, t.ArrayType):
        return f"ARRAY[{', '.join(value_text(item, type_.item) for item in value)}]"
    if isinstance(type_, t.MapType):
        entries = ((value_text(k, type_.key), value_text(v, type_.value)) for k, v in value.items())
        return f"MAP({', '.join(f'{k} := {v}' for k, v in sorted(entries))})"
    if isinstance(type_, t.StructType):
        fields = (f"{name} := {value_text(value.get(name), kind)}" for name, kind in type_.fields)
        return f"STRUCT({', '.join(fields)})"
    if isinstance(value, bytes):
        return string_literal(base64.b64encode(value).decode())
    if type_ in (t.DATE, t.TIME, t.TIMESTAMP) and isinstance(value, int):
        return _moment_text(value, type_)
    if isinstance(value, bool):
        return str(value).lower()
    return string_literal(value) if isinstance(value, str) else str(value)


def _moment_text(value: int, type_: t.SqlType | None) -> str:
    """Return a moment as a literal, or as its number where it is beyond what text can show."""
    try:
        return format_expression(n.Literal(value, type_))
    except (OverflowError, ValueError):
        return str(value)
