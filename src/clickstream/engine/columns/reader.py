"""Chunks of a topic to batches, kept in the chunk for all queries that read it alike."""

from collections.abc import Callable
from itertools import chain
from operator import attrgetter
from typing import Any, Protocol

import numpy as np

from clickstream.core.records import Chunk
from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import Column, Encoder
from clickstream.engine.columns.decode import JsonColumns
from clickstream.engine.columns.place import place
from clickstream.engine.rows import NullKey, Row
from clickstream.engine.serde.codec import Codec, DecodeError
from clickstream.sql.plan import Source

__all__ = ["BatchReader", "DecodedRows"]

_value, _key, _time, _headers = (attrgetter(name) for name in ("value", "key", "timestamp_ms", "headers"))


class DecodedRows(Protocol):
    """A chunk's rows, and what could not be read."""

    rows: list[Row]
    bad: tuple[Any, ...]


class BatchReader:
    """Reads the chunks of one stream. Its keys carry no window, its values no header columns."""

    def __init__(self, source: Source, codec: Codec) -> None:
        schema = source.schema
        self._codec = codec
        self._place = place("columns", schema, source.formats, source.window)
        self._key = [column.type for column in schema.key]
        self._value = [column.type for column in schema.value]
        self._encoders = [Encoder() for _ in range(len(self._key) + len(self._value))]
        is_object = source.formats.value == "JSON" and (source.formats.wrap_value or len(self._value) > 1)
        self._json = JsonColumns(schema.value, self._encoders[len(self._key) :]) if is_object else None

    def read(self, chunk: Chunk, rows_of: Callable[[Chunk], DecodedRows]) -> Batch | None:
        """Return the batch of `chunk`, None if it has records that no batch holds."""
        if self._place not in chunk.decoded:
            chunk.decoded[self._place] = self._decode(chunk) or self._transpose(rows_of(chunk))
        batch: Batch | None = chunk.decoded[self._place]
        return batch

    def _transpose(self, decoded: DecodedRows) -> Batch | None:
        if decoded.bad or not decoded.rows:
            return None
        return Batch.of_rows(decoded.rows, self._key, self._value, self._encoders)

    def _decode(self, chunk: Chunk) -> Batch | None:
        """Return the batch straight from JSON, None if that does not go."""
        records = chunk.records
        if self._json is None or any(map(_headers, records)):
            return None
        raws = list(map(_value, records))
        times = np.fromiter(map(_time, records), np.int64, len(records))
        if None in raws or times.min() < 0:
            return None
        key = self._keys(list(map(_key, records)))
        values = None if key is None else self._json.decode(raws)
        return None if key is None or values is None else Batch(times, key, values)

    def _keys(self, raws: list[bytes | None]) -> list[Column] | None:
        if not self._key:
            return []
        try:
            keys = list(map(self._codec.decode_key, raws))
        except DecodeError:
            return None
        if any((key.__class__ is NullKey) is not (len(key) == 1 and key[0] is None) for key in keys):
            return None
        if len(self._key) == 1:
            columns = [list(chain.from_iterable(keys))]
        else:
            columns = [list(column) for column in zip(*keys, strict=True)]
        return [
            Column.of_list(type_, column, encoder)
            for type_, column, encoder in zip(self._key, columns, self._encoders, strict=False)
        ]
