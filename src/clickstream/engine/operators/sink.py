"""Rows to records of the sink's topic."""

from clickstream.core.processing_log import LogEntry
from clickstream.core.records import Record
from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.encode import JsonEncoder
from clickstream.engine.context import QueryContext
from clickstream.engine.operators.stage import Flow
from clickstream.engine.rows import Row
from clickstream.engine.serde.codec import Codec
from clickstream.engine.timestamps import time_reader
from clickstream.sql.plan import Sink

__all__ = ["SinkWriter"]


class SinkWriter:
    """Encodes rows; one that cannot be written, for whatever reason, is logged and left out."""

    def __init__(self, context: QueryContext, sink: Sink) -> None:
        self._context = context
        self._codec = Codec(sink.schema, sink.formats, sink.window)
        self._time = time_reader(sink.schema, sink.timestamp) if sink.timestamp else None
        is_object = sink.formats.value == "JSON" and (sink.formats.wrap_value or len(sink.schema.value) > 1)
        self._by_column = JsonEncoder(sink.schema.value) if is_object else None
        self._logger = f"{context.query_id}.{sink.context or 'Sink'}.serializer"

    def timed(self, flow: Flow) -> Flow:
        """Return the rows with the sink's own event time; those without a usable one are dropped."""
        if self._time is None:
            return flow
        out: list[Row] = []
        for row in flow.rows() if isinstance(flow, Batch) else flow:
            if row[1] is None:
                out.append(row)
                continue
            try:
                time_ms = self._time(row[0], row[1])
            except (ValueError, OverflowError) as error:
                self._context.report("Sink")("timestamp", error)
                continue
            if time_ms is not None and time_ms >= 0:
                out.append((row[0], row[1], time_ms, *row[3:]))
        return out

    def encode(self, flow: Flow) -> tuple[list[Record], Flow]:
        """Return the records, and the rows they were made of."""
        if isinstance(flow, Batch):
            records = self._encode_batch(flow)
            return (records, flow) if records is not None else self._encode_rows(flow.rows())
        return self._encode_rows(flow)

    def _encode_batch(self, batch: Batch) -> list[Record] | None:
        """Return the records of `batch`, None if they have to be written one by one."""
        if self._by_column is None:
            return None
        try:
            values = self._by_column.encode(batch)
            keys = None if values is None else list(map(self._codec.encode_key, batch.keys()))
        except (ValueError, TypeError, OverflowError):
            return None
        if keys is None or values is None:
            return None
        self._context.metrics.emitted += len(values)
        return list(map(Record, keys, values, batch.times.tolist()))

    def _encode_rows(self, rows: list[Row]) -> tuple[list[Record], list[Row]]:
        encode_key, encode_value = self._codec.encode_key, self._codec.encode_value
        records: list[Record] = []
        written = rows
        for at, row in enumerate(rows):
            try:
                record = Record(encode_key(row[0]), encode_value(row[1]), row[2], row[3])
            except Exception as error:
                self._failed(row, error)
                if written is rows:
                    written = rows[:at]
                continue
            records.append(record)
            if written is not rows:
                written.append(row)
        self._context.metrics.emitted += len(records)
        return records, written

    def _failed(self, row: Row, error: Exception) -> None:
        message = f"Error serializing message: {error}"
        self._context.failed(
            LogEntry(self._logger, "SERIALIZATION_ERROR", message, (str(error),), record=repr(row[:2]))
        )
