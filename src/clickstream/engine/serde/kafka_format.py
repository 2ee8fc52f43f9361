"""KAFKA as a format: one column as Kafka's own serializers write it."""

import struct
from collections.abc import Callable, Sequence
from typing import Any

from clickstream.sql.schema import Column

__all__ = ["KafkaValue"]


def _fixed(layout: str) -> tuple[Callable[[bytes], Any], Callable[[Any], bytes]]:
    packer = struct.Struct(layout)

    def decode(raw: bytes) -> Any:
        if len(raw) != packer.size:
            raise ValueError(f"Size of data received is not {packer.size}")
        return packer.unpack(raw)[0]

    return decode, packer.pack


_TYPES: dict[str, tuple[Callable[[bytes], Any], Callable[[Any], bytes]]] = {
    "INTEGER": _fixed(">i"),
    "BIGINT": _fixed(">q"),
    "DOUBLE": _fixed(">d"),
    "STRING": (bytes.decode, str.encode),
    "BYTES": (bytes, bytes),
}


class KafkaValue:
    """One column in Kafka's binary form: big-endian numbers, UTF-8 text, plain bytes."""

    def __init__(self, column: Column) -> None:
        self._decode, self._encode = _TYPES[column.type.base]

    def decode(self, raw: bytes) -> tuple[Any, ...]:
        """Return the value.

        Raises: ValueError if `raw` has the wrong size or is not UTF-8.
        """
        return (self._decode(raw),)

    def encode(self, values: Sequence[Any]) -> bytes | None:
        """Return the bytes; NULL is no bytes at all."""
        value = values[0]
        return None if value is None else self._encode(value)
