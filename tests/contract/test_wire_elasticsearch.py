"""Our Elasticsearch API against what the real one was recorded to answer while the pipeline ran on it.

The recorded server was a 6.3: totals were numbers, mappings had a type, and index names in refusals were not
in the reason. Everything else must be equal.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from clickstream.server.elasticsearch.routes import create_app
from clickstream.storage.documents.store import DocumentStore

TABLES = [
    "bandwidth_per_min",
    "click_user_sessions",
    "enriched_error_codes_count",
    "errors_per_min",
    "errors_per_min_alert",
    "events_per_min",
    "pages_per_min",
    "user_ip_activity",
    "user_session_bandwidth",
]


@pytest.fixture
def client() -> Iterator[TestClient]:
    store = DocumentStore(None)
    with TestClient(create_app(store)) as client:
        yield client
    store.close()


def recordings(shared: Path, pattern: str) -> list[dict[str, Any]]:
    found = sorted((shared / "golden/clickstream/sinks").glob(pattern))
    assert found
    return [json.loads(path.read_text()) for path in found]


def deliver(client: TestClient, shared: Path, table: str) -> None:
    """Write a recorded topic as the sink does: a document a record, under topic+partition+offset."""
    topic = table.upper()
    lines = []
    with gzip.open(shared / f"golden/clickstream/topics/{topic}.jsonl.gz", "rt") as records:
        for record in map(json.loads, records):
            if record["value"] is not None:
                id_ = f"{topic}+{record['partition']}+{record['offset']}"
                lines += [
                    json.dumps({"index": {"_index": table, "_type": "type.name=kafkaconnect", "_id": id_}})
                ]
                lines += [record["value"]]
    answer = client.post(
        "/_bulk", content="\n".join(lines) + "\n", headers={"content-type": "application/x-ndjson"}
    )
    assert answer.json()["errors"] is False


@pytest.fixture
def with_template(client: TestClient, shared: Path) -> TestClient:
    """Our app with the seed's own template put."""
    (put,) = recordings(shared, "002_es_template_put.json")
    request = put["request"]
    answer = client.put(request["path"], content=request["body_raw"], headers=request["headers"])
    assert answer.status_code == put["response"]["status"]
    assert answer.json() == put["response"]["body_json"]
    recorded = put["response"]["headers"]["Warning"].split('"')[1]
    assert recorded in answer.headers["warning"]
    return client


def test_a_template_that_is_not_there(client: TestClient, shared: Path) -> None:
    (recording,) = recordings(shared, "001_es_template_delete.json")
    answer = client.delete(recording["request"]["path"])
    assert answer.status_code == recording["response"]["status"]
    assert answer.json() == recording["response"]["body_json"]


def test_indices_that_are_not_there(client: TestClient, shared: Path) -> None:
    for recording in recordings(shared, "*_es_delete_index_*.json"):
        answer = client.delete(recording["request"]["path"])
        assert answer.status_code == recording["response"]["status"] == 404
        recorded, ours = recording["response"]["body_json"], answer.json()
        for error in (recorded["error"], *recorded["error"]["root_cause"]):
            error["reason"] += f" [{error['index']}]"
        assert ours == recorded


@pytest.mark.parametrize("table", TABLES)
def test_mappings_and_documents(with_template: TestClient, shared: Path, table: str) -> None:
    client = with_template
    deliver(client, shared, table)
    recorded = json.loads((shared / f"golden/clickstream/es/{table}.mapping.json").read_text())
    mapping = client.get(f"/{table}/_mapping").json()
    assert mapping[table]["mappings"] == recorded[table]["mappings"]["type.name=kafkaconnect"]
    hits = json.loads((shared / f"golden/clickstream/es/{table}.search.json").read_text())["hits"]
    total = client.get(f"/{table}/_search?size=0&rest_total_hits_as_int=true").json()["hits"]["total"]
    assert total == hits["total"]
    wanted = [hit["_id"] for hit in hits["hits"]]
    found = client.post(f"/{table}/_search", json={"query": {"ids": {"values": wanted}}}).json()
    sources = {hit["_id"]: hit["_source"] for hit in found["hits"]["hits"]}
    assert sources == {hit["_id"]: hit["_source"] for hit in hits["hits"]}


def test_the_recorded_date_histogram(with_template: TestClient, shared: Path) -> None:
    client = with_template
    deliver(client, shared, "events_per_min")
    body = {
        "size": 0,
        "query": {"bool": {"filter": [{"query_string": {"analyze_wildcard": True, "query": "*"}}]}},
        "aggs": {
            "2": {
                "date_histogram": {"field": "EVENT_TS", "interval": "1m", "format": "epoch_millis"},
                "aggs": {"1": {"sum": {"field": "EVENTS"}}},
            }
        },
    }
    answer = client.post("/events_per_min/_search", json=body)
    name = "grafana_style_date_histogram_events_per_min.json"
    recorded = json.loads((shared / "golden/clickstream/es" / name).read_text())
    assert answer.json()["aggregations"] == recorded["aggregations"]
    assert "use [fixed_interval]" in answer.headers["warning"]


def test_the_list_of_indices(with_template: TestClient, shared: Path) -> None:
    client = with_template
    for table in TABLES:
        deliver(client, shared, table)
    recorded = (shared / "golden/clickstream/es/_cat_indices.txt").read_text().splitlines()
    ours = client.get("/_cat/indices?v").text.splitlines()
    assert ours[0].split() == recorded[0].split()

    def told(line: str) -> tuple[list[str], list[str]]:
        health, status, index, _, *numbers = line.split()
        return [health, status, index], numbers[:4]

    assert sorted(map(told, ours[1:])) == sorted(map(told, recorded[1:]))


def test_every_answer_is_signed(client: TestClient) -> None:
    for path in ("/", "/none/_search", "/_cat/indices", "/nothing/here/at/all"):
        assert client.get(path).headers["x-elastic-product"] == "Elasticsearch"
