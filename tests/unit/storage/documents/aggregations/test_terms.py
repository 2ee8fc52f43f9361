from typing import Any

import pytest

from clickstream.storage.documents.errors import DocumentError, ShardsFailed
from clickstream.storage.documents.store import BulkOperation, DocumentStore
from tests.helpers.sample_documents import T, sample_store


@pytest.fixture(scope="module")
def store() -> DocumentStore:
    return sample_store()


def terms(store: DocumentStore, settings: dict[str, Any], **inner: Any) -> dict[str, Any]:
    aggs = {"t": {"terms": settings, **({"aggs": inner} if inner else {})}}
    answer: dict[str, Any] = store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["t"]
    return answer


def keys(answer: dict[str, Any]) -> list[tuple[Any, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]


@pytest.mark.parametrize(
    ("settings", "buckets"),
    [
        ({"field": "U"}, [("amy", 2), ("bob", 2), ("carl", 1)]),
        ({"field": "U", "size": 1}, [("amy", 2)]),
        ({"field": "U", "order": {"_key": "desc"}}, [("carl", 1), ("bob", 2), ("amy", 2)]),
        ({"field": "U", "order": {"_term": "asc"}, "size": "2"}, [("amy", 2), ("bob", 2)]),
        ({"field": "U", "order": {"_count": "asc"}}, [("carl", 1), ("amy", 2), ("bob", 2)]),
        (
            {"field": "U", "order": [{"_count": "desc"}, {"_key": "desc"}]},
            [("bob", 2), ("amy", 2), ("carl", 1)],
        ),
        ({"field": "U", "min_doc_count": 2}, [("amy", 2), ("bob", 2)]),
        ({"field": "U", "missing": "nobody"}, [("amy", 2), ("bob", 2), ("carl", 1), ("nobody", 1)]),
        ({"field": "U", "missing": "amy"}, [("amy", 3), ("bob", 2), ("carl", 1)]),
        ({"field": "U", "include": "[ab].*"}, [("amy", 2), ("bob", 2)]),
        ({"field": "U", "exclude": ["amy", "carl"]}, [("bob", 2)]),
        ({"field": "TAGS"}, [("b", 2), ("a", 1), ("c", 1)]),
        ({"field": "N"}, [(5, 2), (1, 1), (2, 1), (9, 1)]),
        ({"field": "SIZES"}, [(1, 1), (3, 1), (9, 1)]),
        ({"field": "X"}, [(-1.0, 1), (0.5, 1), (2.5, 1)]),
        ({"field": "OK"}, [(1, 2), (0, 1)]),
        ({"field": "NONE"}, []),
        ({"field": "NONE", "missing": "none"}, [("none", 6)]),
        ({"field": "IP"}, [("10.0.0.1", 1), ("10.0.1.1", 1), ("::1", 1)]),
    ],
)
def test_buckets(store: DocumentStore, settings: dict[str, Any], buckets: list[tuple[Any, int]]) -> None:
    assert keys(terms(store, settings)) == buckets


def test_dates_and_booleans_are_written_too(store: DocumentStore) -> None:
    first = terms(store, {"field": "T"})["buckets"][0]
    assert first == {"key": T, "key_as_string": "2026-11-24T07:18:00.000Z", "doc_count": 1}
    assert terms(store, {"field": "OK"})["buckets"][0] == {"key": 1, "key_as_string": "true", "doc_count": 2}


def test_what_is_left_out_is_counted(store: DocumentStore) -> None:
    assert terms(store, {"field": "U", "size": 1})["sum_other_doc_count"] == 3
    assert terms(store, {"field": "N", "size": 2, "order": {"_key": "asc"}})["sum_other_doc_count"] == 3
    assert terms(store, {"field": "U"})["sum_other_doc_count"] == 0


def test_order_by_a_sub_aggregation(store: DocumentStore) -> None:
    inner = {
        "m": {"max": {"field": "N"}},
        "s": {"stats": {"field": "X"}},
        "f": {"filter": {"term": {"OK": True}}},
    }

    def ordered(order: Any) -> list[str]:
        return [key for key, _ in keys(terms(store, {"field": "U", "order": order}, **inner))]

    assert ordered({"m": "desc"}) == ["amy", "carl", "bob"]
    assert ordered({"m": "asc"}) == ["bob", "amy", "carl"]
    assert ordered({"s.max": "desc"}) == ["amy", "bob", "carl"]
    assert ordered({"s.avg": "asc"}) == ["bob", "amy", "carl"]
    assert ordered({"f": "asc"}) == ["bob", "amy", "carl"]
    assert ordered([{"f": "desc"}, {"_key": "desc"}]) == ["carl", "amy", "bob"]
    answer = terms(store, {"field": "U", "size": 1, "order": {"m": "desc"}}, **inner)
    assert answer["buckets"][0]["m"] == {"value": 5.0}
    assert answer["buckets"][0]["f"] == {"doc_count": 1}


def test_order_through_a_filter(store: DocumentStore) -> None:
    inner = {"f": {"filter": {"term": {"N": 5}}, "aggs": {"x": {"max": {"field": "T"}}}}}
    answer = terms(store, {"field": "U", "order": {"f>x": "desc"}}, **inner)
    assert [key for key, _ in keys(answer)] == ["carl", "amy", "bob"]


def test_buckets_in_buckets_in_buckets(store: DocumentStore) -> None:
    inner = {
        "n": {"terms": {"field": "N", "order": {"_key": "asc"}}, "aggs": {"t": {"terms": {"field": "TAGS"}}}}
    }
    answer = terms(store, {"field": "U"}, **inner)
    amy = answer["buckets"][0]["n"]["buckets"]
    assert [(bucket["key"], keys(bucket["t"])) for bucket in amy] == [(1, [("a", 1), ("b", 1)]), (5, [])]
    assert keys(answer["buckets"][2]["n"]) == [(5, 1)]


def test_a_minimum_of_zero_shows_what_other_documents_have(store: DocumentStore) -> None:
    aggs = {"t": {"terms": {"field": "U", "min_doc_count": 0, "order": {"_key": "asc"}}}}
    answer = store.search("rows", {"size": 0, "query": {"term": {"N": 1}}, "aggs": aggs})
    assert keys(answer["aggregations"]["t"]) == [("amy", 1), ("bob", 0), ("carl", 0)]


def test_many_distinct_values_are_sorted_not_counted_in_an_array() -> None:
    store = DocumentStore(None)
    rows = [{"big": number * 10**14, "g": number % 2} for number in range(300)]
    store.bulk([BulkOperation("index", "rows", None, row) for row in [*rows, *rows[:5]]])
    answer = terms(store, {"field": "big", "size": 6})
    assert keys(answer)[:5] == [(number * 10**14, 2) for number in range(5)]
    assert answer["sum_other_doc_count"] == 294


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "Required one of fields"),
        ({"field": "U", "size": 0}, r"failed to parse field \[size\]"),
        ({"field": "U", "zzz": 1}, r"unknown field \[zzz\]"),
        ({"field": "U", "script": "x"}, "not supported"),
        ({"field": "U", "order": {"_key": "up"}}, r"failed to parse field \[order\]"),
        ({"field": "U", "order": "x"}, "Must specify"),
        ({"field": "U", "include": {"partition": 0}}, "regular expression or a list"),
        ({"field": "U", "include": "["}, "regular expression"),
    ],
)
def test_wrong_settings_are_refused(store: DocumentStore, settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        terms(store, settings)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"field": "NOTE"}, "Text fields are not optimised"),
        ({"field": "U", "order": {"zz": "asc"}}, "order path"),
    ],
)
def test_what_the_data_refuses(store: DocumentStore, settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ShardsFailed) as failed:
        terms(store, settings)
    assert reason in failed.value.root.message
