from typing import Any

import orjson
import pytest

from clickstream.storage.documents.errors import DocumentError, ShardsFailed
from clickstream.storage.documents.store import BulkOperation, DocumentStore, SearchLine
from tests.helpers.sample_documents import ROWS, T, sample_store


@pytest.fixture(scope="module")
def store() -> DocumentStore:
    return sample_store()


def search(store: DocumentStore, index: str = "rows", **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(orjson.dumps(store.search(index, body)))
    return answer


def ids(answer: dict[str, Any]) -> str:
    return "".join(hit["_id"] for hit in answer["hits"]["hits"])


def test_the_shape_of_an_answer(store: DocumentStore) -> None:
    answer = search(store, size=1, sort=["T"])
    assert answer["_shards"] == {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
    assert answer["timed_out"] is False
    assert answer["hits"] == {
        "total": {"value": 6, "relation": "eq"},
        "max_score": None,
        "hits": [
            {"_index": "rows", "_type": "_doc", "_id": "0", "_score": None, "_source": ROWS[0], "sort": [T]}
        ],
    }


def test_without_a_sort_the_order_is_that_of_writing(store: DocumentStore) -> None:
    answer = search(store)
    assert ids(answer) == "012345"
    assert answer["hits"]["max_score"] == 1.0


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (["T"], "012345"),
        ([{"T": "desc"}], "543210"),
        ("T:desc", "543210"),
        ([{"N": "asc"}, {"T": "desc"}], "013254"),
        ([{"N": {"order": "asc", "missing": "_first"}}, "T"], "401235"),
        ([{"N": {"order": "desc", "missing": 4}}, "T"], "523410"),
        ([{"U": "asc"}, {"T": "asc"}], "021435"),
        ([{"U": {"order": "desc", "missing": "_first"}}, "T"], "531402"),
        ([{"X": "desc"}, "T"], "204135"),
        ([{"SIZES": "desc"}, "T"], "240135"),
        ([{"SIZES": {"order": "asc", "mode": "avg"}}, "T"], "420135"),
        ([{"TAGS": "desc"}, "T"], "501234"),
        ([{"_id": "desc"}], "543210"),
        ([{"_doc": "desc"}], "543210"),
        ([{"_score": "asc"}, {"T": "desc"}], "543210"),
        ([{"NONE": {"order": "asc", "unmapped_type": "keyword"}}, "T"], "012345"),
    ],
)
def test_sorting(store: DocumentStore, sort: Any, order: str) -> None:
    assert ids(search(store, sort=sort)) == order


def test_missing_sort_values_are_shown_as_they_sorted(store: DocumentStore) -> None:
    hits = search(store, sort=["N", "X", "U"])["hits"]["hits"]
    assert hits[-1]["sort"] == [2**63 - 1, -1.0, "bob"]
    assert hits[1]["sort"] == [2, "Infinity", "bob"]
    assert hits[-2]["sort"] == [9, "Infinity", None]


def test_pages(store: DocumentStore) -> None:
    assert ids(search(store, sort=["T"], size=2)) == "01"
    assert ids(search(store, sort=["T"], size=2, **{"from": 3})) == "34"
    assert ids(search(store, sort=["T"], size=2, search_after=[T + 30_000])) == "23"
    assert ids(search(store, sort=["T"], search_after=["2026-11-24T07:22:00Z"])) == "45"
    assert ids(search(store, sort=[{"U": "desc"}, {"T": "asc"}], search_after=["bob", T + 30_000])) == "402"
    assert ids(search(store, size=0)) == ""


