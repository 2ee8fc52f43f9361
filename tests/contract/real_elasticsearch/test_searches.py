"""Searches that both servers must answer alike: made up ones, wrong ones, and those of the dashboard."""

import json
from typing import Any

import pytest

from benchmarks.search import END_MS, SHARES, TEMPLATE, panel_searches, rows
from tests.helpers.real_elasticsearch.compare import Pair, ndjson
from tests.helpers.real_elasticsearch.generate import FIRST_MS, Generator
from tests.helpers.real_elasticsearch.wrong_requests import WRONG_SEARCHES

BLOCK = 25


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", range(0, 300, BLOCK))
def test_made_up_searches(pair: Pair, first_seed: int) -> None:
    for seed in range(first_seed, first_seed + BLOCK):
        answer = pair.agree("POST", "/rows-a/_search", Generator(seed).search())
        assert answer.status == 200


@pytest.mark.parametrize("body", WRONG_SEARCHES, ids=lambda body: json.dumps(body)[:80])
def test_wrong_searches(pair: Pair, body: dict[str, Any]) -> None:
    assert pair.agree("POST", "/rows-a/_search", body).status >= 400


OVER_SEVERAL: list[dict[str, Any]] = [
    {"size": 0, "track_total_hits": True, "aggs": {"u": {"terms": {"field": "USERNAME", "size": 100}}}},
    {"size": 20, "sort": [{"EVENT_TS": "desc"}, {"_index": "asc"}, {"SEQ": "asc"}]},
    {"size": 0, "query": {"term": {"_index": "rows-b"}}, "aggs": {"n": {"value_count": {"field": "SEQ"}}}},
    {
        "size": 0,
        "aggs": {
            "t": {
                "date_histogram": {"field": "EVENT_TS", "fixed_interval": "5m"},
                "aggs": {
                    "c": {"terms": {"field": "CITY", "order": {"_key": "asc"}, "size": 100}},
                    "s": {"cardinality": {"field": "TAGS"}},
                },
            }
        },
    },
]


@pytest.mark.parametrize("expression", ["rows-a,rows-b", "rows-*", "_all", "rows-*,-rows-b", "rows-b,none*"])
@pytest.mark.parametrize("body", OVER_SEVERAL, ids=range(len(OVER_SEVERAL)))
def test_searches_over_several_indices(pair: Pair, expression: str, body: dict[str, Any]) -> None:
    if expression == "_all":
        body = {
            **body,
            "query": {
                "bool": {"filter": [{"exists": {"field": "SEQ"}}, body.get("query", {"match_all": {}})]}
            },
        }
        expression = "rows-a,rows-b"
    pair.agree("POST", f"/{expression}/_search", body)


PAGES: list[dict[str, Any]] = [
    {"sort": [{"COUNT": "desc"}, {"SEQ": "asc"}], "size": 7, "search_after": [40, 100]},
    {"sort": [{"USERNAME": "asc"}, {"SEQ": "desc"}], "size": 7, "search_after": ["Ferd88", 90]},
    {"sort": [{"EVENT_TS": "asc"}, {"SEQ": "asc"}], "size": 5, "search_after": [FIRST_MS + 600_000, 0]},
    {"sort": [{"SEQ": "asc"}], "size": 3, "from": 390, "version": True, "seq_no_primary_term": True},
    {"sort": [{"SEQ": "asc"}], "size": 3, "fields": ["USERNAME", "EVENT_TS"], "_source": False},
    {
        "sort": [{"SEQ": "asc"}],
        "size": 2,
        "fields": [{"field": "EVENT_TS", "format": "epoch_millis"}, "REQ*"],
    },
    {"sort": [{"NONE": {"order": "asc", "unmapped_type": "long"}}, {"SEQ": "asc"}], "size": 2},
    {"sort": [{"SIZES": {"order": "desc", "mode": "sum"}}, {"SEQ": "asc"}], "size": 5},
    {"sort": [{"TAGS": {"order": "desc", "missing": "_first"}}, {"SEQ": "asc"}], "size": 5},
    {"sort": [{"COUNT": {"order": "asc", "missing": 3}}, {"SEQ": "asc"}], "size": 5},
    {
        "sort": ["SEQ"],
        "size": 2,
        "post_filter": {"term": {"CITY": "London"}},
        "aggs": {"n": {"max": {"field": "SEQ"}}},
    },
    {
        "size": 0,
        "aggs": {"p": {"percentiles": {"field": "COUNT", "percents": [50]}}},
        "query": {"range": {"SEQ": {"lt": 20}}},
    },
    {"size": 0, "track_total_hits": 100},
    {"size": 0, "track_total_hits": False},
    {"size": 0, "query": {"ids": {"values": ["3", "999"]}}},
]


@pytest.mark.parametrize("body", PAGES, ids=range(len(PAGES)))
def test_pages_and_shown_fields(pair: Pair, body: dict[str, Any]) -> None:
    assert pair.agree("POST", "/rows-a/_search", body).status == 200


