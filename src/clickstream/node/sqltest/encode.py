"""A record as a JSON test file writes it, to the bytes of a topic.

What the bytes are follows from the source that is registered over the topic; JSON where there is none.
"""

import base64
import json
import struct
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from clickstream.core.records import Record
from clickstream.sql.catalog import DataSource
from clickstream.sql.schema import Column, HeaderColumn

__all__ = ["encode_record", "json_text"]

_LAYOUTS = {"INTEGER": ">i", "BIGINT": ">q", "DOUBLE": ">d"}


def json_text(tree: Any) -> str:
    """Return `tree` as JSON, numbers with their scale."""
    if isinstance(tree, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{json_text(v)}" for k, v in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(json_text, tree)) + "]"
    return str(tree) if isinstance(tree, Decimal) else json.dumps(tree, ensure_ascii=False)


def encode_record(data: Mapping[str, Any], source: DataSource | None) -> Record:
    """Return the record for `key`, `value`, `timestamp`, `window` and `headers` of a test file."""
    headers = tuple(
        (h["KEY"], None if h["VALUE"] is None else base64.b64decode(h["VALUE"]))
        for h in data.get("headers") or ()
    )
    key = _encode_key(data, source)
    value = _encode_value(data.get("value"), source)
    return Record(key, value, int(data.get("timestamp") or 0), headers)


# ---------------------------------------------------------------------------------


def _encode_key(data: Mapping[str, Any], source: DataSource | None) -> bytes | None:
    format_, columns = ("JSON", ()) if source is None else (source.formats.key, source.schema.key)
    key = _encode_side(data.get("key"), format_, columns)
    window = data.get("window")
    if window is None:
        return key
    bounds = [window["start"]] if window["type"].lower() == "time" else [window["end"], window["start"]]
    return (key or b"") + b"".join(struct.pack(">q", bound) for bound in bounds)


def _encode_value(value: Any, source: DataSource | None) -> bytes | None:
    if source is None:
        return _encode_side(value, "JSON", ())
    columns = tuple(c for c in source.schema.value if not isinstance(c, HeaderColumn))
    return _encode_side(value, source.formats.value, columns)


def _encode_side(value: Any, format_: str, columns: tuple[Column, ...]) -> bytes | None:
    if value is None:
        return None
    if format_ == "JSON":
        return json_text(value).encode()
    if format_ == "DELIMITED":
        return (value if isinstance(value, str) else json_text(value)).encode()
    if format_ == "NONE":
        return None
    return _encode_kafka(value, columns)


def _encode_kafka(value: Any, columns: tuple[Column, ...]) -> bytes:
    if not columns:
        return str(value).encode()
    layout = _LAYOUTS.get(columns[0].type.base)
    if layout is None:
        return str(value).encode()
    return struct.pack(layout, float(value) if layout == ">d" else int(value))
