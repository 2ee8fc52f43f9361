"""Whole records: key and value by format and schema, window bounds in keys, batches.

`Codec` is what everything outside the engine uses to read or write a source's topic.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from clickstream.core.records import Record
from clickstream.engine.rows import Key, NullKey, Value, null_key
from clickstream.engine.serde.delimited_format import Delimited
from clickstream.engine.serde.hashable import hashable
from clickstream.engine.serde.json_format import JsonObject, JsonValue
from clickstream.engine.serde.kafka_format import KafkaValue
from clickstream.sql.plan import Formats, WindowInfo
from clickstream.sql.schema import Column, HeaderColumn, LogicalSchema
from clickstream.sql.types import ArrayType, MapType, StructType

__all__ = ["Codec", "DecodeError", "Side"]

_BOUND_BYTES = 8
_KEYS_KEPT = 10_000
"""Bound on remembered keys, each way."""

_EXACT_KEYS = frozenset({"STRING", "INTEGER", "BIGINT", "DATE", "TIME", "TIMESTAMP"})
"""Types of which equal values have equal bytes; 1.0 and 1, -0.0 and 0.0 have not."""


class DecodeError(ValueError):
    """One side of a record does not fit its schema.

    Whatever bytes do to a reader, it is the record that is bad: none may stop a query.
    """

    def __init__(self, side: str, reason: str) -> None:
        super().__init__(f"Error deserializing {side}: {reason}")
        self.side = side
        self.reason = reason


class Side(Protocol):
    """A key's or a value's format."""

    def decode(self, raw: bytes) -> tuple[Any, ...] | None:
        """Return the columns' values. Raises: ValueError."""

    def encode(self, values: Sequence[Any]) -> bytes | None:
        """Return the bytes of the columns' values."""


class _NoColumns:
    """A side without columns: bytes are ignored and none are written."""

    def decode(self, raw: bytes) -> tuple[Any, ...] | None:
        return ()

    def encode(self, values: Sequence[Any]) -> bytes | None:
        return None


class _EmptyValue(_NoColumns):
    """A value without columns that still is one: an empty object or line."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def encode(self, values: Sequence[Any]) -> bytes | None:
        return self._text


def _side(format_: str, columns: Sequence[Column], *, wrap: bool, delimiter: str) -> Side:
    if not columns:
        return _NoColumns()
    if format_ == "JSON":
        return JsonObject(columns) if wrap or len(columns) > 1 else JsonValue(columns[0])
    if format_ == "KAFKA":
        return KafkaValue(columns[0])
    if format_ == "DELIMITED":
        return Delimited(columns, delimiter)
    return _NoColumns()


_EMPTY = {"JSON": b"{}", "DELIMITED": b""}


class Codec:
    """Reads and writes the records of one source.

    Keys of windowed sources are the key columns' values followed by the window's start and end.
    """

    def __init__(self, schema: LogicalSchema, formats: Formats, window: WindowInfo | None = None) -> None:
        self._key_columns = len(schema.key)
        self._key = _side(formats.key, schema.key, wrap=formats.wrap_key, delimiter=formats.key_delimiter)
        stored = [c for c in schema.value if not isinstance(c, HeaderColumn)]
        self._value = _side(formats.value, stored, wrap=formats.wrap_value, delimiter=formats.value_delimiter)
        if not stored and formats.value in _EMPTY:
            self._value = _EmptyValue(_EMPTY[formats.value])
        self._window = window
        self._freeze = any(isinstance(c.type, ArrayType | MapType | StructType) for c in schema.key)
        width = self._key_columns + (2 if window else 0)
        self._null_key = null_key(width)
        self._doubtful_keys = any(c.type.base not in _EXACT_KEYS for c in schema.key)
        self._keys: dict[bytes, Key] = {}
        self._key_bytes: dict[Key, bytes | None] = {}

    def decode_key(self, raw: bytes | None) -> Key:
        """Return the key columns' values, then the window's bounds; a `NullKey` for no key.

        Raises: DecodeError.
        """
        if raw is None:
            return self._null_key
        key = self._keys.get(raw)
        if key is None:
            key = self._decode_key(raw)
            if len(self._keys) >= _KEYS_KEPT:
                self._keys.clear()
            self._keys[raw] = key
        return key

    def _decode_key(self, raw: bytes) -> Key:
        try:
            if self._window is not None:
                key = self._decode_windowed(raw, self._window)
            else:
                decoded = self._key.decode(raw)
                if decoded is None:
                    return self._null_key
                key = decoded
        except Exception as error:
            raise DecodeError("key", str(error)) from error
        return hashable_key(key) if self._freeze else key

    def decode_value(self, raw: bytes | None) -> Value | None:
        """Return the stored value columns' values, None for no value.

        Raises: DecodeError.
        """
        if raw is None:
            return None
        try:
            return self._value.decode(raw)
        except Exception as error:
            raise DecodeError("value", str(error)) from error

    def encode_key(self, key: Key) -> bytes | None:
        """Return the bytes of a key, window bounds included."""
        if key.__class__ is NullKey:
            return None
        if self._window is None:
            return self._inner_key(key)
        start, end = key[-2:]
        inner = self._inner_key(key[:-2]) or b""
        if self._window.kind == "SESSION":
            return inner + _bound(end) + _bound(start)
        return inner + _bound(start)

    def _inner_key(self, key: Key) -> bytes | None:
        """Return the bytes of the key columns, remembered: the same keys come again and again."""
        if self._doubtful_keys:
            return self._key.encode(key)
        raw = self._key_bytes.get(key)
        if raw is None:
            raw = self._key.encode(key)
            if len(self._key_bytes) >= _KEYS_KEPT:
                self._key_bytes.clear()
            self._key_bytes[key] = raw
        return raw

    def encode_value(self, value: Value | None) -> bytes | None:
        """Return the bytes of a value; None stays None."""
        return None if value is None else self._value.encode(value)

    def encode(self, key: Key, value: Value | None, time_ms: int) -> Record:
        """Return the record of a row."""
        return Record(self.encode_key(key), self.encode_value(value), time_ms)

    def _decode_windowed(self, raw: bytes, window: WindowInfo) -> Key:
        bounds = 2 if window.kind == "SESSION" else 1
        cut = len(raw) - bounds * _BOUND_BYTES
        if cut < 0:
            raise ValueError("too short for a windowed key")
        key = self._key.decode(raw[:cut])
        if key is None:
            key = (None,) * self._key_columns
        first = int.from_bytes(raw[cut : cut + _BOUND_BYTES], "big", signed=True)
        if window.kind == "SESSION":
            return (*key, int.from_bytes(raw[cut + _BOUND_BYTES :], "big", signed=True), first)
        return (*key, first, first + (window.size_ms or 0))


def _bound(time_ms: int) -> bytes:
    return time_ms.to_bytes(_BOUND_BYTES, "big", signed=True)


def hashable_key(key: Key) -> Key:
    """Return `key` with arrays, maps and structs that have a hash."""
    return tuple(hashable(part) for part in key)
