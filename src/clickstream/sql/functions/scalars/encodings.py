"""Text and bytes in other encodings, and numbers out of bytes.

Source: ksqldb-engine …/function/udf/string/Encode.java, ToBytes.java, FromBytes.java,
…/udf/conversions/*.java, ksqldb-common …/util/BytesUtils.java.
"""

import base64
import re
import struct
from collections.abc import Callable
from typing import Any

from clickstream.sql.functions.registration import scalar

__all__ = ["NUMBERS_FROM_BYTES", "encode", "from_bytes", "to_bytes"]


def _hex_bytes(text: str) -> bytes:
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", text):
        raise ValueError(f"not hexadecimal digits: {text!r}")
    return bytes.fromhex(text)


def _base64_bytes(text: str) -> bytes:
    """Return the bytes of base64 text, which must be whole but for its padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def _ascii_text(data: bytes) -> str:
    return "".join(chr(byte) if byte < 128 else "\ufffd" for byte in data)


_DECODERS: dict[str, Callable[[str], bytes]] = {
    "hex": _hex_bytes,
    "utf8": lambda text: text.encode("utf-8", "replace"),
    "ascii": lambda text: text.encode("ascii", "replace"),
    "base64": _base64_bytes,
}
_ENCODERS: dict[str, Callable[[bytes], str]] = {
    "hex": lambda data: data.hex().upper(),
    "utf8": lambda data: data.decode("utf-8", "replace"),
    "ascii": _ascii_text,
    "base64": lambda data: base64.b64encode(data).decode(),
}


def _coder(coders: dict[str, Any], encoding: str) -> Any:
    coder = coders.get(encoding.lower())
    if coder is None:
        raise ValueError(
            f"Unknown encoding type '{encoding}'. Supported formats are 'hex', 'utf8', 'ascii', and 'base64'."
        )
    return coder


@scalar(
    "to_bytes",
    "STRING value, STRING encoding -> BYTES",
    category="STRING",
    description="The bytes that a text in the encoding hex, utf8, ascii or base64 stands for.",
)
def to_bytes(text: str, encoding: str) -> bytes:
    """Return the bytes. Raises: ValueError for text that is not in the encoding."""
    data: bytes = _coder(_DECODERS, encoding)(text)
    return data


@scalar(
    "from_bytes",
    "BYTES value, STRING encoding -> STRING",
    category="STRING",
    description="Bytes as text in the encoding hex, utf8, ascii or base64.",
)
def from_bytes(data: bytes, encoding: str) -> str:
    """Return the text. Raises: ValueError for an unknown encoding."""
    text: str = _coder(_ENCODERS, encoding)(data)
    return text


# --------------------------------------------------------------------------------- ENCODE


def _bare_hex(text: str) -> str:
    """Return hexadecimal text without `0x…` or `X'…'` around it; an odd `0x…` gets a 0 in front."""
    if text.startswith("0x"):
        return "0" * (len(text) % 2) + text[2:]
    quoted = re.fullmatch(r"[xX]'(.*)'", text)
    return quoted[1] if quoted else text


def _lenient_base64(text: str) -> bytes:
    """Return the bytes of base64 text in either alphabet; other characters are passed over."""
    kept = re.sub(r"[^A-Za-z0-9+/]", "", text.replace("-", "+").replace("_", "/").partition("=")[0])
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return base64.b64decode(kept + "=" * (-len(kept) % 4))


_READ: dict[str, Callable[[str], bytes]] = _DECODERS | {
    "hex": lambda text: _hex_bytes(_bare_hex(text)),
    "base64": _lenient_base64,
}
_WRITE: dict[str, Callable[[bytes], str]] = _ENCODERS | {"hex": lambda data: data.hex()}


@scalar(
    "encode",
    "STRING str, STRING inputEncoding, STRING outputEncoding -> STRING",
    category="STRING",
    description="A text in one of the encodings hex, utf8, ascii and base64 in another one.",
)
def encode(text: str, source: str, target: str) -> str:
    """Return `text` in the encoding `target`.

    Raises: ValueError for an unknown encoding, the same twice, or text that is not in `source`.
    """
    read, write = _READ.get(source.lower()), _WRITE.get(target.lower())
    if read is None or write is None or source.lower() == target.lower():
        raise ValueError("Supported input and output encodings are: hex, utf8, ascii and base64")
    return write(read(text))


# --------------------------------------------------------------------------------- numbers

_ORDERS = {"BIG_ENDIAN": ">", "LITTLE_ENDIAN": "<"}


def _number_from_bytes(name: str, type_: str, layout: str) -> Any:
    size = struct.calcsize(f">{layout}")

    @scalar(
        name,
        f"BYTES value -> {type_}",
        f"BYTES value, STRING byteOrder -> {type_}",
        nulls=True,
        category="CONVERSIONS",
        description=f"{size} bytes as {type_}, BIG_ENDIAN (the default) or LITTLE_ENDIAN.",
    )
    def function(data: bytes | None, order: str | None = "BIG_ENDIAN") -> Any:
        sign = _ORDERS.get((order or "").upper())
        if sign is None:
            raise ValueError(f"Byte order must be BIG_ENDIAN or LITTLE_ENDIAN. Unknown byte order '{order}'.")
        if data is None:
            return None
        if len(data) != size:
            raise ValueError(f"Number of bytes must be equal to {size}, but found {len(data)}")
        return struct.unpack(sign + layout, data)[0]

    return function


NUMBERS_FROM_BYTES = (
    _number_from_bytes("int_from_bytes", "INTEGER", "i"),
    _number_from_bytes("bigint_from_bytes", "BIGINT", "q"),
    _number_from_bytes("double_from_bytes", "DOUBLE", "d"),
)
