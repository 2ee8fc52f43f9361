"""The Elasticsearch sink, with a writer that keeps documents in a dictionary."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from clickstream.connectors import standard_config
from clickstream.connectors.base import MemoryConnectorStore, SinkContext
from clickstream.connectors.document_writers import Operation, Outcome
from clickstream.connectors.elasticsearch_config import CONFIG
from clickstream.connectors.elasticsearch_sink import CLASS_NAME, ElasticsearchSinkTask, index_of
from clickstream.core.clock import FakeClock
from clickstream.core.errors import TaskFailed
from clickstream.core.records import Chunk, Record

BASE = {
    "name": "sink",
    "connector.class": CLASS_NAME,
    "topics": "T",
    "connection.url": "http://localhost:9200",
    "key.ignore": "true",
    "schema.ignore": "true",
    "value.converter": "org.apache.kafka.connect.json.JsonConverter",
    "value.converter.schemas.enable": "false",
}


class Documents:
    """A writer whose `fields` make the id, as an index's pipeline does; it refuses the ids of `refuse`."""

    def __init__(self, *fields: str, refuse: Sequence[str] = ()) -> None:
        self.fields = fields
        self.refuse = refuse
        self.kept: dict[str, Any] = {}
        self.committed: int | None = None
        self.indices: list[str] = []
        self.operations: list[Operation] = []

    def connect(self) -> None:
        pass

    def create_index(self, index: str) -> None:
        self.indices.append(index)

    def offset(self) -> int | None:
        return self.committed

    def write(self, operations: Sequence[Operation], offset: int | None) -> list[Outcome]:
        self.operations.extend(operations)
        self.committed = self.committed if offset is None else offset
        return [self._apply(operation) for operation in operations]

    def _apply(self, operation: Operation) -> Outcome:
        if operation.action == "delete":
            known = self.kept.pop(operation.id, None)
            return Outcome(operation.id, 404 if known is None else 200)
        source = json.loads(operation.source)
        id_ = "|".join(str(source[name]) for name in self.fields) or operation.id
        if operation.id in self.refuse:
            return Outcome(id_, 400, "mapper_parsing_exception")
        self.kept[id_] = source
        return Outcome(id_, 200)

    def close(self) -> None:
        pass


def make(documents: Documents, *, windowed: str | None = None, **config: str) -> ElasticsearchSinkTask:
    given = {**BASE, **{name.replace("_", "."): value for name, value in config.items()}}
    context = SinkContext(
        "sink", "T", MemoryConnectorStore(), FakeClock(), lambda seconds: False, lambda topic: windowed
    )
    return ElasticsearchSinkTask(given, (standard_config.SINK + CONFIG).parse(given), context, documents)


def put(task: ElasticsearchSinkTask, *records: Record, first_offset: int = 0) -> None:
    task.put([Chunk("T", first_offset, 0, records)])


def row(key: bytes | None, value: Any) -> Record:
    return Record(key, None if value is None else json.dumps(value).encode(), 1)


def test_ids_are_topic_partition_and_offset() -> None:
    documents = Documents()
    put(make(documents), row(b"k", {"a": 1}), row(b"k", {"a": 2}), first_offset=7)
    assert documents.kept == {"T+0+7": {"a": 1}, "T+0+8": {"a": 2}}
    assert documents.committed == 9


def test_or_the_key_if_it_is_text_or_a_number() -> None:
    documents = Documents()
    put(make(documents, key_ignore="false"), row(b"ann", {"a": 1}))
    converter = "org.apache.kafka.connect.converters.IntegerConverter"
    put(make(documents, key_ignore="false", key_converter=converter), row(b"\0\0\0\x07", {"a": 2}))
    assert documents.kept == {"ann": {"a": 1}, "7": {"a": 2}}
    with pytest.raises(TaskFailed) as failure:
        put(make(documents, key_ignore="false"), row(None, {"a": 1}))
    assert "can not be null" in str(failure.value.__cause__)
    put(make(documents, key_ignore="false", topic_key_ignore="T"), row(None, {"a": 3}))
    assert documents.kept["T+0+0"] == {"a": 3}


def test_the_index_is_the_topic_in_lower_case_or_what_the_seeds_map_says() -> None:
    documents = Documents()
    put(make(documents), row(None, {}))
    put(make(documents, topic_index_map="X:x,T:mapped"), row(None, {}))
    assert [operation.index for operation in documents.operations] == ["t", "mapped"]
    assert index_of("EVENTS_PER_MIN", {"topic.index.map": ""}) == "events_per_min"


def test_the_index_is_made_at_the_start_unless_it_is_not_wanted() -> None:
    documents = Documents()
    assert make(documents).start() is None
    make(documents, auto_create_indices_at_start="false").start()
    assert documents.indices == ["t"]


def test_the_seeds_configuration_is_accepted(shared: Path) -> None:
    recording = json.loads(
        (shared / "golden/clickstream/sinks/005_connect_post_es_sink_CLICK_USER_SESSIONS.json").read_text()
    )
    config = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in recording["request"]["body_json"]["config"].items()
    }
    settings = (standard_config.SINK + CONFIG).parse({"name": "x", **config})
    assert index_of("CLICK_USER_SESSIONS", settings) == "click_user_sessions"


