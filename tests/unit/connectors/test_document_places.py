from pathlib import Path
from typing import Any

import pytest

from clickstream.connectors import standard_config
from clickstream.connectors.base import MemoryConnectorStore, SinkContext
from clickstream.connectors.document_places import DocumentPlaces
from clickstream.connectors.document_writers import Operation, RemoteDocuments
from clickstream.connectors.elasticsearch_config import CONFIG
from clickstream.connectors.stored_documents import StoredDocuments
from clickstream.core.clock import FakeClock
from clickstream.storage.documents.store import DocumentStore


@pytest.fixture
def documents() -> Any:
    store = DocumentStore(None)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://localhost:9201", True),
        ("http://127.0.0.1:9201/", True),
        ("localhost:9201", True),
        ("http://[::1]:9201", True),
        ("http://elasticsearch:9200", True),
        ("http://elasticsearch:9201", True),
        ("http://10.1.2.3:9201", True),
        ("http://localhost:9200", False),
        ("https://localhost:9201", False),
        ("http://elasticsearch:9300", False),
        ("http://es.example.org:9201", False),
    ],
)
def test_our_own_urls_are_known(documents: DocumentStore, url: str, ours: bool) -> None:
    assert DocumentPlaces(documents, 9201, "10.1.2.3").is_ours(url) is ours
    assert not DocumentPlaces(None, 9201).is_ours(url)


def make(places: DocumentPlaces, url: str, store: MemoryConnectorStore) -> Any:
    config = {"name": "s", "connector.class": "x", "topics": "T", "connection.url": url}
    context = SinkContext("s", "T", store, FakeClock(), lambda seconds: False, lambda topic: None)
    return places.writer(context, (standard_config.SINK + CONFIG).parse(config))


def test_documents_go_where_the_url_says(documents: DocumentStore) -> None:
    places = DocumentPlaces(documents)
    here = make(places, "http://localhost:9200", MemoryConnectorStore())
    there = make(places, "http://es:9200", MemoryConnectorStore())
    assert isinstance(here, StoredDocuments)
    assert isinstance(there, RemoteDocuments)
    there.close()


def test_offsets_are_kept_where_the_documents_are(documents: DocumentStore) -> None:
    places, store = DocumentPlaces(documents), MemoryConnectorStore()
    config = {"connection.url": "http://localhost:9200"}
    assert places.read_offsets(store, "s", config) == {}
    writer = make(places, config["connection.url"], store)
    assert writer.offset() is None
    writer.write([], 7)
    assert (writer.offset(), places.read_offsets(store, "s", config)) == (7, {"T": 7})
    places.write_offsets(store, "s", config, {"T": 2})
    assert places.read_offsets(store, "s", config) == {"T": 2}
    elsewhere = {"connection.url": "http://es:9200"}
    places.write_offsets(store, "other", elsewhere, {"T": 3})
    assert places.read_offsets(store, "other", elsewhere) == {"T": 3}


def test_documents_and_offset_are_there_after_a_restart(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents.db")
    writer = StoredDocuments(store, "s", "T")
    writer.create_index("t")
    writer.create_index("t")
    outcomes = writer.write(
        [
            Operation("index", "t", "1", b'{"a":1}'),
            Operation("update", "t", "1", b'{"b":2}'),
            Operation("delete", "t", "none"),
            Operation("index", "t", "2", b"[]"),
        ],
        4,
    )
    assert [(outcome.status, bool(outcome.error)) for outcome in outcomes] == [
        (200, False),
        (200, False),
        (404, False),
        (400, True),
    ]
    store.close()
    again = DocumentStore(tmp_path / "documents.db")
    document = again.get("t", "1")
    assert document is not None
    assert StoredDocuments(again, "s", "T").offset() == 4
    again.close()


def test_a_pipeline_that_sets_the_id_is_told(documents: DocumentStore) -> None:
    documents.put_pipeline("by-name", {"processors": [{"set": {"field": "_id", "value": "{{{NAME}}}"}}]})
    documents.create_index("t", {"settings": {"index.default_pipeline": "by-name"}})
    writer = StoredDocuments(documents, "s", "T")
    outcomes = writer.write([Operation("index", "t", "T+0+1", b'{"NAME":"ann"}')], 1)
    assert [outcome.id for outcome in outcomes] == ["ann"]
