import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from clickstream.core.clock import FakeClock
from clickstream.core.errors import CorruptState, IncompatibleFormat, StateError
from clickstream.storage.documents.errors import DocumentError, IndexExists, IndexMissing
from clickstream.storage.documents.store import BulkOperation, DocumentStore

NOW_MS = 1_795_504_800_000


def index(store: DocumentStore, id_: str | None, source: Any, name: str = "rows") -> str:
    (result,) = store.bulk([BulkOperation("index", name, id_, source)])
    assert result.error is None, result.error
    return str(result.id)


def ids(store: DocumentStore, name: str = "rows", **body: Any) -> list[str]:
    answer = store.search(name, {"size": 100, **body})
    return [hit["_id"] for hit in answer["hits"]["hits"]]


@pytest.fixture
def keyed() -> DocumentStore:
    """A store whose documents of `rows` are keyed by user and time."""
    store = DocumentStore(None, clock=FakeClock(NOW_MS))
    store.put_pipeline("key", {"processors": [{"set": {"field": "_id", "value": "{{{U}}}|{{{T}}}"}}]})
    store.put_index_template(
        "rows", {"index_patterns": ["rows"], "template": {"settings": {"index.default_pipeline": "key"}}}
    )
    return store


def test_a_row_has_one_document_whatever_ids_are_sent(keyed: DocumentStore) -> None:
    for number, count in enumerate((1, 5, 9)):
        assert index(keyed, f"ROWS+0+{number}", {"U": "bob", "T": 7, "N": count}) == "bob|7"
    answer = keyed.search("rows", {"aggs": {"s": {"sum": {"field": "N"}}}})
    assert answer["hits"]["total"]["value"] == 1
    assert answer["aggregations"]["s"]["value"] == 9.0
    document = keyed.get("rows", "bob|7")
    assert document is not None
    assert document.version == 3


def test_a_sink_can_ask_which_document_a_row_has(keyed: DocumentStore) -> None:
    assert keyed.document_id("rows", {"U": "bob", "T": 7}) == "bob|7"
    index(keyed, None, {"U": "bob", "T": 8})
    assert keyed.document_id("rows", {"U": "bob", "T": 9}) == "bob|9"
    assert keyed.document_id("others", {"U": "bob", "T": 9}) is None


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"
    store = DocumentStore(path)
    store.put_template("old", {"index_patterns": ["o*"]})
    store.put_index_template("new", {"index_patterns": ["n*"]})
    store.put_component_template("part", {"template": {}})
    store.put_pipeline("key", {"processors": []})
    for number in range(5):
        index(store, str(number), {"N": number, "S": f"s{number}", "F": 1.1, "B": True, "TAGS": ["b", "a"]})
    index(store, "3", {"N": 33, "S": "changed"})
    store.bulk([BulkOperation("delete", "rows", "1")])
    shown = {"sort": ["N"], "docvalue_fields": ["TAGS.keyword", "F", "B"]}
    before = [hit.get("fields") for hit in store.search("rows", shown)["hits"]["hits"]]
    mapping = store.mapping("rows").to_json()
    uuid = store.info("rows").uuid
    store.close()
    store = DocumentStore(path)
    assert [hit.get("fields") for hit in store.search("rows", shown)["hits"]["hits"]] == before
    assert before[0] == {"TAGS.keyword": ["a", "b"], "F": [pytest.approx(1.1)], "B": [True]}
    assert ids(store, sort=["N"]) == ["0", "2", "4", "3"]
    assert store.mapping("rows").to_json() == mapping
    assert store.info("rows").uuid == uuid
    assert set(store.templates("legacy")) == {"old"}
    assert set(store.templates("composable")) == {"new"}
    assert set(store.templates("component")) == {"part"}
    assert set(store.pipelines()) == {"key"}
    document = store.get("rows", "3")
    assert document is not None
    assert (document.version, json.loads(document.source)) == (2, {"N": 33, "S": "changed"})
    index(store, "new", {"N": 1})
    assert store.count("rows") == 5
    store.close()


