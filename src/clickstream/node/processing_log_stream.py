"""KSQL_PROCESSING_LOG: the stream in which bad records can be queried, and the topic behind it."""

import base64
from collections.abc import Iterable

import msgspec

from clickstream.core.processing_log import LogEntry, LogKind
from clickstream.core.records import Record
from clickstream.node.identity import SERVICE_ID
from clickstream.sql.catalog import DataSource
from clickstream.sql.plan import Formats
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.types import ARRAY_OF_STRING, BIGINT, INTEGER, STRING, SqlType, StructType

__all__ = ["STREAM_NAME", "TOPIC", "TOPIC_CONFIG", "log_records", "processing_log_source"]

STREAM_NAME = "KSQL_PROCESSING_LOG"

TOPIC = f"{SERVICE_ID}ksql_processing_log"
"""Source: ksqlDB's ksql.logging.processing.topic.name, by default the service id with this suffix."""

TOPIC_CONFIG = {"retention.ms": "604800000", "retention.bytes": "67108864"}
"""A week and 64 MiB: a flood of bad records must not fill the disk."""

_TYPE_CODES: dict[LogKind, int] = {
    "DESERIALIZATION_ERROR": 0,
    "RECORD_PROCESSING_ERROR": 1,
    "PRODUCTION_ERROR": 2,
    "SERIALIZATION_ERROR": 3,
}
"""Source: docs.ksqldb.io reference/processing-log, message.type."""

_LOGGER_PREFIX = "processing."


def _struct(**fields: SqlType) -> StructType:
    return StructType(tuple(fields.items()))


_MESSAGE = _struct(
    TYPE=INTEGER,
    DESERIALIZATIONERROR=_struct(
        TARGET=STRING, ERRORMESSAGE=STRING, RECORDB64=STRING, CAUSE=ARRAY_OF_STRING, topic=STRING
    ),
    RECORDPROCESSINGERROR=_struct(ERRORMESSAGE=STRING, RECORD=STRING, CAUSE=ARRAY_OF_STRING),
    PRODUCTIONERROR=_struct(ERRORMESSAGE=STRING),
    SERIALIZATIONERROR=_struct(
        TARGET=STRING, ERRORMESSAGE=STRING, RECORD=STRING, CAUSE=ARRAY_OF_STRING, topic=STRING
    ),
    KAFKASTREAMSTHREADERROR=_struct(ERRORMESSAGE=STRING, THREADNAME=STRING, CAUSE=ARRAY_OF_STRING),
)


def processing_log_source() -> DataSource:
    """Return the stream's entry for the catalog.

    Source: the statement that ksqlDB's server runs when ksql.logging.processing.stream.auto.create is set.
    """
    columns = {"LOGGER": STRING, "LEVEL": STRING, "TIME": BIGINT, "MESSAGE": _MESSAGE}
    declared = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
    return DataSource(
        kind="STREAM",
        name=STREAM_NAME,
        schema=LogicalSchema(value=tuple(Column(name, type_) for name, type_ in columns.items())),
        topic=TOPIC,
        formats=Formats(key="KAFKA", value="JSON"),
        statement_text=(
            f"CREATE STREAM {STREAM_NAME} ({declared}) WITH (CLEANUP_POLICY='delete', "
            f"KAFKA_TOPIC='{TOPIC}', KEY_FORMAT='KAFKA', VALUE_FORMAT='JSON');"
        ),
    )


def log_records(entries: Iterable[LogEntry], now_ms: int) -> list[Record]:
    """Return entries as the records that ksqlDB would write for them."""
    return [Record(None, msgspec.json.encode(_document(entry, now_ms)), now_ms) for entry in entries]


def _document(entry: LogEntry, now_ms: int) -> dict[str, object]:
    return {
        "level": entry.level,
        "logger": _LOGGER_PREFIX + entry.logger,
        "time": now_ms,
        "message": {
            "type": _TYPE_CODES[entry.kind],
            "deserializationError": _deserialization(entry) if _is(entry, "DESERIALIZATION_ERROR") else None,
            "recordProcessingError": _processing(entry) if _is(entry, "RECORD_PROCESSING_ERROR") else None,
            "productionError": {"errorMessage": entry.message} if _is(entry, "PRODUCTION_ERROR") else None,
            "serializationError": _serialization(entry) if _is(entry, "SERIALIZATION_ERROR") else None,
            "kafkaStreamsThreadError": None,
        },
    }


def _is(entry: LogEntry, kind: LogKind) -> bool:
    return entry.kind == kind


def _deserialization(entry: LogEntry) -> dict[str, object]:
    raw = entry.record.encode() if isinstance(entry.record, str) else entry.record
    return {
        "target": entry.target or None,
        "errorMessage": entry.message,
        "recordB64": None if raw is None else base64.b64encode(raw).decode(),
        "cause": list(entry.cause),
        "topic": entry.topic,
    }


def _processing(entry: LogEntry) -> dict[str, object]:
    return {"errorMessage": entry.message, "record": _text(entry), "cause": list(entry.cause)}


def _serialization(entry: LogEntry) -> dict[str, object]:
    return {
        "target": entry.target or None,
        "errorMessage": entry.message,
        "record": _text(entry),
        "cause": list(entry.cause),
        "topic": entry.topic,
    }


def _text(entry: LogEntry) -> str | None:
    return entry.record.decode(errors="replace") if isinstance(entry.record, bytes) else entry.record
