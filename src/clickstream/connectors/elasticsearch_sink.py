"""The Elasticsearch sink: rows of topics become documents.

Settings of the connector's versions 10 and 15 mean what they mean there. The id of a document is topic,
partition and offset, or the record's key; an index whose pipeline sets the id makes one document of all
versions of a row. Documents of sessions that were swallowed by others are removed (`session_documents.py`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from clickstream.connectors.base import SinkContext, SinkTask
from clickstream.connectors.converters import TOLERANCE_EXCEEDED, Converter, converter_of, data_exception
from clickstream.connectors.document_writers import DocumentWriter, Operation, Outcome
from clickstream.connectors.session_documents import SessionDocuments, SessionRow
from clickstream.connectors.transforms import transforms_of
from clickstream.core.errors import TaskFailed
from clickstream.core.records import Chunk, Record

__all__ = ["CLASS_NAME", "TASK_CLASS_NAME", "ElasticsearchSinkTask", "index_of"]

LOG = logging.getLogger(__name__)

CLASS_NAME = "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector"
TASK_CLASS_NAME = "io.confluent.connect.elasticsearch.ElasticsearchSinkTask"

DATA_EXCEPTION = "org.apache.kafka.connect.errors.DataException"
PARTITION = 0
"""Topics have one partition here."""

RECALLED_RECORDS = 5_000
"""Records of a session topic that are written again at a start, to know the documents of the sessions they
are of. They have the same ids as before, so nothing is doubled."""


def index_of(topic: str, settings: Mapping[str, Any]) -> str:
    """Return the index of a topic: what `topic.index.map` says, else its name in lower case."""
    pairs = dict(pair.split(":", 1) for pair in settings["topic.index.map"] or () if ":" in pair)
    return str(pairs.get(topic, topic.lower()))


@dataclass(slots=True)
class _Pending:
    """Operations on their way, and the session rows that are to learn their documents' ids."""

    operations: list[Operation] = field(default_factory=list)
    rows: dict[int, SessionRow] = field(default_factory=dict)


