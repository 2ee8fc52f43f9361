import json
from pathlib import Path

import pytest
import responses

from clickstream.clients.connect import ConnectClient
from clickstream.core.errors import Conflict, NotFound, ServiceRejected, ServiceUnavailable
from tests.helpers.recorded_replies import load, replay

URL = "http://127.0.0.1:8083"


@pytest.fixture
def client() -> ConnectClient:
    return ConnectClient(URL)


def recorded(shared: Path, name: str) -> None:
    replay(responses.mock, URL, load(shared / f"golden/rest/connect/{name}.json"))


@responses.activate
def test_names_statuses_and_plugins(shared: Path, client: ConnectClient) -> None:
    recorded(shared, "023_connectors")
    recorded(shared, "004_connector_plugins")
    recorded(shared, "001_root")
    assert "datagen_clickstream" in client.names()
    assert "io.confluent.kafka.connect.datagen.DatagenConnector" in client.plugin_classes()
    assert client.version() == "3.9.1"


@responses.activate
def test_a_connector_that_runs_and_one_whose_task_failed(shared: Path, client: ConnectClient) -> None:
    recorded(shared, "033_status")
    status = client.status("datagen_clickstream")
    assert (status.state, status.is_running, status.failed) == ("RUNNING", True, None)
    responses.reset()
    recorded(shared, "024_connectors_expand_status")
    failed = next(status for status in client.statuses() if status.name == "bad4")
    assert failed.state == "RUNNING"
    assert not failed.is_running
    assert failed.failed is not None
    assert "ConnectException" in failed.failed.trace


@responses.activate
def test_no_connectors_at_all(shared: Path, client: ConnectClient) -> None:
    recorded(shared, "003_connectors_expand_status_empty")
    assert client.statuses() == []


@responses.activate
def test_pause_resume_restart_delete_have_empty_answers(shared: Path, client: ConnectClient) -> None:
    for name in ("038_pause", "044_resume", "052_restart_include_tasks"):
        recorded(shared, name)
    responses.delete(f"{URL}/connectors/datagen_clickstream", status=204)
    client.pause("datagen_clickstream")
    client.resume("datagen_clickstream")
    client.restart("datagen_clickstream")
    client.delete("datagen_clickstream")
    assert [call.request.method for call in responses.calls] == ["PUT", "PUT", "POST", "DELETE"]


@responses.activate
@pytest.mark.parametrize(
    ("recording", "call"),
    [("034_status_404", "status"), ("048_pause_404", "pause"), ("049_resume_404", "resume")],
)
def test_an_unknown_connector_is_not_found(
    shared: Path, client: ConnectClient, recording: str, call: str
) -> None:
    recorded(shared, recording)
    with pytest.raises(NotFound, match="nope"):
        getattr(client, call)("nope")


@responses.activate
def test_a_config_that_is_refused_says_why(client: ConnectClient) -> None:
    responses.put(f"{URL}/connectors/x/config", json={"error_code": 400, "message": "bad key"}, status=400)
    with pytest.raises(ServiceRejected, match="Connect: bad key") as caught:
        client.put_config("x", {"a": "b"})
    assert (caught.value.status, caught.value.code) == (400, 400)
    assert json.loads(responses.calls[0].request.body) == {"a": "b"}


@responses.activate
def test_a_rebalance_is_passing_but_a_conflict_is_not(client: ConnectClient) -> None:
    message = "Cannot complete request momentarily due to stale configuration (a concurrent rebalance)"
    responses.put(f"{URL}/connectors/x/config", json={"error_code": 409, "message": message}, status=409)
    with pytest.raises(ServiceUnavailable):
        client.put_config("x", {})
    responses.reset()
    responses.put(f"{URL}/connectors/x/config", json={"error_code": 409, "message": "exists"}, status=409)
    with pytest.raises(Conflict):
        client.put_config("x", {})


@responses.activate
def test_offsets(shared: Path, client: ConnectClient) -> None:
    recorded(shared, "058_offsets_get")
    assert client.offsets("datagen_clickstream")[0]["offset"]["current.iteration"] == 28
