"""Entities and rows as ksqlDB writes them in JSON."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import orjson

from clickstream.core.java_time import DAY_MS, date_text, time_text, timestamp_text
from clickstream.node import entities
from clickstream.sql.types import (
    BYTES,
    DATE,
    TIME,
    TIMESTAMP,
    ArrayType,
    MapType,
    SqlType,
    StructType,
)

TYPE_NAMES: dict[type[entities.Entity], str] = {
    entities.CurrentStatus: "currentStatus",
    entities.WarningEntity: "warning_entity",
    entities.StreamsList: "streams",
    entities.TablesList: "tables",
    entities.SourceDescriptionEntity: "sourceDescription",
    entities.SourceDescriptionList: "source_descriptions",
    entities.Queries: "queries",
    entities.QueryDescriptionEntity: "queryDescription",
    entities.QueryDescriptionList: "query_descriptions",
    entities.TopicsList: "kafka_topics",
    entities.TopicsListExtended: "kafka_topics_extended",
    entities.PropertiesList: "properties",
    entities.FunctionNameList: "function_names",
    entities.FunctionDescriptionEntity: "describe_function",
    entities.TypeList: "type_list",
    entities.ConnectorList: "connector_list",
    entities.ConnectorPluginsList: "connector_plugins_list",
    entities.CreatedConnector: "connector_info",
    entities.ConnectorDescription: "connector_description",
    entities.DroppedConnector: "drop_connector",
    entities.VariablesList: "variables",
    entities.AssertedTopic: "assert_topic",
    entities.AssertedSchema: "assert_schema",
}
"""The `@type` of every entity.

Source: confluentinc/ksql ksqldb-rest-model …/rest/entity/KsqlEntity.java and the recorded answers.
"""


def encode_entity(entity: entities.Entity) -> dict[str, Any]:
    """Return the JSON object of an entity: `@type`, `statementText`, its fields, `warnings`."""
    body = _encode(entity)
    warnings = body.pop("warnings")
    return {
        "@type": TYPE_NAMES[type(entity)],
        "statementText": body.pop("statementText"),
        **body,
        "warnings": [{"message": warning} for warning in warnings],
    }


def dump(value: object) -> bytes:
    """Return JSON text; decimals keep their scale, as numbers."""
    return orjson.dumps(value, default=_number, option=orjson.OPT_NON_STR_KEYS)


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(type(value).__name__)


def _encode(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            wire: _encode(inner)
            for name, wire, omit_none in _wire_names(type(value))
            if (inner := getattr(value, name)) is not None or not omit_none
        }
    if isinstance(value, Mapping):
        return {key: _encode(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_encode(inner) for inner in value]
    return value


@cache
def _wire_names(class_: Any) -> tuple[tuple[str, str, bool], ...]:
    return tuple((f.name, _camel_case(f.name), bool(f.metadata.get("omit_none"))) for f in fields(class_))


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


# --------------------------------------------------------------------------------- rows

Converter = Callable[[Any], Any]


def row_encoder(types: Sequence[SqlType | None]) -> Callable[[Sequence[object]], Sequence[object]]:
    """Return a function that turns a row of SQL values into values that `dump` writes.

    Most types are already what JSON needs, so a row of only such types is handed back as it is.
    """
    converters = [_converter(type_) for type_ in types]
    if not any(converters):
        return lambda row: row

    def encode_row(row: Sequence[object]) -> Sequence[object]:
        return [_convert(convert, value) for value, convert in zip(row, converters, strict=True)]

    return encode_row


@cache
def _converter(type_: SqlType | None) -> Converter | None:
    """Return the converter of values of `type_`, None where none is needed.

    Source: confluentinc/ksql …/rest/entity and ksqldb-common KsqlTypesSerializationModule: times are
    text in query results although they are numbers in topics.
    """
    if type_ in _SCALARS:
        return _SCALARS[type_]
    match type_:
        case ArrayType(item=item) if convert := _converter(item):
            return lambda values: [_convert(convert, v) for v in values]
        case MapType(value=value) if convert := _converter(value):
            return lambda values: {k: _convert(convert, v) for k, v in values.items()}
        case StructType(fields=members):
            converters = {name: _converter(t) for name, t in members}
            if any(converters.values()):
                return lambda values: {k: _convert(converters[k], v) for k, v in values.items()}
    return None


def _convert(converter: Converter | None, value: object) -> object:
    return value if converter is None or value is None else converter(value)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _time(ms: int) -> str:
    return time_text(ms % DAY_MS)


_SCALARS: dict[SqlType | None, Converter] = {
    BYTES: _base64,
    DATE: date_text,
    TIME: _time,
    TIMESTAMP: timestamp_text,
}
