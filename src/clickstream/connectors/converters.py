"""Converters: how keys and values of connectors become bytes, and bytes documents.

Only what a record of JSON type needs: text, 32- and 64-bit integers, doubles, raw bytes, and JSON with or
without its schema envelope. Converters that need a schema registry are refused by name.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from clickstream.connectors.config_def import REQUIRED, ConfigDef, ConfigKey, one_of
from clickstream.core.errors import InvalidConnectorConfig, TaskFailed

__all__ = [
    "CONVERTERS",
    "TOLERANCE_EXCEEDED",
    "Converter",
    "ConverterPlugin",
    "converter_of",
    "converter_settings",
    "data_exception",
    "find_converter",
]

TOLERANCE_EXCEEDED = "Tolerance exceeded in error handler"
"""What Connect says of a task that ends by one record (recorded)."""

DATA_EXCEPTION = "org.apache.kafka.connect.errors.DataException"
_LIMITS = {"i": (2**31, "integer"), "q": (2**63, "long"), "h": (2**15, "short")}


@dataclass(frozen=True, slots=True)
class Converter:
    """A pair of functions between a value and bytes; both raise ValueError with Connect's sentence."""

    encode: Callable[[Any], bytes | None]
    decode: Callable[[bytes | None], Any]


@dataclass(frozen=True, slots=True)
class ConverterPlugin:
    """A converter class; `settings` are the keys that are its own, without their prefix."""

    class_name: str
    make: Callable[[Mapping[str, Any]], Converter]
    settings: tuple[ConfigKey, ...] = ()

    @property
    def simple_name(self) -> str:
        """The last part of the class's name."""
        return self.class_name.rpartition(".")[2]


def _text(_: Mapping[str, Any]) -> Converter:
    def encode(value: Any) -> bytes | None:
        if value is None:
            return None
        return (value if isinstance(value, str) else _java_text(value)).encode()

    return Converter(encode, lambda data: None if data is None else data.decode("utf-8", "replace"))


def _java_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return orjson.dumps(value).decode() if isinstance(value, (dict, list)) else str(value)


def _raw(_: Mapping[str, Any]) -> Converter:
    def encode(value: Any) -> bytes | None:
        if value is None or isinstance(value, bytes):
            return value
        raise ValueError("Invalid schema type for ByteArrayConverter: " + _type_name(value).upper())

    return Converter(encode, lambda data: data)


def _number(code: str) -> Callable[[Mapping[str, Any]], Converter]:
    packer = struct.Struct(f">{code}")
    limit, name = _LIMITS.get(code, (None, "double"))

    def encode(value: Any) -> bytes | None:
        if value is None:
            return None
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not fits or (limit is not None and not -limit <= value < limit):
            raise ValueError(f"Failed to serialize to {name} (was {_java_class(value)}): ")
        return packer.pack(value if limit is None else int(value))

    def decode(data: bytes | None) -> Any:
        if data is None:
            return None
        if len(data) != packer.size:
            raise ValueError(
                f"Failed to deserialize {name}: "
                f"Size of data received by the deserializer is not {packer.size}"
            )
        return packer.unpack(data)[0]

    return lambda _: Converter(encode, decode)


def _java_class(value: Any) -> str:
    names = {str: "String", bool: "Boolean", bytes: "byte[]", int: "Long", float: "Double"}
    return f"class java.lang.{names.get(type(value), 'Object')}"


def _type_name(value: Any) -> str:
    return {str: "string", int: "int64", float: "float64", bool: "boolean"}.get(type(value), "struct")


def _json(settings: Mapping[str, Any]) -> Converter:
    if settings.get("schemas.enable", True):
        return Converter(_encode_envelope, _decode_envelope)
    return Converter(lambda value: None if value is None else orjson.dumps(value), _decode_json)


def _decode_json(data: bytes | None) -> Any:
    if data is None:
        return None
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValueError(
            f"Converting byte[] to Kafka Connect data failed due to serialization error: {error}"
        ) from error


def _encode_envelope(value: Any) -> bytes | None:
    if value is None:
        return None
    return orjson.dumps({"schema": _schema(value), "payload": value})


def _decode_envelope(data: bytes | None) -> Any:
    value = _decode_json(data)
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"schema", "payload"}:
        raise ValueError(
            'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain '
            "additional fields. If you are trying to deserialize plain JSON data, "
            "set schemas.enable=false in your converter configuration."
        )
    return value["payload"]