def test_totals_can_be_bounded_or_left_out(store: DocumentStore) -> None:
    assert search(store, track_total_hits=4)["hits"]["total"] == {"value": 4, "relation": "gte"}
    assert search(store, track_total_hits=6)["hits"]["total"] == {"value": 6, "relation": "eq"}
    assert "total" not in search(store, track_total_hits=False)["hits"]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (True, ROWS[4]),
        (False, None),
        ("U", {"U": "bob"}),
        (["O.*", "X"], {"X": -1.0, "O": {"P": "/z", "Q": 4}}),
        ({"includes": ["O"], "excludes": ["O.P"]}, {"O": {"Q": 4}}),
        ({"excludes": ["T", "O", "S*"]}, {"U": "bob", "X": -1.0}),
        (["none"], {}),
    ],
)
def test_parts_of_the_source(store: DocumentStore, wanted: Any, shown: Any) -> None:
    (hit,) = search(store, query={"ids": {"values": ["4"]}}, _source=wanted)["hits"]["hits"]
    assert hit.get("_source") == shown


def test_fields_are_shown_from_columns_and_from_the_source(store: DocumentStore) -> None:
    query = {"ids": {"values": ["0"]}}
    asked = ["T", "TAGS", {"field": "T", "format": "epoch_millis"}, "OK", "X", "N*", "NOTE"]
    (hit,) = search(store, query=query, docvalue_fields=asked)["hits"]["hits"]
    assert hit["fields"] == {
        "T": ["2026-11-24T07:18:00.000Z", str(T)],
        "TAGS": ["a", "b"],
        "OK": [True],
        "X": [0.5],
        "N": [1],
    }
    (hit,) = search(store, query=query, fields=["T", "TAGS"], _source=False)["hits"]["hits"]
    assert hit["fields"] == {"T": ["2026-11-24T07:18:00.000Z"], "TAGS": ["a", "b"]}
    assert "_source" not in hit


def test_a_post_filter_leaves_aggregations_alone(store: DocumentStore) -> None:
    answer = search(store, post_filter={"term": {"U": "amy"}}, aggs={"n": {"value_count": {"field": "T"}}})
    assert ids(answer) == "02"
    assert answer["aggregations"]["n"]["value"] == 6


def test_versions_can_be_shown(store: DocumentStore) -> None:
    hit = search(store, size=1, version=True, seq_no_primary_term=True)["hits"]["hits"][0]
    assert (hit["_version"], hit["_seq_no"], hit["_primary_term"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"zzz": {}}, r"Unknown key for a START_OBJECT in \[zzz\]"),
        ({"runtime_mappings": {}}, "not supported"),
        ({"script_fields": {"a": {}}}, "not supported"),
        ({"size": "x"}, "For input string"),
        ({"from": -5}, "cannot be negative"),
        ({"sort": [{"N": "up"}]}, "SortOrder.UP"),
        ({"sort": [{"N": {"zzz": 1}}]}, "unknown field"),
        ({"sort": [1]}, "malformed sort"),
        ({"docvalue_fields": [{}]}, "Required"),
        ({"search_after": []}, "at least one value"),
    ],
)
def test_wrong_requests_are_refused(store: DocumentStore, body: dict[str, Any], reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        store.search("rows", body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"from": 9_995, "size": 10}, "Result window is too large"),
        ({"sort": ["NONE"]}, "No mapping found"),
        ({"sort": ["NOTE"]}, "Text fields are not optimised"),
        ({"sort": ["N"], "search_after": [1, 2]}, "search_after has 2"),
        ({"search_after": [1]}, "at least one field"),
    ],
)
def test_what_the_indices_refuse(store: DocumentStore, body: dict[str, Any], reason: str) -> None:
    with pytest.raises(ShardsFailed) as failed:
        store.search("rows", body)
    assert reason in failed.value.root.message


def test_no_index_at_all_is_no_hit(store: DocumentStore) -> None:
    answer = search(store, "none*", aggs={"n": {"max": {"field": "N"}}})
    assert answer["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": 0.0, "hits": []}
    assert "aggregations" not in answer


