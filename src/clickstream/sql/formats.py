"""What each serialisation format can carry, and which settings follow for a schema."""

from collections.abc import Sequence
from typing import Literal as OneOf

from clickstream.core.errors import SqlError, Unsupported
from clickstream.sql.schema import Column
from clickstream.sql.types import ArrayType, MapType, SqlType, StructType

__all__ = ["FORMATS", "check_format", "check_schema", "describe_columns", "wrapping"]

FORMATS = ("JSON", "KAFKA", "DELIMITED", "NONE")
_NEEDS_REGISTRY = {"AVRO", "PROTOBUF", "JSON_SR"}
_KAFKA_TYPES = {"INTEGER", "BIGINT", "DOUBLE", "STRING", "BYTES"}


def check_format(name: str, topic: str) -> None:
    """Check that format `name` exists and can be used here.

    Raises: SqlError if it does not, or wants a schema registry.
    """
    if name in FORMATS:
        return
    if name in _NEEDS_REGISTRY:
        raise SqlError(
            f"Cannot create topic '{topic}' with format {name} without configuring 'ksql.schema.registry.url'"
        )
    if name == "PROTOBUF_NOSR":
        raise Unsupported(f"Format {name}")
    raise SqlError(f"Unknown format: {name}")


def describe_columns(columns: Sequence[Column], *, key: bool) -> str:
    """Return columns as ksqlDB lists them in messages: ``[`K` INTEGER KEY]``."""
    suffix = " KEY" if key else ""
    return "[" + ", ".join(f"`{c.name}` {c.type}{suffix}" for c in columns) + "]"


def check_schema(format_name: str, columns: Sequence[Column], side: OneOf["Key", "Value"]) -> None:
    """Check that `format_name` can carry `columns`.

    Raises: SqlError with ksqlDB's wording if it cannot.
    """
    if not columns:
        return
    key = side == "Key"
    reason = _refusal(format_name, columns, key=key)
    if reason:
        raise SqlError(
            f"{side} format does not support schema.\nformat: {format_name}\n"
            f"schema: Persistence{{columns={describe_columns(columns, key=key)}, features=[]}}\n"
            f"reason: {reason}"
        )


def _refusal(format_name: str, columns: Sequence[Column], *, key: bool) -> str | None:
    if format_name == "NONE":
        described = describe_columns(columns, key=key)
        return f"The 'NONE' format can only be used when no columns are defined. Got: {described}"
    if format_name == "KAFKA":
        if len(columns) > 1:
            described = describe_columns(columns, key=key)
            return f"The 'KAFKA' format only supports a single field. Got: {described}"
        base = columns[0].type.base
        return None if base in _KAFKA_TYPES else f"The 'KAFKA' format does not support type '{base}'"
    if format_name == "DELIMITED":
        for column in columns:
            if isinstance(column.type, ArrayType | MapType | StructType):
                return (
                    f"The 'DELIMITED' format does not support type '{column.type.base}', "
                    f"column: `{column.name}`"
                )
    if format_name == "JSON":
        for column in columns:
            path = _bad_map_key(column.type)
            if path is not None:
                return path
    return None


def _bad_map_key(type_: SqlType) -> str | None:
    match type_:
        case MapType(key=key, value=value):
            if key.base != "STRING":
                return "JSON only supports MAP types with STRING keys"
            return _bad_map_key(value)
        case ArrayType(item=item):
            return _bad_map_key(item)
        case StructType(fields=fields):
            return next((p for _, t in fields if (p := _bad_map_key(t)) is not None), None)
    return None


def wrapping(format_name: str, columns: Sequence[Column], wrap: bool | None) -> frozenset[str]:
    """Return the value's features for a WRAP_SINGLE_VALUE of `wrap`: WRAP_SINGLES, UNWRAP_SINGLES.

    Raises: SqlError where the property makes no sense.
    """
    if wrap is None:
        return frozenset()
    if len(columns) != 1:
        raise SqlError("'WRAP_SINGLE_VALUE' is only valid for single-field value schemas")
    supported = {"JSON": (True, False)}.get(format_name)
    if supported is None and not (format_name in {"KAFKA", "DELIMITED"} and not wrap):
        shown = str(wrap).lower()
        raise SqlError(f"Format '{format_name}' does not support 'WRAP_SINGLE_VALUE' set to '{shown}'.")
    if supported is None:
        return frozenset()
    return frozenset({"WRAP_SINGLES" if wrap else "UNWRAP_SINGLES"})
