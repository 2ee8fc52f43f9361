"""PRINT's text: which formats the bytes of a topic may have, and records written by the first of them.

Formats are guessed from the bytes alone, as the real server does: a text key of twelve and more bytes may
as well be a windowed key, and is then printed as one.

Source: confluentinc/ksql ksqldb-rest-app …/server/resources/streaming/RecordFormatter.java, and the
recorded answers.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import orjson

from clickstream.core.java_time import timestamp_text
from clickstream.core.records import Record

__all__ = ["TopicPrinter"]

NO_DATA = "¯\\_(ツ)_/¯ - no data processed"
UNKNOWN = "UNRECOGNISED_BYTES"
LONG_BYTES = 8

Reader = Callable[[bytes], str]
"""Returns the text of some bytes, or raises ValueError if they are not in the format."""


def _json(data: bytes) -> str:
    orjson.loads(data)
    return data.decode()


def _int(data: bytes) -> str:
    if len(data) != 4:
        raise ValueError
    return str(int.from_bytes(data, "big", signed=True))


def _bigint(data: bytes) -> str:
    if len(data) != LONG_BYTES:
        raise ValueError
    return str(int.from_bytes(data, "big", signed=True))


def _double(data: bytes) -> str:
    if len(data) != LONG_BYTES:
        raise ValueError
    return str(struct.unpack(">d", data)[0])


def _text(data: bytes) -> str:
    return data.decode()


def _session(inner: Reader) -> Reader:
    def read(data: bytes) -> str:
        if len(data) <= 2 * LONG_BYTES:
            raise ValueError
        end, start = struct.unpack(">qq", data[-2 * LONG_BYTES :])
        if start < 0 or end < start:
            raise ValueError
        return f"[{inner(data[: -2 * LONG_BYTES])}@{start}/{end}]"

    return read


def _windowed(inner: Reader) -> Reader:
    def read(data: bytes) -> str:
        if len(data) <= LONG_BYTES:
            raise ValueError
        (start,) = struct.unpack(">q", data[-LONG_BYTES:])
        if start < 0:
            raise ValueError
        return f"[{inner(data[:-LONG_BYTES])}@{start}/-]"

    return read


PLAIN: tuple[tuple[str, Reader], ...] = (
    ("JSON", _json),
    ("KAFKA_INT", _int),
    ("KAFKA_BIGINT", _bigint),
    ("KAFKA_DOUBLE", _double),
    ("KAFKA_STRING", _text),
)
KEY_FORMATS = (
    *((f"SESSION({name})", _session(read)) for name, read in PLAIN),
    *((f"{window}({name})", _windowed(read)) for name, read in PLAIN for window in ("HOPPING", "TUMBLING")),
    *PLAIN,
)


@dataclass
class _Guess:
    """The formats that all bytes so far may have."""

    possible: tuple[tuple[str, Reader], ...]
    seen: bool = False

    def narrow(self, values: Iterable[bytes | None]) -> None:
        for value in values:
            if value is not None:
                self.seen = True
                self.possible = tuple(entry for entry in self.possible if _fits(entry[1], value))

    @property
    def label(self) -> str:
        if not self.seen:
            return NO_DATA
        return " or ".join(name for name, _ in self.possible) or UNKNOWN

    def write(self, value: bytes | None) -> str:
        if value is None:
            return "<null>"
        if not self.possible:
            return value.hex()
        return self.possible[0][1](value)


def _fits(read: Reader, value: bytes) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


class TopicPrinter:
    """Writes records as lines; `with_formats` adds a line when the guess changes."""

    def __init__(self, *, with_formats: bool) -> None:
        self._with_formats = with_formats
        self._key = _Guess(KEY_FORMATS)
        self._value = _Guess(PLAIN)
        self._shown = ("", "")

    def write(self, records: Sequence[Record], read: Sequence[Record]) -> bytes:
        """Return the lines of some records; formats are guessed from all that were read, first."""
        self._key.narrow(record.key for record in read)
        self._value.narrow(record.value for record in read)
        lines = self._format_lines() if self._with_formats else []
        lines += [self._line(record) for record in records]
        return "".join(lines).encode()

    def _format_lines(self) -> list[str]:
        labels = (self._key.label, self._value.label)
        lines = [
            f"{side} format: {now}\n"
            for side, now, before in zip(("Key", "Value"), labels, self._shown, strict=True)
            if now != before
        ]
        self._shown = labels
        return lines

    def _line(self, record: Record) -> str:
        day, _, time = timestamp_text(record.timestamp_ms).partition("T")
        return (
            f"rowtime: {day[0]}{day[1:].replace('-', '/')} {time} Z, "
            f"key: {self._key.write(record.key)}, value: {self._value.write(record.value)}, partition: 0\n"
        )