def test_several_indices_are_one_set() -> None:
    store = sample_store()
    other = {"U": "zoe", "N": 7, "T": T + 10_000, "TAGS": ["b", "new"], "N2": 1.5}
    store.bulk([BulkOperation("index", "more", "m", other)])
    store.put_mapping("more", {"properties": {"EXTRA": {"type": "long"}}})
    aggs = {"u": {"terms": {"field": "TAGS.keyword"}}, "t": {"terms": {"field": "TAGS"}}}
    answer = search(store, "rows,more", sort=["T"], aggs={"t": aggs["u"]})
    assert ids(answer) == "0m12345"
    store.put_index_template(
        "k",
        {
            "index_patterns": ["keys"],
            "template": {"mappings": {"properties": {"TAGS": {"type": "keyword"}, "T": {"type": "date"}}}},
        },
    )
    store.bulk([BulkOperation("index", "keys", "k", {"TAGS": ["b", "new"], "T": T + 5})])
    answer = search(store, "rows,keys", size=3, sort=[{"TAGS": "desc"}, "T"], aggs={"t": aggs["t"]})
    assert ids(answer) == "k50"
    buckets = answer["aggregations"]["t"]["buckets"]
    assert {bucket["key"]: bucket["doc_count"] for bucket in buckets} == {"a": 1, "b": 3, "c": 1, "new": 1}
    assert search(store, "rows,keys", query={"exists": {"field": "N"}})["hits"]["total"]["value"] == 5


def test_many_searches_fail_apart_unless_one_is_not_understood(store: DocumentStore) -> None:
    lines = [
        SearchLine("rows", {"size": 0}),
        SearchLine("none", {}),
        SearchLine("none", {}, ignore_unavailable=True),
    ]
    answers = store.msearch([*lines, SearchLine("rows", {"query": {"query_string": {"query": "("}}})])
    assert isinstance(answers[1], DocumentError)
    assert isinstance(answers[3], ShardsFailed)
    assert [isinstance(answer, dict) for answer in answers] == [True, False, True, False]
    with pytest.raises(DocumentError, match="unknown query"):
        store.msearch([*lines, SearchLine("rows", {"query": {"foo": {}}})])


def test_an_update_moves_a_document_to_the_end_and_changes_its_columns() -> None:
    store = sample_store()
    store.bulk([BulkOperation("index", "rows", "0", {"U": "new", "T": T})])
    assert ids(search(store)) == "123450"
    assert ids(search(store, query={"term": {"TAGS": "a"}})) == ""
    assert ids(search(store, query={"exists": {"field": "N"}})) == "1235"
    store.bulk([BulkOperation("update", "rows", "1", {"doc": {"N": 50}})])
    assert ids(search(store, query={"term": {"N": 50}})) == "1"
    assert store.bulk([BulkOperation("update", "rows", "1", {"doc": {"N": 50}})])[0].result == "noop"


def test_the_raw_documents_that_grafana_asks_for(store: DocumentStore) -> None:
    answer = search(
        store,
        size=2,
        query={
            "bool": {"filter": [{"range": {"T": {"gte": T, "lte": T + 10**6, "format": "epoch_millis"}}}]}
        },
        sort=[{"T": {"order": "desc", "unmapped_type": "boolean"}}, {"_doc": {"order": "desc"}}],
        script_fields={},
        docvalue_fields=["T"],
        fields=[{"field": "T", "format": "strict_date_optional_time_nanos"}],
        highlight={"fields": {"*": {}}, "pre_tags": ["@"], "post_tags": ["@"], "fragment_size": 2147483647},
    )
    assert ids(answer) == "54"
    assert answer["hits"]["hits"][0]["fields"] == {"T": ["2026-11-24T07:23:00.000Z"]}


def test_the_values_that_grafana_asks_for_a_variable(store: DocumentStore) -> None:
    aggs = {"1": {"terms": {"field": "U", "size": 500, "order": {"_term": "asc"}, "min_doc_count": 1}}}
    answer = search(store, size=0, query={"bool": {"filter": {"match_all": {}}}}, aggs=aggs)
    assert [bucket["key"] for bucket in answer["aggregations"]["1"]["buckets"]] == ["amy", "bob", "carl"]
