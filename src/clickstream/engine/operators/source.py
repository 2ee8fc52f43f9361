"""Chunks of a topic to rows of a source.

A chunk is decoded once for all queries that read it with the same schema and formats; what differs
between them (event time from a column, pseudo columns) is done here, per query.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.core.processing_log import LogEntry
from clickstream.core.records import Chunk, Header, Record
from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.place import place
from clickstream.engine.columns.reader import BatchReader
from clickstream.engine.context import QueryContext
from clickstream.engine.rows import NullKey, Row
from clickstream.engine.serde.codec import Codec, DecodeError
from clickstream.engine.timestamps import time_reader
from clickstream.sql.plan import Source
from clickstream.sql.schema import PSEUDO_COLUMNS, ROWOFFSET, ROWPARTITION, ROWTIME, Column, HeaderColumn

__all__ = ["Decoded", "SourceReader"]


@dataclass(slots=True)
class Decoded:
    """A chunk's rows, and the records that could not be read. `offsets` is set if some are missing."""

    rows: list[Row]
    offsets: list[int] | None = None
    bad: tuple[tuple[int, str, str], ...] = ()
    _times: tuple[int, int] | None = None

    @property
    def times(self) -> tuple[int, int]:
        """The earliest and the latest time of the rows; -1 where there are none."""
        if self._times is None:
            times = [row[2] for row in self.rows] or [-1]
            self._times = (min(times), max(times))
        return self._times


class SourceReader:
    """Gives the rows of one source's chunks. `latest_ms` is the latest record time it has seen."""

    def __init__(self, context: QueryContext, source: Source, hidden: Sequence[str]) -> None:
        self._context = context
        self._source = source
        self._codec = Codec(source.schema, source.formats, source.window)
        self._headers = _header_columns(source)
        self._time = time_reader(source.schema, source.timestamp) if source.timestamp else None
        self._place = place("rows", source.schema, source.formats, source.window)
        self._batch_place = place("columns", source.schema, source.formats, source.window)
        self._hidden = tuple(hidden)
        self._batches = BatchReader(source, self._codec) if self._takes_columns() else None
        self.latest_ms = -1
        self._logger = f"{context.query_id}.{source.context or 'KsqlTopic.Source'}.deserializer"

    @property
    def hidden(self) -> tuple[Column, ...]:
        """The pseudo columns that follow the declared value columns."""
        return tuple(Column(name, PSEUDO_COLUMNS[name]) for name in self._hidden)

    def read(self, chunk: Chunk) -> list[Row]:
        """Return the chunk's rows; for a table each with an empty old value."""
        decoded = self._rows_of(chunk)
        self.latest_ms = max(self.latest_ms, decoded.times[1])
        for offset, side, reason in decoded.bad:
            self._log_bad(chunk, offset, side, reason)
        rows = decoded.rows
        if self._hidden:
            rows = self._with_hidden(chunk, decoded)
        if self._time is not None:
            rows = self._with_time(rows, self._time)
        if self._source.kind == "STREAM":
            early = self._time is not None or decoded.times[0] < 0
            return [r for r in rows if r[2] >= 0] if early else rows
        return [(*r, None) for r in rows if r[2] >= 0 and r[0].__class__ is not NullKey]

    def _takes_columns(self) -> bool:
        source = self._source
        plain = self._headers is None and self._time is None and not self._hidden
        return source.kind == "STREAM" and source.window is None and plain

    def read_columns(self, chunk: Chunk) -> Batch | None:
        """Return the chunk's rows as a batch, None if they have to be read as rows."""
        if self._batches is None or not len(chunk):
            return None
        batch = self._batches.read(chunk, self._rows_of)
        if batch is not None:
            self.latest_ms = max(self.latest_ms, int(batch.times.max()))
        return batch

    def _rows_of(self, chunk: Chunk) -> Decoded:
        decoded: Decoded | None = chunk.decoded.get(self._place)
        if decoded is None:
            batch: Batch | None = chunk.decoded.get(self._batch_place)
            decoded = self._decode(chunk) if batch is None else Decoded(batch.rows())
            chunk.decoded[self._place] = decoded
        return decoded

    def _decode(self, chunk: Chunk) -> Decoded:
        rows: list[Row] = []
        offsets: list[int] = []
        bad: list[tuple[int, str, str]] = []
        decode_key, decode_value = self._codec.decode_key, self._codec.decode_value
        add = rows.append
        for offset, record in enumerate(chunk.records, start=chunk.first_offset):
            try:
                key, value = decode_key(record.key), decode_value(record.value)
            except DecodeError as error:
                bad.append((offset, error.side, error.reason))
                continue
            add((key, value, record.timestamp_ms, record.headers))
            offsets.append(offset)
        if self._headers is not None:
            rows = [(k, self._headers(v, h), t, h) for k, v, t, h in rows]
        return Decoded(rows, offsets if bad else None, tuple(bad))

    def _with_hidden(self, chunk: Chunk, decoded: Decoded) -> list[Row]:
        whole = range(chunk.first_offset, chunk.end_offset)
        offsets = whole if decoded.offsets is None else decoded.offsets
        names = self._hidden
        out: list[Row] = []
        for (key, value, time_ms, headers), offset in zip(decoded.rows, offsets, strict=True):
            if value is not None:
                known = {ROWTIME: time_ms, ROWPARTITION: 0, ROWOFFSET: offset}
                value = (*value, *(known[name] for name in names))
            out.append((key, value, time_ms, headers))
        return out

    def _with_time(self, rows: list[Row], read: Callable[[Any, Any], int | None]) -> list[Row]:
        out: list[Row] = []
        for key, value, time_ms, headers in rows:
            if value is None:
                out.append((key, value, time_ms, headers))
                continue
            try:
                event_ms = read(key, value)
            except (ValueError, OverflowError) as error:
                self._context.report(self._source.context)("timestamp", error)
                continue
            if event_ms is not None:
                out.append((key, value, event_ms, headers))
        return out

    def _log_bad(self, chunk: Chunk, offset: int, side: str, reason: str) -> None:
        record: Record = chunk.records[offset - chunk.first_offset]
        self._context.failed(
            LogEntry(
                self._logger,
                "DESERIALIZATION_ERROR",
                f"Failed to deserialize {side} from topic: {chunk.topic}. {reason}",
                (reason,),
                topic=chunk.topic,
                offset=offset,
                target=side,
                record=record.key if side == "key" else record.value,
            )
        )


def _header_columns(source: Source) -> Callable[[Any, tuple[Header, ...]], Any] | None:
    """Return the function that puts header columns among the stored ones, or None if there are none."""
    columns = source.schema.value
    if not any(isinstance(c, HeaderColumn) for c in columns):
        return None

    def fill(value: tuple[Any, ...] | None, headers: tuple[Header, ...]) -> tuple[Any, ...] | None:
        if value is None:
            return None
        stored = iter(value)
        return tuple(
            _from_headers(c, headers) if isinstance(c, HeaderColumn) else next(stored) for c in columns
        )

    return fill


def _from_headers(column: HeaderColumn, headers: tuple[Header, ...]) -> Any:
    if column.is_single:
        return next((value for name, value in reversed(headers) if name == column.header), None)
    return [{"KEY": name, "VALUE": value} for name, value in headers]
