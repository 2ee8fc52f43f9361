from typing import Any

import pytest

from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.store import DocumentStore
from tests.helpers.sample_documents import T, sample_store


@pytest.fixture(scope="module")
def store() -> DocumentStore:
    return sample_store()


def run(store: DocumentStore, aggregation: dict[str, Any], query: dict[str, Any] | None = None) -> Any:
    body = {"size": 0, "aggs": {"a": aggregation}, "query": query or {"match_all": {}}}
    return store.search("rows", body)["aggregations"]["a"]


INNER = {"m": {"max": {"field": "N"}}}


def test_a_filter_is_one_bucket(store: DocumentStore) -> None:
    assert run(store, {"filter": {"term": {"U": "bob"}}, "aggs": INNER}) == {
        "doc_count": 2,
        "m": {"value": 2.0},
    }
    assert run(store, {"filter": {"term": {"U": "x"}}, "aggs": INNER}) == {
        "doc_count": 0,
        "m": {"value": None},
    }


def test_missing(store: DocumentStore) -> None:
    assert run(store, {"missing": {"field": "U"}, "aggs": INNER}) == {"doc_count": 1, "m": {"value": 9.0}}
    assert run(store, {"missing": {"field": "NONE"}})["doc_count"] == 6


def test_global_sees_everything(store: DocumentStore) -> None:
    found = run(store, {"global": {}, "aggs": INNER}, {"term": {"U": "bob"}})
    assert found == {"doc_count": 6, "m": {"value": 9.0}}


def test_named_and_numbered_filters(store: DocumentStore) -> None:
    named = {"a": {"term": {"U": "amy"}}, "five": {"term": {"N": 5}}}
    found = run(store, {"filters": {"filters": named, "other_bucket_key": "rest"}, "aggs": INNER})
    assert {name: bucket["doc_count"] for name, bucket in found["buckets"].items()} == {
        "a": 2,
        "five": 2,
        "rest": 3,
    }
    numbered = run(store, {"filters": {"filters": [{"match_all": {}}], "other_bucket": True}})
    assert numbered["buckets"] == [{"doc_count": 6}, {"doc_count": 0}]


def test_filters_inside_buckets(store: DocumentStore) -> None:
    inner = {"f": {"filters": {"filters": {"ok": {"term": {"OK": True}}}}}}
    found = run(store, {"terms": {"field": "U"}, "aggs": inner})
    assert [bucket["f"]["buckets"]["ok"]["doc_count"] for bucket in found["buckets"]] == [1, 0, 1]


def test_ranges(store: DocumentStore) -> None:
    ranges = [{"from": 5}, {"to": 2}, {"from": 2, "to": 6, "key": "some"}]
    found = run(store, {"range": {"field": "N", "ranges": ranges}, "aggs": INNER})
    assert found["buckets"] == [
        {"key": "*-2.0", "to": 2.0, "doc_count": 1, "m": {"value": 1.0}},
        {"key": "some", "from": 2.0, "to": 6.0, "doc_count": 3, "m": {"value": 5.0}},
        {"key": "5.0-*", "from": 5.0, "doc_count": 3, "m": {"value": 9.0}},
    ]
    keyed = run(store, {"range": {"field": "N", "keyed": True, "ranges": [{"to": 2}]}})
    assert keyed["buckets"] == {"*-2.0": {"to": 2.0, "doc_count": 1}}
    assert run(store, {"range": {"field": "SIZES", "ranges": [{"from": 2}]}})["buckets"][0]["doc_count"] == 1
    assert run(store, {"range": {"field": "NONE", "ranges": [{"from": 2}]}})["buckets"][0]["doc_count"] == 0


def test_date_ranges(store: DocumentStore) -> None:
    settings = {"field": "T", "ranges": [{"to": "now-6m"}, {"from": "2026-11-24T07:22:00Z"}]}
    before, after = run(store, {"date_range": settings})["buckets"]
    assert before == {
        "key": "*-2026-11-24T07:22:00.000Z",
        "to": float(T + 240_000),
        "to_as_string": "2026-11-24T07:22:00.000Z",
        "doc_count": 3,
    }
    assert after["doc_count"] == 3


@pytest.mark.parametrize(
    ("aggregation", "reason"),
    [
        ({"filter": {"foo": {}}}, "unknown query"),
        ({"filters": {"filters": {}}}, "cannot be empty"),
        ({"range": {"field": "N"}}, "all shards failed"),
        ({"terms": {"field": "U"}, "aggs": {"g": {"global": {}}}}, "all shards failed"),
    ],
)
def test_wrong_settings_are_refused(store: DocumentStore, aggregation: dict[str, Any], reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        run(store, aggregation)
