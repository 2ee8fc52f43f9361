"""Definitions of settings, and what Connect answers about values that do not fit them.

A `ConfigDef` is a list of keys with type, default, importance and validator. It parses a configuration to
typed values, and gives the name, value and errors of every key as `PUT /connector-plugins/…/config/validate`
shows them.

Source: the recorded answers of a Connect worker 3.9 to `/config`, `/config/validate` and refused creations.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clickstream.core.errors import InvalidConnectorConfig

__all__ = [
    "REQUIRED",
    "ConfigDef",
    "ConfigKey",
    "ConfigType",
    "Importance",
    "at_least",
    "non_empty",
    "one_of",
]

ConfigType = Literal["STRING", "INT", "LONG", "SHORT", "DOUBLE", "BOOLEAN", "LIST", "CLASS", "PASSWORD"]
Importance = Literal["HIGH", "MEDIUM", "LOW"]
Validator = Callable[[str, Any], str | None]
"""Takes the key's name and its typed value; returns what is wrong with it."""

REQUIRED = object()
"""The default of a key that has none."""

_LIMITS = {"SHORT": 2**15, "INT": 2**31, "LONG": 2**63}


def _refusal(name: str, value: object, reason: str) -> str:
    return f"Invalid value {value} for configuration {name}: {reason}"


def at_least(minimum: int) -> Validator:
    """Return a validator for numbers."""

    def check(name: str, value: Any) -> str | None:
        if value is None or value >= minimum:
            return None
        return _refusal(name, value, f"Value must be at least {minimum}")

    return check


def one_of(*allowed: str) -> Validator:
    """Return a validator for words, in any case."""

    def check(name: str, value: Any) -> str | None:
        if value is None or str(value).lower() in {word.lower() for word in allowed}:
            return None
        words = ", ".join(word.upper() for word in allowed)
        return _refusal(name, value, f"String must be one of (case insensitive): {words}")

    return check


def non_empty(name: str, value: Any) -> str | None:
    """Refuse an empty text."""
    return _refusal(name, value, "String may not be empty") if value == "" else None


@dataclass(frozen=True, slots=True)
class ConfigKey:
    """One setting. Keys of connectors themselves have no group, and then no order."""

    name: str
    type: ConfigType
    default: Any
    importance: Importance
    doc: str
    validator: Validator | None = None
    group: str | None = None
    order: int = -1
    width: str = "NONE"
    display_name: str = ""
    implied: str | None = None
    """The value that the worker sets itself."""

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is REQUIRED

    def parse(self, text: str | None) -> Any:
        """Return the typed value.

        Raises: InvalidConnectorConfig with Connect's sentence.
        """
        text = self.implied if text is None else text
        if text is None:
            if self.required:
                raise InvalidConnectorConfig(
                    f'Missing required configuration "{self.name}" which has no default value.'
                )
            value = self.default
        else:
            value = _parse(self, text)
        reason = self.validator(self.name, value) if self.validator else None
        if reason:
            raise InvalidConnectorConfig(reason)
        return value

    def definition(self) -> dict[str, Any]:
        """Return the definition as the REST API shows it."""
        return {
            "name": self.name,
            "type": self.type,
            "required": self.required,
            "default_value": None if self.required else _show(self.default),
            "importance": self.importance,
            "documentation": self.doc,
            "group": self.group,
            "width": self.width,
            "display_name": self.display_name or self.name,
            "dependents": [],
            "order": self.order,
        }


def _parse(key: ConfigKey, text: str) -> Any:
    trimmed = text.strip()
    if key.type in _LIMITS:
        return _parse_integer(key, text, trimmed)
    if key.type == "DOUBLE":
        try:
            return float(trimmed)
        except ValueError:
            raise InvalidConnectorConfig(_refusal(key.name, text, "Not a number of type DOUBLE")) from None
    if key.type == "BOOLEAN":
        if trimmed.lower() not in ("true", "false"):
            raise InvalidConnectorConfig(
                _refusal(key.name, text, "Expected value to be either true or false")
            )
        return trimmed.lower() == "true"
    if key.type == "LIST":
        return [item.strip() for item in trimmed.split(",")] if trimmed else []
    return text if key.type == "PASSWORD" else trimmed


def _parse_integer(key: ConfigKey, text: str, trimmed: str) -> int:
    try:
        value = int(trimmed)
    except ValueError:
        value = None
    limit = _LIMITS[key.type]
    if value is None or not -limit <= value < limit:
        raise InvalidConnectorConfig(_refusal(key.name, text, f"Not a number of type {key.type}"))
    return value


def _show(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, (list, tuple)) else str(value)


@dataclass(frozen=True, slots=True)
class ConfigDef:
    """The settings of something, in the order in which they are shown."""

    keys: tuple[ConfigKey, ...]

    def __add__(self, other: "ConfigDef") -> "ConfigDef":
        return ConfigDef(self.keys + other.keys)

    def parse(self, config: Mapping[str, str]) -> dict[str, Any]:
        """Return all values, typed; keys that are not defined are left out.

        Raises: InvalidConnectorConfig for the first value that does not fit.
        """
        return {key.name: key.parse(config.get(key.name)) for key in self.keys}

    def definitions(self) -> list[dict[str, Any]]:
        """Return the definitions as `GET /connector-plugins/…/config` shows them."""
        return [key.definition() for key in self.keys]

    def validate(self, config: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return definition, value and errors of every key, as `…/config/validate` shows them."""
        return [_examine(key, config.get(key.name)) for key in self.keys]

    def groups(self) -> list[str]:
        """Return the groups in order of first use."""
        return list(dict.fromkeys(key.group for key in self.keys if key.group))


def _examine(key: ConfigKey, text: str | None) -> dict[str, Any]:
    errors: Sequence[str] = ()
    try:
        value = _show(key.parse(text))
    except InvalidConnectorConfig as error:
        errors = [error.message]
        value = text
    if key.type == "PASSWORD" and value is not None:
        value = "[hidden]"
    shown = {
        "name": key.name,
        "value": value,
        "recommended_values": [],
        "errors": list(errors),
        "visible": True,
    }
    return {"definition": key.definition(), "value": shown}