REGULAR_EXPRESSIONS = [
    "[A-F].*", "Ree?va4{1,2}3?", "(Ferd|Abdel)_?8+[68]", "@_@", ".{7}", "[^A-Z].*", '"Reeva43"', "#",
    ".*\\d{4}", "Ferd88|Reeva43", "(", "[a", "*a", "a{x}", "A(b(d)?)?.*",
]  # fmt: skip


@pytest.mark.parametrize("pattern", REGULAR_EXPRESSIONS)
def test_regular_expressions(pair: Pair, pattern: str) -> None:
    pair.agree("POST", "/rows-a/_count", {"query": {"regexp": {"USERNAME": pattern}}})
    aggs = {"u": {"terms": {"field": "USERNAME", "include": pattern}}}
    if pattern not in ("(", "[a", "*a", "a{x}"):
        pair.agree("POST", "/rows-a/_search", {"size": 0, "aggs": aggs})


PARAMETERS = [
    "q=USERNAME:Reeva43&size=0",
    "q=Reeva43&df=USERNAME&size=0",
    "q=CITY:London%20STATUS:404&default_operator=AND&size=0",
    "size=2&sort=SEQ:desc",
    "size=2&sort=COUNT:desc,SEQ&_source=SEQ,COUNT",
    "size=1&sort=SEQ&_source_excludes=REQUEST,USERNAME",
    "size=0&rest_total_hits_as_int=true",
    "size=1&sort=SEQ&docvalue_fields=CITY,STATUS",
]


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_searches_by_parameters(pair: Pair, parameters: str) -> None:
    assert pair.agree("GET", f"/rows-a/_search?{parameters}").status == 200


def test_many_searches_at_once(pair: Pair) -> None:
    lines: list[Any] = []
    for seed in range(5000, 5010):
        lines += [{"index": "rows-a", "ignore_unavailable": True}, Generator(seed).search()]
    lines += [{"index": ["none"]}, {}, {"index": "rows-a"}, {"query": {"query_string": {"query": "("}}}]
    lines += [{"index": "none", "ignore_unavailable": True}, {"size": 0}]
    assert len(pair.agree("POST", "/_msearch", ndjson(*lines)).body["responses"]) == 13
    pair.agree("POST", "/rows-a/_msearch", ndjson({}, {"size": 0}))
    assert pair.agree("POST", "/_msearch", ndjson({"index": "rows-a"}, {"query": {"foo": {}}})).status == 400


@pytest.fixture(scope="module")
def nine_tables(empty_pair: Pair) -> Pair:
    """Both servers with a day's rows of the nine tables, written as the sinks write them."""
    content = json.loads(TEMPLATE.read_text())
    for index, (share, key) in SHARES.items():
        id_ = "|".join("{{{" + field + "}}}" for field in key)
        empty_pair.agree(
            "PUT", f"/_ingest/pipeline/{index}", {"processors": [{"set": {"field": "_id", "value": id_}}]}
        )
        settings = {**content["settings"], "index.default_pipeline": index}
        template = {"index_patterns": [index], "template": {**content, "settings": settings}}
        empty_pair.agree("PUT", f"/_index_template/{index}", template)
        lines: list[Any] = []
        for number, row in enumerate(rows(index, round(8_000 * share))):
            lines += [{"index": {"_index": index, "_id": f"{index.upper()}+0+{number}"}}, row]
        empty_pair.agree("POST", "/_bulk?refresh=true", ndjson(*lines))
    return empty_pair


@pytest.mark.parametrize("minutes", [15, 60, 24 * 60])
def test_the_dashboards_searches(nine_tables: Pair, minutes: int) -> None:
    lines: list[Any] = []
    for _, index, body in panel_searches(END_MS - minutes * 60_000, END_MS):
        lines += [{"index": index, "search_type": "query_then_fetch", "ignore_unavailable": True}, body]
    answers = nine_tables.agree("POST", "/_msearch", ndjson(*lines)).body["responses"]
    assert len(answers) >= 11
    assert all("aggregations" in answer for answer in answers)


def test_redelivered_rows_change_nothing(nine_tables: Pair) -> None:
    sums = {"size": 0, "track_total_hits": True, "aggs": {"s": {"sum": {"field": "TOTAL_BYTES"}}}}
    before = nine_tables.agree("POST", "/bandwidth_per_min/_search", sums).body
    lines: list[Any] = []
    for number, row in enumerate(rows("bandwidth_per_min", round(8_000 * SHARES["bandwidth_per_min"][0]))):
        lines += [{"index": {"_index": "bandwidth_per_min", "_id": f"again+{number}"}}, row]
    nine_tables.agree("POST", "/_bulk?refresh=true", ndjson(*lines))
    after = nine_tables.agree("POST", "/bandwidth_per_min/_search", sums).body
    assert after["hits"]["total"] == before["hits"]["total"]
    assert after["aggregations"] == before["aggregations"]