def test_rows_of_deleted_documents_are_used_again(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents.db")
    for number in range(4):
        index(store, str(number), {"N": number})
    store.bulk([BulkOperation("delete", "rows", "1"), BulkOperation("index", "rows", "x", {"N": 10})])
    store.bulk([BulkOperation("delete", "rows", "3"), BulkOperation("delete", "rows", "0")])
    store.close()
    store = DocumentStore(tmp_path / "documents.db")
    assert ids(store, sort=["N"]) == ["2", "x"]
    index(store, "y", {"N": 5})
    assert ids(store, sort=["N"]) == ["2", "y", "x"]
    store.close()


def test_offsets_are_kept_with_the_documents(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents.db")
    operation = BulkOperation("index", "rows", "1", {"N": 1})
    store.bulk([operation], consumer="sink", offsets={"ROWS": 7})
    store.bulk([], consumer="sink", offsets={"OTHER": 2})
    store.close()
    store = DocumentStore(tmp_path / "documents.db")
    assert store.committed_offsets("sink") == {"ROWS": 7, "OTHER": 2}
    assert store.committed_offsets("nobody") == {}
    store.forget_offsets("sink")
    assert store.committed_offsets("sink") == {}
    store.close()


def test_a_bulk_that_cannot_be_written_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store = DocumentStore(None)
    index(store, "1", {"N": 1})

    def full(*_: object) -> None:
        raise StateError("disk full")

    monkeypatch.setattr(store._disk, "put_offset", full)
    operations = [
        BulkOperation("index", "rows", "1", {"N": 2, "NEW": 1}),
        BulkOperation("index", "rows", "2", {"N": 2}),
        BulkOperation("index", "fresh", "1", {"N": 2}),
    ]
    with pytest.raises(StateError):
        store.bulk(operations, consumer="sink", offsets={"ROWS": 1})
    assert store.search("rows", {})["hits"]["hits"][0]["_id"] == "1"
    assert store.count("rows", {"term": {"N": 1}}) == 1
    assert not store.exists("fresh")
    assert "NEW" not in store.mapping("rows").fields
    assert store.committed_offsets("sink") == {}


def test_a_refused_operation_does_not_stop_the_others() -> None:
    store = DocumentStore(None)
    results = store.bulk(
        [
            BulkOperation("index", "rows", "1", {"N": 1}),
            BulkOperation("index", "rows", "2", {"N": "many"}),
            BulkOperation("index", "rows", "3", b"not json"),
            BulkOperation("create", "rows", "1", {"N": 1}),
            BulkOperation("index", "Bad", "1", {"N": 1}),
            BulkOperation("index", "rows", "4", {"N": 4}, pipeline="none"),
            BulkOperation("delete", "missing", "4"),
            BulkOperation("index", "rows", "", {"N": 4}),
            BulkOperation("index", "rows", "x" * 513, {"N": 4}),
            BulkOperation("index", "rows", "5", b'{"N":123456789012345678901234567890}'),
        ]
    )
    kinds = [result.error.kind if result.error else result.result for result in results]
    assert kinds == [
        "created",
        "mapper_parsing_exception",
        "mapper_parsing_exception",
        "version_conflict_engine_exception",
        "invalid_index_name_exception",
        "illegal_argument_exception",
        "index_not_found_exception",
        "illegal_argument_exception",
        "illegal_argument_exception",
        "mapper_parsing_exception",
    ]
    assert ids(store) == ["1"]


def test_ids_are_made_up_where_none_are_sent() -> None:
    store = DocumentStore(None)
    made = {index(store, None, {"N": number}) for number in range(20)}
    assert len(made) == 20
    assert {len(id_) for id_ in made} == {20}


def test_indices_come_and_go() -> None:
    store = DocumentStore(None, clock=FakeClock(NOW_MS))
    store.create_index(
        "a", {"mappings": {"properties": {"n": {"type": "long"}}}, "settings": {"number_of_replicas": 0}}
    )
    store.create_index("b")
    assert store.info("a").created_ms == NOW_MS
    assert store.info("a").settings == {"index": {"number_of_replicas": "0", "number_of_shards": "1"}}
    with pytest.raises(IndexExists):
        store.create_index("a")
    assert store.resolve("*") == ["a", "b"]
    store.put_mapping("b", {"properties": {"k": {"type": "keyword"}}})
    assert store.mapping("b").fields["k"].type == "keyword"
    with pytest.raises(DocumentError, match="cannot be changed"):
        store.put_mapping("b", {"properties": {"k": {"type": "long"}}})
    assert store.mapping("b").fields["k"].type == "keyword"
    store.delete_index("a")
    assert not store.exists("a")
    assert store.refresh("b") == 1
    with pytest.raises(IndexMissing):
        store.delete_index("a")


def test_a_number_is_not_used_twice_while_documents_may_be_there(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents.db")
    index(store, "1", {"N": 1}, "a")
    index(store, "1", {"N": 1}, "b")
    store.delete_index("b")
    store.create_index("c")
    assert store.count("c") == 0
    store.close()
    store = DocumentStore(tmp_path / "documents.db")
    assert store.count("c") == 0
    assert store.count("a") == 1
    store.close()


def test_documents_are_deleted_by_query() -> None:
    store = DocumentStore(None)
    for number in range(6):
        index(store, str(number), {"N": number})
    assert store.delete_by_query("rows", {"range": {"N": {"gte": 2, "lt": 5}}}) == 3
    assert ids(store, sort=["N"]) == ["0", "1", "5"]


def test_the_size_of_an_index_grows_with_its_documents() -> None:
    store = DocumentStore(None)
    index(store, "1", {"S": "x" * 1000})
    (small,) = store.summaries()
    for number in range(20):
        index(store, str(number), {"S": "x" * 1000})
    (large,) = store.summaries()
    assert large.documents == 20
    assert large.bytes > 10 * small.bytes > 10_000


def test_another_formats_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(IncompatibleFormat):
        DocumentStore(path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(CorruptState):
        DocumentStore(path)
