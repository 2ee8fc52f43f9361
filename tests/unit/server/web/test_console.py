"""The console's own API, on a node in memory that is stepped by hand."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from clickstream.core.records import Record
from clickstream.server.app import Embedded
from clickstream.server.web.records import BURST

SCRIPT = """
CREATE STREAM clicks (id INT KEY, bytes BIGINT)
  WITH (kafka_topic='clicks', partitions=1, value_format='json');
CREATE TABLE totals AS SELECT id, SUM(bytes) AS total
  FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY id;
"""
SINK = {
    "connector.class": "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector",
    "topics": "TOTALS,other",
    "topic.index.map": "other:mapped",
    "connection.url": "http://127.0.0.1:9200",
    "key.ignore": "true",
    "schema.ignore": "true",
}


@pytest.fixture
def services() -> Iterator[Embedded]:
    opened = Embedded(None)
    opened.executor.execute(SCRIPT, {}, {})
    yield opened
    opened.close()


@pytest.fixture
def client(services: Embedded) -> TestClient:
    return TestClient(services.apps["grafana"], base_url="http://127.0.0.1:3000", follow_redirects=False)


def _click(services: Embedded, *records: Record) -> None:
    services.node.produce([("clicks", records)], wait=False)
    while services.node.step():
        pass


def _one(number: int, **headers: str) -> Record:
    named = tuple((name, value.encode()) for name, value in headers.items())
    return Record(number.to_bytes(4, "big"), b'{"BYTES": 5}', 12_000, named)


def _entry(entries: list[dict[str, Any]], **wanted: str) -> dict[str, Any]:
    return next(e for e in entries if all(e[name] == value for name, value in wanted.items()))


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line]


def test_the_flow_counts_what_moves(client: TestClient, services: Embedded) -> None:
    _click(services, _one(1), _one(2), Record(b"\0\0\0\3", b"no json", 12_000))
    flow = client.get("/api/flow").json()
    assert _entry(flow["topics"], name="clicks") | {"bytes": 0, "config": {}} == {
        "name": "clicks",
        "begin": 0,
        "end": 3,
        "messages": 3,
        "bytes": 0,
        "partitions": 1,
        "config": {},
    }
    query = _entry(flow["queries"], sink="TOTALS")
    assert (query["sources"], query["topics"], query["sinkTopic"]) == (["CLICKS"], ["clicks"], "TOTALS")
    assert (query["recordsIn"], query["recordsOut"], query["lag"]) == (3, 2, 0)
    assert (query["state"], query["failure"]) == ("RUNNING", None)
    (bad,) = flow["badRecords"]
    assert (bad["kind"], bad["count"]) == ("DESERIALIZATION_ERROR", 1)
    source = _entry(flow["sources"], name="TOTALS")
    assert (source["kind"], source["window"], source["columns"]) == ("TABLE", "TUMBLING", ["ID", "TOTAL"])


def test_a_sink_names_its_indices_as_it_will_write_them(client: TestClient, services: Embedded) -> None:
    assert client.post("/api/connect/connectors", json={"name": "sink", "config": SINK}).status_code == 201
    services.connectors.step()
    (connector,) = client.get("/api/flow").json()["connectors"]
    assert connector["type"] == "sink"
    assert connector["topics"] == ["TOTALS", "other"]
    assert connector["indices"] == ["totals", "mapped"]


def test_records_have_keys_as_their_source_reads_them(client: TestClient, services: Embedded) -> None:
    _click(services, _one(7, city="Köln"))
    (record,) = _lines(client.get("/api/topics/clicks/records").text)
    assert record == {
        "offset": 0,
        "timeMs": 12_000,
        "key": {"ID": 7},
        "value": '{"BYTES": 5}',
        "headers": [["city", "Köln"]],
    }
    (row,) = _lines(client.get("/api/topics/TOTALS/records").text)
    assert row["key"] == {"ID": 7, "window": {"start": 10_000, "end": 20_000}}


def test_a_key_that_its_source_cannot_read_is_text_or_digits(client: TestClient, services: Embedded) -> None:
    _click(services, Record(b"word", None, 1), Record(b"longer word", None, 1), Record(b"\xff", None, 1))
    _click(services, Record(None, b"\xfe\x00", 1))
    keys = [line["key"] for line in _lines(client.get("/api/topics/clicks/records").text)]
    assert keys == [{"ID": int.from_bytes(b"word", "big")}, "longer word", "0xff", None]
    assert _lines(client.get("/api/topics/clicks/records?last=1").text)[0]["value"] == "0xfe00"


def test_records_are_filtered_by_key_value_and_header(client: TestClient, services: Embedded) -> None:
    _click(services, _one(1), _one(2, city="Bonn"), _one(3))
    found = client.get("/api/topics/clicks/records?contains=CITY=bonn").text
    assert [line["offset"] for line in _lines(found)] == [1]
    assert [
        line["offset"] for line in _lines(client.get('/api/topics/clicks/records?contains="id":3').text)
    ] == [2]
    assert client.get("/api/topics/clicks/records?contains=nothing").text == ""


def test_a_flood_is_thinned_out_and_counted(client: TestClient, services: Embedded) -> None:
    _click(services, *(_one(n) for n in range(BURST + 20)))
    lines = _lines(client.get("/api/topics/clicks/records").text)
    assert lines[0] == {"skipped": 20}
    assert [line["offset"] for line in lines[1:]] == list(range(20, BURST + 20))
    assert len(_lines(client.get("/api/topics/clicks/records?last=3").text)) == 3


def test_no_tail_is_left_behind(client: TestClient, services: Embedded) -> None:
    _click(services, _one(1))
    client.get("/api/topics/clicks/records")
    assert services.node.metrics().tails == 0


def test_an_unknown_topic_is_not_found(client: TestClient) -> None:
    assert client.get("/api/topics/none/records").status_code == 404


def test_ksqldb_and_connect_are_answered_here_too(client: TestClient) -> None:
    assert client.get("/api/ksql/info").json()["KsqlServerInfo"]["serverStatus"] == "RUNNING"
    refused = client.post("/api/ksql/ksql", json={"ksql": "SELEC 1;"})
    assert (refused.status_code, refused.json()["error_code"]) == (400, 40001)
    assert client.get("/api/connect/connectors").json() == []
    assert "error_code" in client.get("/api/connect/connectors/none").json()


def test_another_sites_page_cannot_run_statements(client: TestClient) -> None:
    headers = {"origin": "https://elsewhere.example"}
    assert client.post("/api/ksql/ksql", json={"ksql": "SHOW TABLES;"}, headers=headers).status_code == 403


def test_keywords_are_sorted_words(client: TestClient) -> None:
    words = client.get("/api/keywords").json()
    assert words == sorted(set(words))
    assert {"SELECT", "EMIT", "TUMBLING"} <= set(words)
