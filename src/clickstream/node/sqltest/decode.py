"""The bytes of a topic as JSON trees, the form in which test files expect them."""

import json
import struct
from decimal import Decimal
from typing import Any

from clickstream.core.records import Record
from clickstream.sql.catalog import DataSource
from clickstream.sql.plan import WindowInfo
from clickstream.sql.schema import Column

__all__ = ["decode_record"]

_LAYOUTS = {"INTEGER": ">i", "BIGINT": ">q", "DOUBLE": ">d"}


def decode_record(record: Record, source: DataSource | None) -> tuple[Any, Any, dict[str, Any] | None]:
    """Return key, value and window; numbers are exact."""
    if source is None:
        return _decode_side(record.key, "JSON", ()), _decode_side(record.value, "JSON", ()), None
    inner, window = _split_window(record.key, source.window)
    key = _decode_side(inner, source.formats.key, source.schema.key)
    return key, _decode_side(record.value, source.formats.value, source.schema.value), window


# ---------------------------------------------------------------------------------


def _split_window(key: bytes | None, window: WindowInfo | None) -> tuple[bytes | None, dict[str, Any] | None]:
    """Return the inner key and the window, as a test file writes it."""
    if key is None or window is None:
        return key, None
    if window.kind == "SESSION":
        end, start = struct.unpack(">qq", key[-16:])
        return key[:-16], {"start": start, "end": end, "type": "session"}
    (start,) = struct.unpack(">q", key[-8:])
    return key[:-8], {"start": start, "end": start + (window.size_ms or 0), "type": "time"}


def _decode_side(data: bytes | None, format_: str, columns: tuple[Column, ...]) -> Any:
    if data is None or format_ == "NONE":
        return None
    if format_ == "JSON":
        return json.loads(data, parse_float=Decimal)
    if format_ == "DELIMITED":
        return data.decode()
    if not columns:
        return None
    layout = _LAYOUTS.get(columns[0].type.base)
    return data.decode() if layout is None else struct.unpack(layout, data)[0]
