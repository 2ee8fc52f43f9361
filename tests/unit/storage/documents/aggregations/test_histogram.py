from typing import Any

import pytest

from clickstream.storage.documents.errors import DocumentError, ShardsFailed
from clickstream.storage.documents.store import BulkOperation, DocumentStore
from tests.helpers.sample_documents import T, sample_store

MINUTE = 60_000


@pytest.fixture(scope="module")
def store() -> DocumentStore:
    return sample_store()


def buckets(store: DocumentStore, kind: str, settings: dict[str, Any], **inner: Any) -> Any:
    aggs = {"h": {kind: settings, **({"aggs": inner} if inner else {})}}
    return store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["h"]["buckets"]


def counts(found: Any) -> list[tuple[Any, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in found]


def test_gaps_are_filled(store: DocumentStore) -> None:
    found = buckets(store, "date_histogram", {"field": "T", "fixed_interval": "1m"})
    assert counts(found) == [
        (T, 2),
        (T + MINUTE, 1),
        (T + 2 * MINUTE, 0),
        (T + 3 * MINUTE, 0),
        (T + 4 * MINUTE, 2),
        (T + 5 * MINUTE, 1),
    ]
    assert found[0]["key_as_string"] == "2026-11-24T07:18:00.000Z"


def test_empty_buckets_have_empty_sub_aggregations(store: DocumentStore) -> None:
    inner = {"m": {"max": {"field": "N"}}, "s": {"sum": {"field": "N"}}, "u": {"terms": {"field": "U"}}}
    empty = buckets(store, "date_histogram", {"field": "T", "fixed_interval": "1m"}, **inner)[2]
    assert empty["m"] == {"value": None}
    assert empty["s"] == {"value": 0.0}
    assert empty["u"]["buckets"] == []


def test_a_minimum_leaves_buckets_out(store: DocumentStore) -> None:
    settings = {"field": "T", "interval": "1m", "min_doc_count": 2}
    assert counts(buckets(store, "date_histogram", settings)) == [(T, 2), (T + 4 * MINUTE, 2)]


def test_bounds_extend_but_do_not_cut(store: DocumentStore) -> None:
    settings = {
        "field": "T",
        "fixed_interval": "1m",
        "extended_bounds": {"min": T - MINUTE, "max": "now"},
        "format": "epoch_millis",
    }
    found = buckets(store, "date_histogram", settings)
    assert (found[0]["key"], found[-1]["key"], len(found)) == (T - MINUTE, T + 10 * MINUTE, 12)
    assert found[0]["key_as_string"] == str(T - MINUTE)
    inside = {**settings, "extended_bounds": {"min": T + MINUTE, "max": T + MINUTE}}
    assert len(buckets(store, "date_histogram", inside)) == 6
    unused = {**settings, "min_doc_count": 1}
    assert len(buckets(store, "date_histogram", unused)) == 4


def test_bounds_alone_make_buckets_where_nothing_matches(store: DocumentStore) -> None:
    settings = {"field": "T", "fixed_interval": "1m", "extended_bounds": {"min": T, "max": T + MINUTE}}
    aggs = {"h": {"date_histogram": settings}}
    answer = store.search("rows", {"size": 0, "query": {"match_none": {}}, "aggs": aggs})
    assert counts(answer["aggregations"]["h"]["buckets"]) == [(T, 0), (T + MINUTE, 0)]


def test_every_owner_has_its_own_range(store: DocumentStore) -> None:
    inner = {"h": {"date_histogram": {"field": "T", "fixed_interval": "1m"}}}
    aggs = {"u": {"terms": {"field": "U"}, "aggs": inner}}
    users = store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["u"]["buckets"]
    assert [len(user["h"]["buckets"]) for user in users] == [2, 5, 1]


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({"calendar_interval": "hour"}, "2026-11-24T07:00:00.000Z"),
        ({"calendar_interval": "1d"}, "2026-11-24T00:00:00.000Z"),
        ({"calendar_interval": "week"}, "2026-11-23T00:00:00.000Z"),
        ({"calendar_interval": "month"}, "2026-11-01T00:00:00.000Z"),
        ({"calendar_interval": "quarter"}, "2026-10-01T00:00:00.000Z"),
        ({"calendar_interval": "1y"}, "2026-01-01T00:00:00.000Z"),
        ({"calendar_interval": "day", "time_zone": "Europe/Berlin"}, "2026-11-24T00:00:00.000+01:00"),
        ({"calendar_interval": "hour", "time_zone": "America/New_York"}, "2026-11-24T02:00:00.000-05:00"),
        ({"fixed_interval": "1d", "time_zone": "+05:30"}, "2026-11-24T00:00:00.000+05:30"),
        ({"fixed_interval": "90m", "time_zone": "Europe/Berlin"}, "2026-11-24T07:30:00.000+01:00"),
        ({"fixed_interval": "1h", "offset": "+15m"}, "2026-11-24T07:15:00.000Z"),
        ({"calendar_interval": "day", "offset": "-6h"}, "2026-11-23T18:00:00.000Z"),
        ({"interval": 3_600_000}, "2026-11-24T07:00:00.000Z"),
    ],
)
def test_where_buckets_begin(store: DocumentStore, settings: dict[str, Any], first: str) -> None:
    found = buckets(store, "date_histogram", {"field": "T", **settings})
    assert found[0]["key_as_string"] == first
    assert sum(bucket["doc_count"] for bucket in found) == 6


