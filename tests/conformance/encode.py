"""Case data to the bytes of a topic, by the format of the source that is registered over it."""

import base64
import json
import struct
from decimal import Decimal
from typing import Any

from clickstream.core.records import Record
from clickstream.sql.catalog import DataSource
from clickstream.sql.schema import Column, HeaderColumn

_LAYOUTS = {"INTEGER": ">i", "BIGINT": ">q", "DOUBLE": ">d"}


def json_text(tree: Any) -> str:
    """Return `tree` as JSON, numbers with their scale."""
    if isinstance(tree, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{json_text(v)}" for k, v in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(json_text, tree)) + "]"
    return str(tree) if isinstance(tree, Decimal) else json.dumps(tree, ensure_ascii=False)


def encode_record(data: dict[str, Any], source: DataSource | None) -> Record:
    headers = tuple(
        (h["KEY"], None if h["VALUE"] is None else base64.b64decode(h["VALUE"]))
        for h in data.get("headers") or ()
    )
    key = encode_key(data, source)
    value = encode_value(data.get("value"), source)
    return Record(key, value, int(data.get("timestamp") or 0), headers)


def encode_key(data: dict[str, Any], source: DataSource | None) -> bytes | None:
    format_, columns = ("JSON", ()) if source is None else (source.formats.key, source.schema.key)
    key = encode_side(data.get("key"), format_, columns)
    window = data.get("window")
    if window is None:
        return key
    bounds = [window["start"]] if window["type"].lower() == "time" else [window["end"], window["start"]]
    return (key or b"") + b"".join(struct.pack(">q", bound) for bound in bounds)


def encode_value(value: Any, source: DataSource | None) -> bytes | None:
    if source is None:
        return encode_side(value, "JSON", ())
    columns = tuple(c for c in source.schema.value if not isinstance(c, HeaderColumn))
    return encode_side(value, source.formats.value, columns)


def encode_side(value: Any, format_: str, columns: tuple[Column, ...]) -> bytes | None:
    if value is None:
        return None
    if format_ == "JSON":
        return json_text(value).encode()
    if format_ == "DELIMITED":
        return (value if isinstance(value, str) else json_text(value)).encode()
    if format_ == "NONE":
        return None
    return encode_kafka(value, columns)


def encode_kafka(value: Any, columns: tuple[Column, ...]) -> bytes:
    if not columns:
        return str(value).encode()
    layout = _LAYOUTS.get(columns[0].type.base)
    if layout is None:
        return str(value).encode()
    return struct.pack(layout, float(value) if layout == ">d" else int(value))
