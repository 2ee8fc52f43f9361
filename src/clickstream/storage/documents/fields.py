"""Field types: how a JSON value of a document becomes the value that is searched.

Source: Elasticsearch reference, "Field data types"; refusals compared with 7.10.2.
"""

import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from clickstream.storage.documents.columns import Scalar
from clickstream.storage.documents.dates import DEFAULT_FORMAT, LAST_MS, DateFormat, date_format
from clickstream.storage.documents.errors import DocumentError, illegal_argument, mapper_parsing

__all__ = ["FIELD_TYPES", "Family", "FieldType", "make_field"]

NumberType = type[np.int64] | type[np.float64]
Family = Literal["integer", "float", "date", "boolean", "keyword", "text", "ip"]
"""What a field's values are like, which decides how they are searched, sorted and written."""

_INTEGERS = {"long": 63, "integer": 31, "short": 15, "byte": 7}
_FLOATS = {"double", "float", "half_float"}
FIELD_TYPES: dict[str, Family] = {
    **dict.fromkeys(_INTEGERS, "integer"),
    **dict.fromkeys(_FLOATS, "float"),
    "date": "date",
    "boolean": "boolean",
    "keyword": "keyword",
    "wildcard": "keyword",
    "text": "text",
    "ip": "ip",
}

_PARAMETERS = {
    "boost",
    "coerce",
    "copy_to",
    "doc_values",
    "eager_global_ordinals",
    "fielddata",
    "fields",
    "format",
    "ignore_above",
    "ignore_malformed",
    "index",
    "index_options",
    "locale",
    "meta",
    "norms",
    "normalizer",
    "null_value",
    "analyzer",
    "search_analyzer",
    "similarity",
    "split_queries_on_whitespace",
    "store",
    "term_vector",
    "type",
}
_TRUE, _FALSE = (True, "true"), ("false", "")
_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FieldType:
    """One field of a mapping. `settings` are its parameters as they were given."""

    name: str
    type: str
    family: Family
    settings: Mapping[str, Any] = field(default_factory=dict)
    parse: Callable[[Any], Scalar | None] = field(default=lambda value: None, compare=False, repr=False)

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers inside."""
        return self.family in ("integer", "float", "date", "boolean")

    @property
    def dtype(self) -> "NumberType":
        """The NumPy type of its numbers."""
        return np.float64 if self.family == "float" else np.int64

    @property
    def format(self) -> DateFormat:
        """How its dates are written."""
        return date_format(str(self.settings.get("format", DEFAULT_FORMAT)))


def make_field(name: str, settings: Mapping[str, Any]) -> FieldType:
    """Return the field of a mapping's `properties` entry.

    Raises: DocumentError (mapper_parsing_exception) for an unknown type or parameter.
    """
    type_ = str(settings.get("type", ""))
    leaf = name.rpartition(".")[2]
    family = FIELD_TYPES.get(type_)
    if family is None:
        raise mapper_parsing(f"No handler for type [{type_}] declared on field [{leaf}]")
    unknown = [key for key in settings if key not in _PARAMETERS]
    if unknown:
        listed = ", ".join(f"[{key} : {settings[key]}]" for key in unknown)
        raise mapper_parsing(f"Mapping definition for [{leaf}] has unsupported parameters:  {listed}")
    if family == "date" and "format" in settings:
        date_format(str(settings["format"]))
    kept = {key: value for key, value in settings.items() if key not in ("type", "fields")}
    return FieldType(name, type_, family, kept, _parser(type_, family, kept))


def _parser(type_: str, family: Family, settings: Mapping[str, Any]) -> Callable[[Any], Scalar | None]:
    parse = _plain_parser(type_, family, settings)
    if settings.get("ignore_malformed") in _TRUE:
        parse = _lenient(parse)
    return parse


def _plain_parser(type_: str, family: Family, settings: Mapping[str, Any]) -> Callable[[Any], Scalar | None]:
    if family == "integer":
        return _integer_parser(type_)
    if family == "float":
        return _parse_float32 if type_ != "double" else _parse_double
    if family == "date":
        return _date_parser(date_format(str(settings.get("format", DEFAULT_FORMAT))))
    if family == "boolean":
        return _parse_boolean
    if family == "ip":
        return _parse_ip
    limit = settings.get("ignore_above")
    return _parse_text if limit is None else _limited(int(limit))


def _lenient(parse: Callable[[Any], Scalar | None]) -> Callable[[Any], Scalar | None]:
    def parse_or_skip(value: Any) -> Scalar | None:
        try:
            return parse(value)
        except DocumentError:
            return None

    return parse_or_skip


def _integer_parser(type_: str) -> Callable[[Any], Scalar | None]:
    limit = 1 << _INTEGERS[type_]

    def parse(value: Any) -> Scalar | None:
        # An empty text counts as no value where numbers are coerced, which is the default.
        if value == "":
            return None
        number = value if type(value) is int else _whole(value)
        if not -limit <= number < limit:
            wide = "long" if type_ == "long" else "an integer" if type_ == "integer" else f"a {type_}"
            raise illegal_argument(f"Value [{value}] is out of range for {wide}")
        return number

    return parse


def _whole(value: Any) -> int:
    if isinstance(value, bool):
        raise illegal_argument("Current token (VALUE_TRUE) not numeric" if value else "not numeric")
    if isinstance(value, int | float):
        return int(value)
    text = str(value).strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    return int(_real(text))


def _real(value: Any) -> float:
    if isinstance(value, bool):
        raise illegal_argument("Current token (VALUE_TRUE) not numeric" if value else "not numeric")
    try:
        number = float(value)
    except (ValueError, OverflowError, TypeError):
        raise illegal_argument(f'For input string: "{value}"') from None
    if not np.isfinite(number):
        raise illegal_argument(f"[double] supports only finite values, but got [{number}]")
    return number


def _parse_double(value: Any) -> Scalar | None:
    return None if value == "" else _real(value)


def _parse_float32(value: Any) -> Scalar | None:
    if value == "":
        return None
    with np.errstate(over="ignore"):
        number = float(np.float32(_real(value)))
    if not math.isfinite(number):
        raise illegal_argument(f"[float] supports only finite values, but got [{value}]")
    return number


def _parse_boolean(value: Any) -> Scalar | None:
    if value is True or (isinstance(value, str) and value in _TRUE):
        return 1
    if value is False or (isinstance(value, str) and value in _FALSE):
        return 0
    raise illegal_argument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")


def _parse_ip(value: Any) -> Scalar | None:
    try:
        return str(ipaddress.ip_address(str(value)))
    except ValueError:
        raise illegal_argument(f"'{value}' is not an IP string literal.") from None


def _date_parser(format_: DateFormat) -> Callable[[Any], Scalar | None]:
    plain = "epoch_millis" in format_.text.split("||")

    def parse(value: Any) -> Scalar | None:
        if plain and type(value) is int and -LAST_MS <= value <= LAST_MS:
            return value
        return format_.parse(_text(value))

    return parse


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _parse_text(value: Any) -> Scalar | None:
    return value if type(value) is str else _text(value)


def _limited(limit: int) -> Callable[[Any], Scalar | None]:
    def parse(value: Any) -> Scalar | None:
        text = _text(value)
        return None if len(text) > limit else text

    return parse