@pytest.mark.parametrize("behaviour", ["ignore", "IGNORE"])
def test_nulls_are_passed_over(behaviour: str) -> None:
    documents = Documents()
    put(make(documents, behavior_on_null_values=behaviour), row(b"k", None))
    assert (documents.operations, documents.committed) == ([], 1)


def test_or_delete_the_document_of_their_key() -> None:
    documents = Documents()
    task = make(documents, behavior_on_null_values="delete", key_ignore="false")
    put(task, row(b"k", {"a": 1}), row(b"l", {"a": 1}), row(b"k", None), row(b"unknown", None))
    assert set(documents.kept) == {"l"}
    put(make(documents, behavior_on_null_values="delete"), row(b"l", None))
    assert set(documents.kept) == {"l"}


def test_or_end_the_task_unless_the_null_filter_takes_them_first() -> None:
    with pytest.raises(TaskFailed, match="null value encountered for topic='T', partition=0, offset=0"):
        put(make(Documents(), behavior_on_null_values="fail"), row(b"k", None))
    null_filter = {"transforms": "F", "transforms_F_type": "io.confluent.transforms.NullFilter"}
    put(make(Documents(), behavior_on_null_values="fail", **null_filter), row(b"k", None))


def test_without_schema_ignore_a_value_without_schema_ends_the_task() -> None:
    with pytest.raises(TaskFailed) as failure:
        put(make(Documents(), schema_ignore="false"), row(None, {}))
    assert str(failure.value.__cause__) == "Cannot infer mapping without schema."


def test_values_are_taken_out_of_their_envelope() -> None:
    documents = Documents()
    task = make(documents, value_converter_schemas_enable="true")
    put(task, row(None, {"schema": {}, "payload": {"a": 1}}))
    assert documents.kept == {"T+0+0": {"a": 1}}
    with pytest.raises(TaskFailed):
        put(task, row(None, {"a": 1}))
    put(make(documents, value_converter_schemas_enable="true", errors_tolerance="all"), row(None, {"a": 1}))


def test_documents_that_are_refused_end_the_task_or_not() -> None:
    with pytest.raises(TaskFailed, match=r"T\+0\+1 of t: mapper_parsing_exception"):
        put(make(Documents(refuse=["T+0+1"])), row(None, {}), row(None, {}))
    for behaviour in ("warn", "ignore"):
        documents = Documents(refuse=["T+0+1"])
        put(make(documents, behavior_on_malformed_documents=behaviour), *[row(None, {})] * 3)
        assert set(documents.kept) == {"T+0+0", "T+0+2"}


def test_upserts_are_updates() -> None:
    documents = Documents()
    put(make(documents, write_method="upsert"), row(None, {"a": 1}))
    assert [operation.action for operation in documents.operations] == ["update"]


def session(name: str, start: int, end: int, value: Any) -> Record:
    return row(name.encode() + end.to_bytes(8, "big") + start.to_bytes(8, "big"), value)


def bytes_of(user: str, start: int, total: int) -> dict[str, Any]:
    return {"USERNAME": user, "EVENT_TS": start, "TOTAL_BYTES": total}


MERGE = (
    session("ann", 0, 0, bytes_of("ann", 0, 5)),
    session("ann", 40, 40, bytes_of("ann", 40, 7)),
    session("ann", 0, 0, None),
    session("ann", 40, 40, None),
    session("ann", 0, 40, bytes_of("ann", 0, 20)),
)


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
def test_the_document_of_a_swallowed_session_is_removed(batch: int) -> None:
    documents = Documents("USERNAME", "EVENT_TS")
    task = make(documents, windowed="SESSION")
    for first in range(0, len(MERGE), batch):
        put(task, *MERGE[first : first + batch], first_offset=first)
    assert documents.kept == {"ann|0": bytes_of("ann", 0, 20)}
    assert documents.committed == len(MERGE)


def test_growing_sessions_keyed_by_their_end_keep_their_saw_tooth() -> None:
    documents = Documents("USERNAME", "EVENT_TS")
    records = [
        session("ann", 0, 0, bytes_of("ann", 0, 1)),
        session("ann", 0, 0, None),
        session("ann", 0, 10, bytes_of("ann", 10, 2)),
    ]
    put(make(documents, windowed="SESSION"), *records)
    assert set(documents.kept) == {"ann|0", "ann|10"}


def test_a_merged_session_keyed_by_its_end_is_not_deleted_with_the_one_it_replaces() -> None:
    documents = Documents("USERNAME", "EVENT_TS")
    early_row = [MERGE[0], MERGE[1], session("ann", 0, 40, bytes_of("ann", 40, 20)), MERGE[3], MERGE[2]]
    put(make(documents, windowed="SESSION"), *early_row)
    assert documents.kept["ann|40"]["TOTAL_BYTES"] == 20


def test_sessions_of_before_a_restart_are_known_again() -> None:
    documents = Documents("USERNAME", "EVENT_TS")
    put(make(documents, windowed="SESSION"), *MERGE[:2])
    again = make(documents, windowed="SESSION")
    first = again.start()
    assert first == 0
    put(again, *MERGE[first:], first_offset=first)
    assert documents.kept == {"ann|0": bytes_of("ann", 0, 20)}


def test_other_topics_go_on_exactly_where_they_were() -> None:
    documents = Documents()
    put(make(documents), row(None, {}), row(None, {}))
    assert make(documents).start() == 2
