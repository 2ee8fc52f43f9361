"""EXTRACTJSONFIELD, JSON_… and TO_JSON_STRING: text that holds JSON.

Source: ksqldb-engine …/function/udf/json/*.java.
"""

import base64
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from clickstream.core.java_numbers import parse_integer
from clickstream.core.java_time import date_text, time_text, timestamp_text
from clickstream.sql.functions import json_text
from clickstream.sql.functions.json_path import parse_path
from clickstream.sql.functions.registration import scalar
from clickstream.sql.types import ArrayType, MapType, SqlType, StructType

__all__ = [
    "array_contains",
    "array_length",
    "concat",
    "extract",
    "is_json",
    "items",
    "keys",
    "records",
    "to_json",
]

_CATEGORY = "JSON"


# --------------------------------------------------------------------------------- looking into it


@scalar(
    "extractjsonfield",
    "STRING input, STRING path -> STRING",
    category=_CATEGORY,
    description="The value at a path such as $.log.cloud[0] in a JSON text, NULL if there is none.",
)
def extract(text: str, path: str) -> str | None:
    """Return the value as text. Raises: ValueError for text that is not JSON or a bad path."""
    steps = parse_path(path)
    node = json_text.read(text)
    for step in steps:
        node = _child(node, step)
        if json_text.is_missing(node):
            return None
    return "" if json_text.is_missing(node) else json_text.text_of_node(node)


def _child(node: Any, step: str) -> Any:
    """Return what is under a name or an index of `node`, MISSING if nothing is."""
    if isinstance(node, dict):
        return node.get(step, json_text.MISSING)
    if isinstance(node, list):
        try:
            index = parse_integer(step, 32)
        except ValueError:
            return json_text.MISSING
        return node[index] if 0 <= index < len(node) else json_text.MISSING
    return json_text.MISSING


@scalar(
    "IS_JSON_STRING",
    "STRING input -> BOOLEAN",
    nulls=True,
    category=_CATEGORY,
    description="Whether a text is JSON.",
)
def is_json(text: str | None) -> bool:
    """Return whether `text` holds a JSON value."""
    try:
        return text is not None and not json_text.is_missing(json_text.read(text))
    except ValueError:
        return False


@scalar(
    "JSON_ARRAY_LENGTH",
    "STRING jsonArray -> INTEGER",
    category=_CATEGORY,
    description="How many elements a JSON array has, NULL for other JSON.",
)
def array_length(text: str) -> int | None:
    """Return the length. Raises: ValueError for text that is not JSON."""
    node = json_text.read(text)
    return len(node) if isinstance(node, list) else None


_COMPARED: dict[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "BIGINT": (int,),
    "DOUBLE": (Decimal,),
    "STRING": (str,),
    "BOOLEAN": (bool,),
}
"""What an element of a JSON array has to be to be compared with a value of a type."""


@scalar(
    "JSON_ARRAY_CONTAINS",
    "STRING jsonArray, T val -> BOOLEAN",
    typed=True,
    nulls=True,
    category=_CATEGORY,
    description="Whether a JSON array has a value among its elements; false for other text.",
)
def array_contains(types: Sequence[SqlType]) -> Callable[[str | None, Any], bool | None]:
    """Return JSON_ARRAY_CONTAINS for the type of the value."""
    comparable = _COMPARED.get(types[1].base, ())

    def is_equal(element: Any, value: Any) -> bool:
        if value is None or element is None:
            return value is None and element is None
        if isinstance(element, bool) != isinstance(value, bool) or not isinstance(element, comparable):
            return False
        return bool((float(element) if isinstance(element, Decimal) else element) == value)

    def contains(text: str | None, value: Any) -> bool | None:
        if text is None:
            return None
        try:
            return any(is_equal(element, value) for element in json_text.elements(text))
        except ValueError:
            return False

    return contains


@scalar(
    "JSON_KEYS",
    "STRING jsonObj -> ARRAY<STRING>",
    category=_CATEGORY,
    description="The names in a JSON object, NULL for other JSON.",
)
def keys(text: str) -> list[str] | None:
    """Return the names. Raises: ValueError for text that is not JSON."""
    node = json_text.read(text)
    return list(node) if isinstance(node, dict) else None


@scalar(
    "JSON_RECORDS",
    "STRING jsonObj -> MAP<STRING, STRING>",
    category=_CATEGORY,
    description="A JSON object as a map of its names to their values as text, NULL for other JSON.",
)
def records(text: str) -> dict[str, str] | None:
    """Return the map. Raises: ValueError for text that is not JSON."""
    node = json_text.read(text)
    if not isinstance(node, dict):
        return None
    return {name: json_text.text_of_node(value) for name, value in node.items()}


@scalar(
    "JSON_ITEMS",
    "STRING jsonItems -> ARRAY<STRING>",
    category=_CATEGORY,
    description="The objects in a JSON array as text, NULL if something else is among them.",
)
def items(text: str) -> list[str] | None:
    """Return the objects. Raises: ValueError for text that is not a JSON array."""
    node = json_text.read(text)
    if node is None:
        return None
    if not isinstance(node, list):
        raise ValueError(f"Invalid JSON format: {text}")
    if not all(isinstance(item, dict) for item in node):
        return None
    return [json_text.text_of_node(item) for item in node]


# --------------------------------------------------------------------------------- making it


@scalar(
    "JSON_CONCAT",
    "STRING... jsonStrings -> STRING",
    nulls=True,
    category=_CATEGORY,
    description="JSON objects merged into one, or JSON values joined to one array.",
)
def concat(*texts: str | None) -> str | None:
    """Return the merged JSON, NULL if an argument is NULL or empty.

    Raises: ValueError for text that is not JSON.
    """
    if any(text is None for text in texts):
        return None
    nodes = [json_text.read(text) for text in texts if text is not None]
    if not nodes or any(json_text.is_missing(node) for node in nodes):
        return None
    first, *others = nodes
    if not others:
        return json_text.write(first)
    if all(isinstance(node, dict) for node in nodes):
        return json_text.write({name: value for node in nodes for name, value in node.items()})
    lists = [node if isinstance(node, list) else [node] for node in nodes]
    return json_text.write([item for each in lists for item in each])


@scalar(
    "TO_JSON_STRING",
    "T input -> STRING",
    typed=True,
    nulls=True,
    category=_CATEGORY,
    description="A value of any type as JSON.",
)
def to_json(types: Sequence[SqlType]) -> Callable[[Any], str]:
    """Return TO_JSON_STRING for a type; NULL is `null`."""
    prepare = _preparing(types[0])
    return lambda value: json_text.write(prepare(value))


_PREPARED: dict[str, Callable[[Any], Any]] = {
    "TIME": time_text,
    "DATE": date_text,
    "TIMESTAMP": timestamp_text,
    "BYTES": lambda data: base64.b64encode(data).decode(),
}


def _preparing(type_: SqlType) -> Callable[[Any], Any]:
    """Return what makes a document of a type's values; names are sorted."""
    match type_:
        case ArrayType(item=item):
            prepare = _preparing(item)
            return _unless_null(lambda value: [prepare(each) for each in value])
        case MapType(value=item):
            prepare = _preparing(item)
            return _unless_null(lambda value: {k: prepare(value[k]) for k in sorted(value)})
        case StructType(fields=fields):
            prepared = sorted((name, _preparing(field)) for name, field in fields)
            return _unless_null(lambda value: {name: make(value[name]) for name, make in prepared})
    scalar_value = _PREPARED.get(type_.base)
    return (lambda value: value) if scalar_value is None else _unless_null(scalar_value)


def _unless_null(prepare: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else prepare(value)