def _schema(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        fields = [{**_schema(item), "field": name} for name, item in value.items()]
        return {"type": "struct", "fields": fields, "optional": False}
    if isinstance(value, list):
        items = _schema(value[0]) if value else {"type": "string", "optional": True}
        return {"type": "array", "items": items, "optional": False}
    return {"type": _type_name(value), "optional": value is None}


_TYPE_KEY = ConfigKey(
    "converter.type", "STRING", REQUIRED, "LOW", "Whether the converter is used for keys, values or headers."
)
_JSON_KEYS = (
    ConfigKey(
        "schemas.enable",
        "BOOLEAN",
        True,
        "HIGH",
        "Whether each value carries its schema: `{schema, payload}`.",
        group="Schemas",
        order=0,
        width="MEDIUM",
        display_name="Enable Schemas",
    ),
    ConfigKey(
        "decimal.format",
        "STRING",
        "BASE64",
        "LOW",
        "How decimals are written; sources here have none.",
        one_of("base64", "numeric"),
        group="Serialization",
        order=0,
        width="MEDIUM",
        display_name="Decimal Format",
    ),
)

CONVERTERS = (
    ConverterPlugin("org.apache.kafka.connect.converters.ByteArrayConverter", _raw),
    ConverterPlugin("org.apache.kafka.connect.converters.DoubleConverter", _number("d"), (_TYPE_KEY,)),
    ConverterPlugin("org.apache.kafka.connect.converters.IntegerConverter", _number("i"), (_TYPE_KEY,)),
    ConverterPlugin("org.apache.kafka.connect.converters.LongConverter", _number("q"), (_TYPE_KEY,)),
    ConverterPlugin("org.apache.kafka.connect.converters.ShortConverter", _number("h"), (_TYPE_KEY,)),
    ConverterPlugin("org.apache.kafka.connect.json.JsonConverter", _json, (_TYPE_KEY, *_JSON_KEYS)),
    ConverterPlugin("org.apache.kafka.connect.storage.StringConverter", _text, (_TYPE_KEY,)),
)
_BY_NAME = {name: plugin for plugin in CONVERTERS for name in (plugin.class_name, plugin.simple_name)}
_DEFAULTS = {"key.converter": "StringConverter", "value.converter": "JsonConverter"}


def find_converter(setting: str, class_name: str) -> ConverterPlugin:
    """Return the converter class.

    Raises: InvalidConnectorConfig if there is none of that name.
    """
    plugin = _BY_NAME.get(class_name)
    if plugin is None:
        raise InvalidConnectorConfig(
            f"Invalid value {class_name} for configuration {setting}: Class {class_name} could not be found."
        )
    return plugin


def converter_settings(config: Mapping[str, str], setting: str) -> ConfigDef:
    """Return the settings that the class named by `setting` adds, with prefix; none if it is unknown."""
    plugin = _BY_NAME.get(config.get(setting, ""))
    if plugin is None:
        return ConfigDef(())
    return ConfigDef(tuple(_prefixed(key, setting) for key in plugin.settings))


def _prefixed(key: ConfigKey, setting: str) -> ConfigKey:
    role = setting.partition(".")[0]
    return ConfigKey(
        f"{setting}.{key.name}",
        key.type,
        key.default,
        key.importance,
        key.doc,
        key.validator,
        key.group,
        key.order,
        key.width,
        key.display_name or key.name,
        implied=role if key.name == "converter.type" else None,
    )


def converter_of(config: Mapping[str, str], setting: str) -> Converter:
    """Return the converter that a connector's configuration asks for, or the worker's own.

    Source: the recorded worker's defaults, text keys and JSON values without schemas.
    Raises: InvalidConnectorConfig if there is no such class or a setting of it does not fit.
    """
    if setting not in config:
        plugin = find_converter(setting, _DEFAULTS[setting])
        return plugin.make({"schemas.enable": False})
    plugin = find_converter(setting, config[setting])
    prefix = f"{setting}."
    values = {
        key.name: key.parse(config.get(prefix + key.name))
        for key in plugin.settings
        if key.name != "converter.type"
    }
    return plugin.make(values)


def data_exception(error: ValueError) -> TaskFailed:
    """Return a failed conversion under the name that Connect gives it: the cause of `TOLERANCE_EXCEEDED`."""
    return TaskFailed(str(error), kind=DATA_EXCEPTION).with_traceback(error.__traceback__)
