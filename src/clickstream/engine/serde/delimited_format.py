r"""DELIMITED as a format: one line of comma-separated values.

An empty field is NULL. A field is quoted when it holds the delimiter, a quote or a line break, begins with
a character up to `#` or ends with a blank; the first one also when it does not begin with a letter or
digit: Apache Commons CSV's MINIMAL mode, which ksqlDB uses.
"""

import base64
import csv
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from clickstream.core.java_numbers import decimal_text, double_text, fit_decimal, parse_double, parse_integer
from clickstream.sql.schema import Column
from clickstream.sql.types import DecimalType, SqlType

__all__ = ["Delimited"]

_DELIMITER_NAMES = {"TAB": "\t", "SPACE": " "}


def _read_boolean(text: str) -> bool:
    return text.lower() == "true"


def _read_decimal(type_: DecimalType) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        try:
            return fit_decimal(Decimal(text), type_.precision, type_.scale)
        except InvalidOperation as error:
            raise ValueError(f"not a number: {text!r}") from error

    return read


_READERS: dict[str, Callable[[str], Any]] = {
    "BOOLEAN": _read_boolean,
    "INTEGER": lambda text: parse_integer(text, 32),
    "BIGINT": lambda text: parse_integer(text, 64),
    "DOUBLE": parse_double,
    "STRING": str,
    "BYTES": lambda text: base64.b64decode(text, validate=True),
    "DATE": lambda text: parse_integer(text, 32),
    "TIME": lambda text: parse_integer(text, 32),
    "TIMESTAMP": lambda text: parse_integer(text, 64),
}

_WRITERS: dict[str, Callable[[Any], str]] = {
    "BOOLEAN": lambda value: "true" if value else "false",
    "DOUBLE": double_text,
    "DECIMAL": decimal_text,
    "BYTES": lambda value: base64.b64encode(value).decode(),
}


def _reader(type_: SqlType) -> Callable[[str], Any]:
    return _read_decimal(type_) if isinstance(type_, DecimalType) else _READERS[type_.base]


class Delimited:
    """Columns as the fields of one line."""

    def __init__(self, columns: Sequence[Column], delimiter: str = ",") -> None:
        self._readers = [_reader(c.type) for c in columns]
        self._writers = [_WRITERS.get(c.type.base, str) for c in columns]
        self._delimiter = _DELIMITER_NAMES.get(delimiter.upper(), delimiter)

    def decode(self, raw: bytes) -> tuple[Any, ...]:
        """Return the columns' values.

        Raises: ValueError if the number of fields or a field's text does not fit.
        """
        text = raw.decode()
        fields = self._split(text)
        if len(fields) != len(self._readers):
            raise ValueError(
                f"Unexpected field count, csvFields:{len(fields)} schemaFields:{len(self._readers)}"
            )
        return tuple(
            None if field == "" else read(field) for field, read in zip(fields, self._readers, strict=True)
        )

    def encode(self, values: Sequence[Any]) -> bytes:
        """Return the line, without a line break."""
        fields = [
            "" if value is None else self._quoted(write(value), first=i == 0)
            for i, (value, write) in enumerate(zip(values, self._writers, strict=True))
        ]
        return self._delimiter.join(fields).encode()

    def _split(self, text: str) -> list[str]:
        if '"' not in text and "\n" not in text and "\r" not in text:
            return text.split(self._delimiter)
        try:
            rows = list(csv.reader([text], delimiter=self._delimiter))
        except csv.Error as error:
            raise ValueError(str(error)) from error
        return rows[0] if rows else [""]

    def _quoted(self, text: str, *, first: bool) -> str:
        if not text:
            return '""' if first else ""
        if (
            (first and not (text[0].isascii() and text[0].isalnum()))
            or text[0] <= "#"
            or text[-1] <= " "
            or self._delimiter in text
            or any(c in text for c in '"\r\n')
        ):
            return '"' + text.replace('"', '""') + '"'
        return text
