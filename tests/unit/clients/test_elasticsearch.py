import json
from pathlib import Path

import pytest
import responses

from clickstream.clients.elasticsearch import ElasticsearchClient, IndexState
from clickstream.core.errors import NotFound

URL = "http://127.0.0.1:9200"


@pytest.fixture
def client() -> ElasticsearchClient:
    return ElasticsearchClient(URL)


@responses.activate
def test_count_and_newest_event_come_from_one_search(client: ElasticsearchClient) -> None:
    answer = {
        "hits": {"total": {"value": 7, "relation": "eq"}},
        "aggregations": {"oldest": {"value": 1e12}, "newest": {"value": 1.5e12}},
    }
    responses.post(f"{URL}/events_per_min/_search", json=answer)
    assert client.index_state("events_per_min", "EVENT_TS") == IndexState(
        7, 1_000_000_000_000, 1_500_000_000_000
    )
    assert json.loads(responses.calls[0].request.body)["aggs"]["newest"] == {"max": {"field": "EVENT_TS"}}


@responses.activate
def test_the_recorded_form_of_version_6_is_read_too(shared: Path, client: ElasticsearchClient) -> None:
    recording = json.loads((shared / "golden/clickstream/es/events_per_min.search.json").read_text())
    total = recording.get("response", recording).get("body_json", recording)["hits"]["total"]
    assert isinstance(total, int)
    responses.post(
        f"{URL}/x/_search",
        json={
            "hits": {"total": total},
            "aggregations": {"oldest": {"value": None}, "newest": {"value": None}},
        },
    )
    assert client.index_state("x", "EVENT_TS") == IndexState(total, None, None)


@responses.activate
def test_an_absent_index_is_not_found_with_the_servers_reason(client: ElasticsearchClient) -> None:
    error = {"error": {"type": "index_not_found_exception", "reason": "no such index [x]"}, "status": 404}
    responses.post(f"{URL}/x/_search", json=error, status=404)
    with pytest.raises(NotFound, match=r"no such index \[x\]"):
        client.index_state("x", "EVENT_TS")


@responses.activate
def test_what_is_not_there_is_none(client: ElasticsearchClient) -> None:
    responses.get(f"{URL}/_ingest/pipeline/p", json={}, status=404)
    responses.get(f"{URL}/_index_template/t", json={"error": {"reason": "no"}}, status=404)
    assert client.pipeline("p") is None
    assert client.index_template("t") is None


@responses.activate
def test_what_is_there_is_unwrapped(client: ElasticsearchClient) -> None:
    responses.get(f"{URL}/_ingest/pipeline/p", json={"p": {"processors": []}})
    templates = {"index_templates": [{"name": "t", "index_template": {"index_patterns": ["a"]}}]}
    responses.get(f"{URL}/_index_template/t", json=templates)
    assert client.pipeline("p") == {"processors": []}
    assert client.index_template("t") == {"index_patterns": ["a"]}


@responses.activate
def test_health_and_version(client: ElasticsearchClient) -> None:
    responses.get(f"{URL}/_cluster/health", json={"status": "green"})
    responses.get(f"{URL}/", json={"version": {"number": "8.19.21"}})
    assert (client.health(), client.version()) == ("green", "8.19.21")
