import orjson
import pytest

from clickstream.storage.documents.errors import ShardsFailed
from clickstream.storage.documents.store import DocumentStore
from tests.helpers.sample_documents import ROWS, T, sample_store


@pytest.fixture(scope="module")
def store() -> DocumentStore:
    return sample_store()


def test_the_last_document_of_each_user(store: DocumentStore) -> None:
    top = {"top_hits": {"size": 1, "sort": [{"T": "desc"}], "_source": ["N", "T"], "docvalue_fields": ["X"]}}
    aggs = {"u": {"terms": {"field": "U"}, "aggs": {"last": top}}}
    buckets = store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["u"]["buckets"]
    hits = [bucket["last"]["hits"]["hits"][0] for bucket in buckets]
    assert [hit["_id"] for hit in hits] == ["2", "4", "3"]
    assert hits[0] == {
        "_index": "rows",
        "_type": "_doc",
        "_id": "2",
        "_score": None,
        "_source": {"N": 5, "T": T + 61_000},
        "fields": {"X": [2.5]},
        "sort": [T + 61_000],
    }
    assert buckets[0]["last"]["hits"]["total"] == {"value": 2, "relation": "eq"}


def test_without_a_sort_the_order_is_that_of_writing(store: DocumentStore) -> None:
    aggs = {"t": {"top_hits": {"size": 2, "from": 1}}}
    answer = store.search("rows", {"size": 0, "aggs": aggs})
    found = orjson.loads(orjson.dumps(answer))["aggregations"]["t"]["hits"]
    assert [hit["_source"] for hit in found["hits"]] == ROWS[1:3]
    assert found["max_score"] == 1.0
    assert "sort" not in found["hits"][0]


def test_an_empty_bucket_has_no_hits(store: DocumentStore) -> None:
    aggs = {"f": {"filter": {"match_none": {}}, "aggs": {"t": {"top_hits": {}}}}}
    found = store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["f"]["t"]["hits"]
    assert found == {"total": {"value": 0, "relation": "eq"}, "max_score": None, "hits": []}


def test_too_many_hits_are_refused(store: DocumentStore) -> None:
    with pytest.raises(ShardsFailed) as failed:
        store.search("rows", {"aggs": {"t": {"top_hits": {"size": 101}}}})
    assert "Top hits result window is too large" in failed.value.root.message
