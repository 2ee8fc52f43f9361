"""The properties of a WITH clause: which exist, what they may hold, what formats follow from them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from clickstream.core.errors import SqlError
from clickstream.sql.plan import WindowInfo

__all__ = ["CREATE_AS_PROPERTIES", "CREATE_PROPERTIES", "WithProperties", "parse_window_size"]

_COMMON = (
    "KAFKA_TOPIC PARTITIONS REPLICAS RETENTION_MS CLEANUP_POLICY FORMAT KEY_FORMAT VALUE_FORMAT "
    "KEY_DELIMITER VALUE_DELIMITER KEY_SCHEMA_ID VALUE_SCHEMA_ID KEY_SCHEMA_FULL_NAME "
    "VALUE_SCHEMA_FULL_NAME TIMESTAMP TIMESTAMP_FORMAT WRAP_SINGLE_VALUE "
    "KEY_PROTOBUF_NULLABLE_REPRESENTATION VALUE_PROTOBUF_NULLABLE_REPRESENTATION "
    "VALUE_AVRO_SCHEMA_FULL_NAME"
)
CREATE_AS_PROPERTIES = frozenset(_COMMON.split())
CREATE_PROPERTIES = CREATE_AS_PROPERTIES | {"WINDOW_TYPE", "WINDOW_SIZE", "SOURCED_BY_CONNECTOR"}

_WINDOW_SIZE = re.compile(r"\s*(\d+)\s+([A-Za-z]+)\s*")
_UNIT_MS = {"MILLISECOND": 1, "SECOND": 1_000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000}
_NAMED_DELIMITERS = {"SPACE": " ", "TAB": "\t"}
_Side = OneOf["KEY", "VALUE"]


@dataclass(frozen=True, slots=True)
class WithProperties:
    """A checked WITH clause; `values` is as written, names in upper case.

    Raises: SqlError on a property that does not exist or has a value of the wrong type.
    Source: ksqldb-common …/properties/with/CommonCreateConfigs.java, CreateConfigs.java.
    """

    values: Mapping[str, object]

    @classmethod
    def of_create(cls, values: Mapping[str, object]) -> "WithProperties":
        """Check the properties of a plain CREATE."""
        return cls._checked(values, CREATE_PROPERTIES)

    @classmethod
    def of_create_as(cls, values: Mapping[str, object]) -> "WithProperties":
        """Check the properties of CREATE … AS SELECT."""
        return cls._checked(values, CREATE_AS_PROPERTIES)

    @classmethod
    def of_insert(cls, values: Mapping[str, object]) -> "WithProperties":
        """Check the properties of INSERT INTO … SELECT."""
        return cls._checked(values, frozenset({"QUERY_ID"}))

    @classmethod
    def _checked(cls, values: Mapping[str, object], known: frozenset[str]) -> "WithProperties":
        unknown = sorted(name for name in values if name not in known)
        if unknown:
            raise SqlError(
                "Failed to prepare statement: Invalid config variable(s) in the WITH clause: "
                + ",".join(unknown)
            )
        checked = cls(values)
        checked._check_formats()
        return checked

    def _check_formats(self) -> None:
        for side in ("KEY_FORMAT", "VALUE_FORMAT"):
            if side in self.values and "FORMAT" in self.values:
                raise SqlError(
                    f"Cannot supply both '{side}' and 'FORMAT' properties, as 'FORMAT' sets both key "
                    "and value formats. Either use just 'FORMAT', or use 'KEY_FORMAT' and "
                    "'VALUE_FORMAT'."
                )

    def text(self, name: str) -> str | None:
        """Return the property `name` as text, or None if it was not given."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def integer(self, name: str) -> int | None:
        """Return the property `name` as a whole number, or None if it was not given."""
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return int(str(value))
        except ValueError:
            raise SqlError(
                f"Failed to prepare statement: Invalid value {value} for property {name}: "
                "Not a number of type INT"
            ) from None

    @property
    def topic(self) -> str | None:
        """The topic's name."""
        return self.text("KAFKA_TOPIC")

    def format(self, side: _Side) -> str | None:
        """Return the key or value format in upper case, or None if neither it nor FORMAT was given."""
        name = self.text(f"{side}_FORMAT") or self.text("FORMAT")
        return None if name is None else name.upper()

    def delimiter(self, side: _Side, format_name: str) -> str | None:
        """Return the delimiter given for one side, or None.

        Raises: SqlError if the format has no delimiter or it is not one character.
        """
        given = self.text(f"{side}_DELIMITER")
        if given is None:
            return None
        if format_name != "DELIMITED":
            if side == "KEY":
                return None
            raise SqlError(f"{format_name} does not support the following configs: [delimiter]")
        delimiter = _NAMED_DELIMITERS.get(given.upper(), given)
        invalid = f"Failed to prepare statement: Configuration {side}_DELIMITER is invalid: "
        if not given.strip():
            raise SqlError(
                f"{invalid}Delimiter cannot be empty, if you meant to have a tab or space for "
                "delimiter, please use the special values 'TAB' or 'SPACE'\nExample valid value: ';'"
            )
        if len(delimiter) != 1:
            raise SqlError(
                f"{invalid}Invalid delimiter value: '{given}'. Delimiter must be a single character "
                "or TAB,SPACE\nExample valid value: ';'"
            )
        return delimiter

    @property
    def wrap_value(self) -> bool | None:
        """WRAP_SINGLE_VALUE, or None if it was not given."""
        value = self.values.get("WRAP_SINGLE_VALUE")
        if value is None or isinstance(value, bool):
            return value
        return str(value).strip().lower() == "true"

    @property
    def window(self) -> WindowInfo | None:
        """WINDOW_TYPE and WINDOW_SIZE, or None for a source without windows.

        Raises: SqlError if one is missing or there is one too many.
        """
        kind = self.text("WINDOW_TYPE")
        size = self.text("WINDOW_SIZE")
        if kind is None:
            if size is not None:
                raise SqlError("'WINDOW_SIZE' should not be set for windows of type: null")
            return None
        kind = kind.upper()
        if kind == "SESSION":
            if size is not None:
                raise SqlError("'WINDOW_SIZE' should not be set for SESSION windows.")
            return WindowInfo("SESSION")
        if kind not in {"TUMBLING", "HOPPING"}:
            raise SqlError(f"Unknown window type: {kind}. Supported types are: [SESSION, HOPPING, TUMBLING].")
        if size is None:
            raise SqlError(
                f"{kind} windows require 'WINDOW_SIZE' to be provided in the WITH clause. "
                "For example: 'WINDOW_SIZE'='10 SECONDS'"
            )
        return WindowInfo("TUMBLING" if kind == "TUMBLING" else "HOPPING", parse_window_size(size))


def parse_window_size(text: str) -> int:
    """Return the milliseconds of a text such as `30 SECONDS`.

    Raises: SqlError if it is none.
    """
    match = _WINDOW_SIZE.fullmatch(text)
    unit = _UNIT_MS.get(match[2].upper().removesuffix("S")) if match else None
    if match is None or unit is None:
        raise SqlError(
            f"Error in WITH clause property 'WINDOW_SIZE': Invalid duration: '{text}'. "
            "Example valid value: '10 SECONDS'"
        )
    return int(match[1]) * unit