def test_days_of_a_changing_clock_are_whole() -> None:
    store = DocumentStore(None)
    hours = range(0, 72)
    # 2026-03-27T00:00Z; Berlin goes to summer time on the 29th.
    start = 1_774_569_600_000
    store.create_index("rows", {"mappings": {"properties": {"T": {"type": "date"}}}})
    store.bulk([BulkOperation("index", "rows", None, {"T": start + hour * 3_600_000}) for hour in hours])
    aggs = {"h": {"date_histogram": {"field": "T", "calendar_interval": "day", "time_zone": "Europe/Berlin"}}}
    found = store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]["h"]["buckets"]
    assert [bucket["doc_count"] for bucket in found] == [23, 24, 23, 2]


def test_order_and_keys(store: DocumentStore) -> None:
    settings = {"field": "T", "fixed_interval": "1m", "min_doc_count": 1}
    down = buckets(store, "date_histogram", {**settings, "order": {"_key": "desc"}})
    assert [count for _, count in counts(down)] == [1, 2, 1, 2]
    by_count = buckets(store, "date_histogram", {**settings, "order": {"_count": "desc"}})
    assert counts(by_count)[:2] == [(T, 2), (T + 4 * MINUTE, 2)]
    keyed = buckets(store, "date_histogram", {**settings, "keyed": True, "format": "HH:mm"})
    assert list(keyed) == ["07:18", "07:19", "07:22", "07:23"]
    by_metric = buckets(
        store, "date_histogram", {**settings, "order": {"m": "desc"}}, m={"max": {"field": "N"}}
    )
    assert by_metric[0]["m"]["value"] == 9.0


def test_a_document_counts_once_in_a_bucket(store: DocumentStore) -> None:
    assert counts(buckets(store, "histogram", {"field": "SIZES", "interval": 5})) == [(0.0, 2), (5.0, 1)]


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({"interval": 5}, [(0.0, 2), (5.0, 3)]),
        ({"interval": 2.5, "min_doc_count": 1}, [(0.0, 2), (5.0, 2), (7.5, 1)]),
        ({"interval": 5, "offset": 2}, [(-3.0, 1), (2.0, 3), (7.0, 1)]),
        ({"interval": 5, "missing": 20}, [(0.0, 2), (5.0, 3), (10.0, 0), (15.0, 0), (20.0, 1)]),
        (
            {"interval": 5, "extended_bounds": {"min": -6, "max": 11}},
            [(-10.0, 0), (-5.0, 0), (0.0, 2), (5.0, 3), (10.0, 0)],
        ),
    ],
)
def test_numbers(store: DocumentStore, settings: dict[str, Any], wanted: list[tuple[float, int]]) -> None:
    assert counts(buckets(store, "histogram", {"field": "N", **settings})) == wanted


def test_an_unmapped_field_has_no_buckets(store: DocumentStore) -> None:
    assert buckets(store, "date_histogram", {"field": "NONE", "fixed_interval": "1m"}) == []
    assert buckets(store, "histogram", {"field": "NONE", "interval": 1}) == []


@pytest.mark.parametrize(
    ("kind", "settings", "reason"),
    [
        ("date_histogram", {"fixed_interval": "1M"}, "fixed_interval"),
        ("date_histogram", {"calendar_interval": "5m"}, "calendar_interval"),
        ("date_histogram", {"fixed_interval": "1m", "time_zone": "Mars/X"}, "time_zone"),
        ("date_histogram", {"fixed_interval": "1m", "zzz": 1}, "unknown field"),
        ("histogram", {"interval": 0}, "interval"),
    ],
)
def test_wrong_settings_are_refused(
    store: DocumentStore, kind: str, settings: dict[str, Any], reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        buckets(store, kind, {"field": "T", **settings})


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("date_histogram", {"field": "T"}),
        ("date_histogram", {"field": "U", "fixed_interval": "1m"}),
        ("histogram", {"field": "N"}),
        ("histogram", {"field": "U", "interval": 1}),
    ],
)
def test_what_the_data_refuses(store: DocumentStore, kind: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ShardsFailed):
        buckets(store, kind, settings)


def test_too_many_buckets_are_refused_before_they_are_made(store: DocumentStore) -> None:
    for settings in ({"field": "T", "fixed_interval": "1ms"}, {"field": "N", "interval": 1e-12}):
        kind = "date_histogram" if "fixed_interval" in settings else "histogram"
        with pytest.raises(DocumentError, match="too many buckets"):
            buckets(store, kind, settings)
