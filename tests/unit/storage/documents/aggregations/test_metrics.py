import math
from typing import Any

import pytest

from clickstream.storage.documents.errors import DocumentError, ShardsFailed
from clickstream.storage.documents.store import DocumentStore
from tests.helpers.sample_documents import T, sample_store


@pytest.fixture(scope="module")
def store() -> DocumentStore:
    return sample_store()


def metric(store: DocumentStore, kind: str, field: str = "N", **settings: Any) -> Any:
    aggs = {"m": {kind: {"field": field, **settings}}}
    return store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["m"]


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("max", "N", 9.0),
        ("min", "N", 1.0),
        ("sum", "N", 22.0),
        ("avg", "N", 4.4),
        ("sum", "SIZES", 16.0),
        ("avg", "SIZES", 4.0),
        ("value_count", "SIZES", 4),
        ("value_count", "TAGS", 4),
        ("value_count", "NONE", 0),
        ("cardinality", "SIZES", 3),
        ("cardinality", "TAGS", 3),
        ("cardinality", "X", 3),
        ("cardinality", "NONE", 0),
        ("max", "NONE", None),
        ("avg", "NONE", None),
        ("sum", "NONE", 0.0),
    ],
)
def test_single_values(store: DocumentStore, kind: str, field: str, value: Any) -> None:
    assert metric(store, kind, field) == {"value": pytest.approx(value) if value is not None else None}


def test_missing_values_may_stand_for_something(store: DocumentStore) -> None:
    assert metric(store, "sum", missing=100) == {"value": 122.0}
    assert metric(store, "max", "NONE", missing=3) == {"value": 3.0}


def test_dates_and_booleans_are_written_too(store: DocumentStore) -> None:
    assert metric(store, "min", "T") == {"value": float(T), "value_as_string": "2026-11-24T07:18:00.000Z"}
    assert metric(store, "max", "T", format="HH:mm")["value_as_string"] == "07:23"
    assert metric(store, "max", "OK") == {"value": 1.0, "value_as_string": "true"}


def test_stats(store: DocumentStore) -> None:
    assert metric(store, "stats") == {"count": 5, "min": 1.0, "max": 9.0, "avg": 4.4, "sum": 22.0}
    assert metric(store, "stats", "NONE") == {"count": 0, "min": None, "max": None, "avg": None, "sum": 0.0}
    assert metric(store, "stats", "OK")["min_as_string"] is False
    assert metric(store, "stats", "T")["min_as_string"] == "2026-11-24T07:18:00.000Z"


def test_extended_stats(store: DocumentStore) -> None:
    found = metric(store, "extended_stats", "N", sigma=1)
    assert found["sum_of_squares"] == 136.0
    assert found["variance"] == found["variance_population"] == pytest.approx(7.84)
    assert found["std_deviation"] == pytest.approx(2.8)
    assert found["std_deviation_sampling"] == pytest.approx(math.sqrt(9.8))
    assert found["std_deviation_bounds"]["upper"] == pytest.approx(7.2)
    assert found["std_deviation_bounds"]["lower_sampling"] == pytest.approx(4.4 - math.sqrt(9.8))
    none = metric(store, "extended_stats", "NONE")
    assert none["sum_of_squares"] is None
    assert none["std_deviation_bounds"]["upper"] is None


def test_percentiles(store: DocumentStore) -> None:
    found = metric(store, "percentiles", percents=[0, 50, 100])
    assert found == {"values": {"0.0": 1.0, "50.0": 5.0, "100.0": 9.0}}
    listed = metric(store, "percentiles", percents=[25], keyed=False)
    assert listed == {"values": [{"key": 25.0, "value": 1.75}]}
    assert metric(store, "percentiles", "NONE", percents=[50]) == {"values": {"50.0": None}}
    assert (
        metric(store, "percentiles", "T", percents=[0])["values"]["0.0_as_string"]
        == "2026-11-24T07:18:00.000Z"
    )


def test_per_bucket_every_metric_is_of_that_bucket_only(store: DocumentStore) -> None:
    inner = {
        "max": {"max": {"field": "N"}},
        "min": {"min": {"field": "X"}},
        "card": {"cardinality": {"field": "N"}},
        "tags": {"value_count": {"field": "TAGS"}},
        "p": {"percentiles": {"field": "N", "percents": [50]}},
    }
    aggs = {"u": {"terms": {"field": "U"}, "aggs": inner}}
    amy, bob, carl = store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["u"]["buckets"]
    assert [bucket["max"]["value"] for bucket in (amy, bob, carl)] == [5.0, 2.0, 5.0]
    assert [bucket["min"]["value"] for bucket in (amy, bob, carl)] == [0.5, -1.0, None]
    assert [bucket["card"]["value"] for bucket in (amy, bob, carl)] == [2, 1, 1]
    assert [bucket["tags"]["value"] for bucket in (amy, bob, carl)] == [2, 1, 0]
    assert [bucket["p"]["values"]["50.0"] for bucket in (amy, bob, carl)] == [3.0, 2.0, 5.0]


def test_order_by_a_number_that_is_not_there_is_refused(store: DocumentStore) -> None:
    inner = {"s": {"stats": {"field": "N"}}, "p": {"percentiles": {"field": "N"}}}
    aggs = {"u": {"terms": {"field": "U", "order": {"s.nope": "asc"}}, "aggs": inner}}
    with pytest.raises(ShardsFailed):
        store.search("rows", {"size": 0, "aggs": aggs})
    aggs["u"]["terms"]["order"] = {"p.50": "desc"}  # type: ignore[index]
    buckets = store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["u"]["buckets"]
    assert [bucket["key"] for bucket in buckets] == ["carl", "amy", "bob"]


def test_texts_and_wrong_percents_are_refused(store: DocumentStore) -> None:
    with pytest.raises(ShardsFailed) as failed:
        metric(store, "sum", "U")
    assert failed.value.root.message == "Field [U] of type [keyword] is not supported for aggregation [sum]"
    with pytest.raises(DocumentError, match="Failed to build"):
        metric(store, "percentiles", percents=[101])
