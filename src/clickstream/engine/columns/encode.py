"""Batches to JSON objects: each column's part of the text once for each distinct value, then joined.

A part is cut from what the row's encoder writes for an object of that column alone, so the text is the
same to the byte.
"""

from collections.abc import Callable, Sequence

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import CODED, Dictionary
from clickstream.engine.serde.json_format import JsonObject
from clickstream.sql.schema import Column

__all__ = ["JsonEncoder"]


class _Parts:
    """A column's parts of the objects: `before` the member and `after` it stand the braces, if any."""

    def __init__(self, column: Column, before: bytes, after: bytes) -> None:
        self._encode: Callable[[Sequence[object]], bytes] = JsonObject([column]).encode
        self._before, self._after = before, after
        self._dictionary: Dictionary | None = None
        self._parts: list[bytes] = []

    def of(self, dictionary: Dictionary) -> list[bytes]:
        """Return the part of each entry of `dictionary`."""
        if dictionary is not self._dictionary:
            self._dictionary, self._parts = dictionary, []
        parts = self._parts
        for value in dictionary.entries[len(parts) :]:
            parts.append(self._before + self._encode((value,))[1:-1] + self._after)
        return parts


class JsonEncoder:
    """Writes the values of batches of one schema."""

    def __init__(self, columns: Sequence[Column]) -> None:
        last = len(columns) - 1
        self._columns = [
            _Parts(column, b"{" if at == 0 else b"", b"}" if at == last else b"")
            for at, column in enumerate(columns)
        ]
        self._supported = bool(columns) and all(c.type.base in CODED for c in columns)

    def encode(self, batch: Batch) -> list[bytes] | None:
        """Return the objects, None if the rows have to be written one by one.

        Raises: ValueError if a text has no bytes.
        """
        if not self._supported:
            return None
        parts: list[list[bytes]] = []
        for column, kept in zip(batch.value, self._columns, strict=True):
            codes, dictionary = column.codes()
            parts.append(list(map(kept.of(dictionary).__getitem__, codes.tolist())))
        return list(map(b",".join, zip(*parts, strict=True)))
