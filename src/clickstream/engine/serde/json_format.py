"""JSON as a key's or value's format: an object of columns, or one bare value.

Column names match exactly or, failing that, by the upper case of the field's name. How the fields of
an object map to columns is worked out once per set of field names and then remembered.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from clickstream.core.java_numbers import parse_integer
from clickstream.engine.serde.json_values import decode_exact, encode, jackson_escapes, reader, writer
from clickstream.sql.schema import Column

__all__ = ["JsonObject", "JsonValue"]

_SHAPES_KEPT = 1000
"""Bound on remembered sets of field names, against documents that never repeat theirs."""

_PLAIN = frozenset({"STRING", "INTEGER", "BIGINT", "BOOLEAN", "DATE", "TIME", "TIMESTAMP"})
"""Types whose values stand in the document as they are."""

_dump = msgspec.json.Encoder().encode
_parse = lru_cache(maxsize=65536)(parse_integer)


class JsonObject:
    """Columns as the fields of a JSON object."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._names = tuple(c.name for c in columns)
        self._readers = [reader(c.type) for c in columns]
        self._writers = [writer(c.type) for c in columns]
        self._plain = all(c.type.base in _PLAIN for c in columns)
        self._shapes: dict[tuple[str, ...], tuple[str | None, ...]] = {}
        self._fast = _fast_converter(columns)
        self._decode = msgspec.json.Decoder().decode

    def decode(self, raw: bytes) -> tuple[Any, ...] | None:
        """Return the columns' values; None for JSON's `null`.

        Raises: ValueError if `raw` is not an object of such columns.
        """
        if self._fast is not None:
            document = self._decode(raw)
            if document.__class__ is dict:
                values = self._fast(document.get, self._shape(document))
                if values is not None:
                    return values
        return self._decode_exactly(raw)

    def encode(self, values: Sequence[Any]) -> bytes:
        """Return the object, every column present."""
        if self._plain:
            return jackson_escapes(_dump(dict(zip(self._names, values))))  # noqa: B905 — hot
        return encode(
            {
                name: value if value is None or write is None else write(value)
                for name, value, write in zip(self._names, values, self._writers, strict=True)
            }
        )

    def _decode_exactly(self, raw: bytes) -> tuple[Any, ...] | None:
        document = decode_exact(raw)
        if document is None:
            return None
        if document.__class__ is not dict:
            raise ValueError(
                f"Can't convert type. sourceType: {type(document).__name__}, requiredType: STRUCT"
            )
        get = document.get
        return tuple(
            None if (value := get(name)) is None else read(value)
            for name, read in zip(self._shape(document), self._readers, strict=True)
        )

    def _shape(self, document: dict[str, Any]) -> tuple[str | None, ...]:
        """Return the field name of each column, None where the document has none."""
        names = tuple(document)
        shape = self._shapes.get(names)
        if shape is None:
            folded = {name.upper(): name for name in names}
            shape = tuple(n if n in document else folded.get(n) for n in self._names)
            if len(self._shapes) < _SHAPES_KEPT:
                self._shapes[names] = shape
        return shape


class JsonValue:
    """One column as a bare JSON value."""

    def __init__(self, column: Column) -> None:
        self._read = reader(column.type)
        self._write = writer(column.type)

    def decode(self, raw: bytes) -> tuple[Any, ...] | None:
        """Return the value.

        Raises: ValueError if `raw` is not JSON of that type.
        """
        value = decode_exact(raw)
        return None if value is None else (self._read(value),)

    def encode(self, values: Sequence[Any]) -> bytes | None:
        """Return the value as JSON; NULL is no bytes at all."""
        value = values[0]
        if value is None:
            return None
        return encode(value if self._write is None else self._write(value))


# --------------------------------------------------------------------------------- the common case

_CHECKS = {
    "STRING": """
    if x{i}.__class__ is not str and x{i} is not None: return None""",
    "INTEGER": """
    if x{i}.__class__ is int:
        if not -0x80000000 <= x{i} < 0x80000000: return None
    elif x{i}.__class__ is str: x{i} = parse(x{i}, 32)
    elif x{i} is not None: return None""",
    "BIGINT": """
    if x{i}.__class__ is int:
        if not -0x8000000000000000 <= x{i} < 0x8000000000000000: return None
    elif x{i}.__class__ is str: x{i} = parse(x{i}, 64)
    elif x{i} is not None: return None""",
    "DOUBLE": """
    if x{i}.__class__ is int: x{i} = float(x{i})
    elif x{i}.__class__ is not float and x{i} is not None: return None""",
    "BOOLEAN": """
    if x{i}.__class__ is not bool and x{i} is not None: return None""",
}

Converter = Callable[[Callable[[str | None], Any], tuple[str | None, ...]], tuple[Any, ...] | None]


def _fast_converter(columns: Sequence[Column]) -> Converter | None:
    """Return a function that converts an object of the plain types straight away.

    It gives None for whatever needs the exact way: other JSON types, numbers whose text matters.
    """
    if not columns or any(c.type.base not in _CHECKS for c in columns):
        return None
    names = "".join(f"n{i}, " for i in range(len(columns)))
    body = "".join(f"\n    x{i} = get(n{i}){_CHECKS[c.type.base].format(i=i)}" for i, c in enumerate(columns))
    result = "".join(f"x{i}, " for i in range(len(columns)))
    source = f"def convert(get, shape):\n    {names}= shape{body}\n    return ({result})\n"
    namespace: dict[str, Any] = {"parse": _parse}
    exec(compile(source, "<json columns>", "exec"), namespace)
    converter: Converter = namespace["convert"]
    return converter