class ElasticsearchSinkTask:
    """Writes the records of one topic."""

    def __init__(
        self,
        config: Mapping[str, str],
        settings: Mapping[str, Any],
        context: SinkContext,
        writer: DocumentWriter,
    ) -> None:
        topic = context.topic
        self._topic = topic
        self._index = index_of(topic, settings)
        self._create_index = settings["auto.create.indices.at.start"]
        self._writer = writer
        self._key_ignore = settings["key.ignore"] or topic in settings["topic.key.ignore"]
        self._schemaless = settings["schema.ignore"] or topic in settings["topic.schema.ignore"]
        self._skip_bad = settings["drop.invalid.message"] or settings["errors.tolerance"].lower() == "all"
        self._on_null = settings["behavior.on.null.values"].lower()
        self._on_malformed = settings["behavior.on.malformed.documents"].lower()
        self._action: Literal["index", "update"] = (
            "update" if settings["write.method"].lower() == "upsert" else "index"
        )
        self._key = converter_of(config, "key.converter")
        self._value = converter_of(config, "value.converter")
        self._plain_json = _is_plain_json(config)
        self._drop_nulls = transforms_of(config).drop_nulls
        self._sessions = SessionDocuments() if context.windowed(topic) == "SESSION" else None

    def start(self) -> int | None:
        """Connect, and return the offset to go on from.

        Raises: TaskFailed if Elasticsearch cannot be reached.
        """
        self._writer.connect()
        if self._create_index:
            self._writer.create_index(self._index)
        offset = self._writer.offset()
        if offset is not None and self._sessions is not None:
            return max(0, offset - RECALLED_RECORDS)
        return offset

    def put(self, chunks: Sequence[Chunk]) -> None:
        """Write the records, then the offset behind them.

        Raises: TaskFailed if a record or document is refused and is not to be skipped.
        """
        pending = _Pending()
        for chunk in chunks:
            for offset, record in enumerate(chunk.records, chunk.first_offset):
                self._add(record, offset, pending)
        self._flush(pending, chunks[-1].end_offset)

    def _add(self, record: Record, offset: int, pending: _Pending) -> None:
        row = self._follow_session(record, pending)
        if record.value is None and (self._drop_nulls or self._on_null == "ignore"):
            return
        try:
            operation = self._convert(record, offset)
        except ValueError as error:
            if not self._skip_bad:
                raise TaskFailed(TOLERANCE_EXCEEDED) from data_exception(error)
            LOG.warning("%s offset %d was skipped: %s", self._topic, offset, error)
            return
        if operation is None:
            return
        if row is not None:
            pending.rows[len(pending.operations)] = row
        pending.operations.append(operation)

    def _convert(self, record: Record, offset: int) -> Operation | None:
        """Return the operation of a record, None if there is nothing to do.

        Raises: ValueError if key or value are not of the kind they must be; TaskFailed for a null that
        must not be.
        """
        if record.value is None:
            return self._convert_null(record, offset)
        id_ = self._id(record, offset)
        if not self._schemaless:
            raise ValueError("Cannot infer mapping without schema.")
        if not self._plain_json:
            return Operation(self._action, self._index, id_, _object(self._value, record.value))
        return Operation(self._action, self._index, id_, record.value)

    def _convert_null(self, record: Record, offset: int) -> Operation | None:
        where = f"topic='{self._topic}', partition={PARTITION}, offset={offset}"
        if self._on_null == "fail":
            raise TaskFailed(
                f"Sink record with key of {record.key!r} and null value encountered for {where} "
                "(to ignore future records like this change the configuration property "
                "'behavior.on.null.values' from 'fail' to 'ignore')",
                kind=DATA_EXCEPTION,
            )
        if self._key_ignore or record.key is None:
            return None
        return Operation("delete", self._index, self._id(record, offset))

    def _id(self, record: Record, offset: int) -> str:
        if self._key_ignore:
            return f"{self._topic}+{PARTITION}+{offset}"
        key = self._key.decode(record.key)
        if key is None:
            raise ValueError("Key is used as document id and can not be null.")
        if isinstance(key, bool) or not isinstance(key, (str, int)):
            raise ValueError(f"{type(key).__name__} is not supported as the document id.")
        return str(key)

    # sessions

    def _follow_session(self, record: Record, pending: _Pending) -> SessionRow | None:
        if self._sessions is None or record.key is None:
            return None
        row: SessionRow | None = None
        if record.value is None:
            gone = self._sessions.tombstone(record.key)
        else:
            row, gone = self._sessions.row(record.key)
        if gone:
            self._remove(self._sessions, record.key, gone, pending)
        return row

    def _remove(
        self, sessions: SessionDocuments, key: bytes, rows: Sequence[SessionRow], pending: _Pending
    ) -> None:
        """Have the documents of swallowed sessions deleted, before what comes after."""
        if pending.rows:
            # ids of what this very batch writes are known only then
            self._flush(pending, None)
        pending.operations.extend(
            Operation("delete", self._index, row.document_id)
            for row in rows
            if row.document_id is not None and not sessions.has_document(key, row.document_id)
        )

    # writing

    def _flush(self, pending: _Pending, offset: int | None) -> None:
        outcomes = self._writer.write(pending.operations, offset)
        for number, row in pending.rows.items():
            row.document_id = outcomes[number].id
        for operation, outcome in zip(pending.operations, outcomes, strict=True):
            if outcome.error and not (operation.action == "delete" and outcome.status == 404):
                self._refused(operation, outcome)
        pending.operations.clear()
        pending.rows.clear()

    def _refused(self, operation: Operation, outcome: Outcome) -> None:
        if self._on_malformed == "fail":
            raise TaskFailed(
                f"Indexing failed for document {operation.id} of {operation.index}: {outcome.error}"
            )
        if self._on_malformed == "warn":
            LOG.warning("document %s of %s was refused: %s", operation.id, operation.index, outcome.error)

    def close(self) -> None:
        """Let go of connections."""
        self._writer.close()


def _is_plain_json(config: Mapping[str, str]) -> bool:
    """Whether values are JSON objects as they stand in the topic, so that they need no decoding."""
    if "value.converter" not in config:
        return True
    enabled = config.get("value.converter.schemas.enable", "true").strip().lower()
    return config["value.converter"].endswith("JsonConverter") and enabled == "false"


def _object(converter: Converter, data: bytes) -> bytes:
    value = converter.decode(data)
    if not isinstance(value, dict):
        raise ValueError(f"the value is no object: {value!r}")
    return orjson.dumps(value)


MakeWriter = Callable[[SinkContext, Mapping[str, Any]], DocumentWriter]


def task_maker(make_writer: MakeWriter) -> Callable[..., SinkTask]:
    """Return the function that makes tasks with these writers."""

    def make(config: Mapping[str, str], settings: Mapping[str, Any], context: SinkContext) -> SinkTask:
        return ElasticsearchSinkTask(config, settings, context, make_writer(context, settings))

    return make
