"""Sources of documents: JSON objects as bytes."""

import json
from typing import Any

import orjson

from clickstream.storage.documents.errors import DocumentError, mapper_parsing

__all__ = ["decode_source", "encode_json"]


def decode_source(source: bytes | None) -> dict[str, Any]:
    """Return a document's JSON object. Raises: DocumentError (mapper_parsing_exception)."""
    try:
        value = orjson.loads(source or b"")
    except orjson.JSONDecodeError:
        value = _decode_large_numbers(source or b"")
    if not isinstance(value, dict):
        cause = DocumentError(
            "not_x_content_exception",
            "Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes",
        )
        raise mapper_parsing("failed to parse", cause=cause)
    return value


def _decode_large_numbers(source: bytes) -> Any:
    # The quick decoder refuses integers beyond 64 bits; they are valid JSON.
    try:
        return json.loads(source, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def encode_json(value: Any) -> bytes:
    """Return `value` as JSON."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
