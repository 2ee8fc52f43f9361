from typing import Any

import pytest

from clickstream.storage.documents.errors import DocumentError, ShardsFailed
from clickstream.storage.documents.store import DocumentStore
from tests.helpers.sample_documents import T, sample_store


@pytest.fixture(scope="module")
def store() -> DocumentStore:
    return sample_store()


def found(store: DocumentStore, query: dict[str, Any]) -> str:
    """Return the ids of the documents that match, in order."""
    answer = store.search("rows", {"query": query, "size": 100, "sort": ["T"], "_source": False})
    return "".join(hit["_id"] for hit in answer["hits"]["hits"])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"match_all": {}}, "012345"),
        ({"match_none": {}}, ""),
        ({"term": {"U": "amy"}}, "02"),
        ({"term": {"U": {"value": "AMY", "case_insensitive": True}}}, "02"),
        ({"term": {"TAGS": "b"}}, "01"),
        ({"term": {"TAGS": "gone"}}, ""),
        ({"term": {"N": 5}}, "23"),
        ({"term": {"N": "5"}}, "23"),
        ({"term": {"N": 5.5}}, ""),
        ({"term": {"N": 10**30}}, ""),
        ({"term": {"OK": True}}, "03"),
        ({"term": {"OK": "false"}}, "1"),
        ({"term": {"T": T}}, "0"),
        ({"term": {"T": "2026-11-24T07:18:30Z"}}, "1"),
        ({"term": {"SIZES": 9}}, "2"),
        ({"term": {"NOTE": "quick"}}, "23"),
        ({"term": {"NONE": 1}}, ""),
        ({"term": {"_id": "4"}}, "4"),
        ({"term": {"_index": "rows"}}, "012345"),
        ({"term": {"_index": "other"}}, ""),
        ({"term": {"IP": "10.0.0.0/16"}}, "01"),
        ({"term": {"IP": "::1"}}, "5"),
        ({"terms": {"U": ["amy", "carl", "x"]}}, "023"),
        ({"terms": {"N": [1, "9"]}}, "05"),
        ({"ids": {"values": ["1", "9"]}}, "1"),
        ({"exists": {"field": "X"}}, "024"),
        ({"exists": {"field": "O"}}, "34"),
        ({"exists": {"field": "TA*"}}, "015"),
        ({"exists": {"field": "NONE"}}, ""),
        ({"range": {"N": {"gt": 1, "lte": 5}}}, "123"),
        ({"range": {"N": {"gte": "4.5"}}}, "235"),
        ({"range": {"N": {"from": 2, "to": 5, "include_upper": False}}}, "1"),
        ({"range": {"X": {"lt": 0.5}}}, "4"),
        ({"range": {"SIZES": {"gte": 9}}}, "2"),
        ({"range": {"U": {"gt": "amy", "lt": "c"}}}, "14"),
        ({"range": {"IP": {"gte": "10.0.0.5", "lt": "11.0.0.0"}}}, "1"),
        ({"range": {"T": {"gte": T + 61_000, "lt": T + 245_000}}}, "23"),
        ({"range": {"T": {"gte": "now-6m"}}}, "345"),
        ({"range": {"T": {"lte": "2026-11-24T07:18"}}}, "01"),
        ({"range": {"T": {"lt": "2026-11-24T07:19"}}}, "01"),
        ({"range": {"T": {"gt": "2026-11-24T07:18"}}}, "2345"),
        ({"range": {"T": {"gte": "07:22 24/11/2026", "format": "HH:mm dd/MM/yyyy"}}}, "345"),
        ({"range": {"T": {"gte": "2026-11-24T08:22", "time_zone": "+01:00"}}}, "345"),
        ({"range": {"NONE": {"gte": 1}}}, ""),
        ({"prefix": {"U": "a"}}, "02"),
        ({"prefix": {"O.P": {"value": "/x "}}}, "3"),
        ({"wildcard": {"U": "?a*"}}, "3"),
        ({"wildcard": {"O.P": {"value": "/x\\ y"}}}, "3"),
        ({"wildcard": {"U": {"value": "A*", "case_insensitive": True}}}, "02"),
        ({"wildcard": {"NOTE": {"wildcard": "do?s"}}}, "3"),
        ({"regexp": {"U": "[ab].*"}}, "0124"),
        ({"match": {"NOTE": "LAZY fox"}}, "23"),
        ({"match": {"NOTE": {"query": "lazy quick", "operator": "and"}}}, "3"),
        ({"match": {"N": "5"}}, "23"),
        ({"match": {"U": "amy"}}, "02"),
        ({"match_phrase": {"NOTE": "quick brown"}}, "2"),
        ({"match_phrase": {"NOTE": "brown quick"}}, ""),
        ({"match_phrase": {"U": "amy"}}, "02"),
        ({"multi_match": {"query": "amy", "fields": ["U^2", "NOTE"]}}, "02"),
        ({"multi_match": {"query": "lazy dogs", "type": "phrase", "fields": ["NOTE"]}}, "3"),
        ({"constant_score": {"filter": {"term": {"U": "amy"}}}}, "02"),
        ({"dis_max": {"queries": [{"term": {"U": "amy"}}, {"term": {"N": 9}}]}}, "025"),
        ({"bool": {}}, "012345"),
        ({"bool": {"must_not": {"term": {"U": "amy"}}}}, "1345"),
        ({"bool": {"must": [{"term": {"N": 5}}], "should": [{"term": {"U": "bob"}}]}}, "23"),
        ({"bool": {"filter": [{"term": {"N": 5}}], "must_not": [{"term": {"U": "amy"}}]}}, "3"),
        ({"bool": {"should": [{"term": {"N": 5}}, {"term": {"U": "bob"}}]}}, "1234"),
        (
            {
                "bool": {
                    "should": [{"term": {"N": 5}}, {"term": {"OK": True}}, {"term": {"U": "amy"}}],
                    "minimum_should_match": 2,
                }
            },
            "023",
        ),
        (
            {
                "bool": {
                    "should": [{"term": {"N": 5}}, {"term": {"OK": True}}],
                    "minimum_should_match": "-50%",
                }
            },
            "023",
        ),
    ],
)
def test_queries(store: DocumentStore, query: dict[str, Any], ids: str) -> None:
    assert found(store, query) == ids


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"foo": {}}, r"unknown query \[foo\]"),
        ({"nested": {}}, r"query \[nested\] is not supported"),
        ({}, "empty clause"),
        ([], "must start with start_object"),
        ({"term": {"U": "x", "N": 1}}, "multiple fields"),
        ({"term": {}}, "fieldName must not be null"),
        ({"term": {"U": ["x"]}}, "array of values"),
        ({"term": {"U": {"value": "x", "zzz": 1}}}, r"does not support \[zzz\]"),
        ({"term": {"U": "x"}, "match_all": {}}, "malformed query"),
        ({"term": 3}, "no start_object"),
        ({"terms": {"U": "x"}}, r"\[terms\] query does not support"),
        ({"range": {"U": {"zzz": 1}}}, r"does not support \[zzz\]"),
        ({"exists": {}}, "must be provided"),
        ({"bool": {"zzz": []}}, "unknown field"),
        ({"bool": {"must": ["x"]}}, "doesn't support values"),
        ({"bool": {"must": [{"foo": {}}]}}, r"failed to parse field \[must\]"),
        ({"constant_score": {}}, "requires a 'filter'"),
        ({"match_phrase": {"NOTE": {"query": "x", "slop": 2}}}, "not supported"),
        ({"multi_match": {"query": "x", "type": "phrase_prefix"}}, "not supported"),
        ({"query_string": {}}, "must be provided"),
    ],
)
def test_wrong_queries_are_refused(store: DocumentStore, query: Any, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        store.search("rows", {"query": query})


@pytest.mark.parametrize(
    "query",
    [
        {"term": {"N": "abc"}},
        {"term": {"N": True}},
        {"term": {"OK": "maybe"}},
        {"term": {"IP": "nowhere"}},
        {"range": {"T": {"gte": "soon"}}},
        {"range": {"N": {"gte": "abc"}}},
        {"range": {"IP": {"gte": "x"}}},
        {"wildcard": {"N": "5*"}},
        {"regexp": {"U": "["}},
        {"prefix": {"N": "5"}},
        {"bool": {"should": [{"match_all": {}}], "minimum_should_match": "x"}},
    ],
)
def test_values_that_do_not_fit_fail_where_the_data_is(store: DocumentStore, query: dict[str, Any]) -> None:
    with pytest.raises(ShardsFailed) as failed:
        store.search("rows", {"query": query})
    assert failed.value.root.kind in ("query_shard_exception", "parse_exception")


def scores(store: DocumentStore, query: dict[str, Any]) -> dict[str, float]:
    hits = store.search("rows", {"query": query})["hits"]
    assert hits["max_score"] == max(hit["_score"] for hit in hits["hits"])
    return {hit["_id"]: hit["_score"] for hit in hits["hits"]}


def test_rare_keywords_score_higher(store: DocumentStore) -> None:
    carl = scores(store, {"term": {"U": "carl"}})["3"]
    amy = scores(store, {"term": {"U": "amy"}})["0"]
    assert carl == pytest.approx(1.3862944)
    assert amy == pytest.approx(0.87546873)
    assert scores(store, {"term": {"U": {"value": "carl", "boost": 2}}})["3"] == pytest.approx(2 * carl)


def test_scores_of_clauses_add_up_and_filters_do_not_count(store: DocumentStore) -> None:
    query = {
        "bool": {
            "must": [{"term": {"N": 5}}],
            "should": [{"exists": {"field": "X"}}],
            "filter": [{"match_all": {}}],
        }
    }
    assert scores(store, query) == {"2": 2.0, "3": 1.0}
    assert set(scores(store, {"bool": {"filter": [{"match_all": {}}]}}).values()) == {0.0}
    assert scores(store, {"dis_max": {"queries": [{"term": {"N": 9}}, {"match_all": {}}]}})["5"] == 1.0
    assert scores(store, {"constant_score": {"filter": {"term": {"U": "amy"}}, "boost": 3}}) == {
        "0": 3.0,
        "2": 3.0,
    }


def test_shorter_texts_score_higher(store: DocumentStore) -> None:
    found_ = scores(store, {"match": {"NOTE": "quick"}})
    assert found_["3"] > found_["2"]
    assert set(scores(store, {"match_phrase": {"NOTE": "lazy dogs"}})) == {"3"}
