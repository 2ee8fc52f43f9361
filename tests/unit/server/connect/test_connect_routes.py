"""The Connect API where no recording says how it answers."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from clickstream.connectors.base import MemoryConnectorStore
from clickstream.connectors.supervisor import Supervisor
from clickstream.core.clock import FakeClock
from clickstream.server.connect.routes import create_app
from tests.helpers.fake_topics import FakeTopics

DATAGEN = {
    "connector.class": "io.confluent.kafka.connect.datagen.DatagenConnector",
    "kafka.topic": "clicks",
    "quickstart": "clickstream",
    "max.interval": "10",
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_000_000)


@pytest.fixture
def supervisor(clock: FakeClock) -> Supervisor:
    topics = FakeTopics()
    return Supervisor(producer=topics, topics=topics, store=MemoryConnectorStore(), clock=clock)


@pytest.fixture
def client(supervisor: Supervisor) -> Iterator[TestClient]:
    with TestClient(create_app(supervisor, cluster_id="mine"), base_url="http://127.0.0.1:8083") as client:
        yield client


@pytest.fixture
def running(supervisor: Supervisor, clock: FakeClock, client: TestClient) -> TestClient:
    assert client.put("/connectors/c/config", json=DATAGEN).status_code == 201
    for _ in range(40):
        supervisor.step()
        clock.advance(20)
    return client


def refusal(response: object) -> tuple[int, int]:
    answer = response  # a response of the client
    return answer.status_code, answer.json()["error_code"]  # type: ignore[attr-defined]


def test_it_says_which_version_and_cluster_it_is(client: TestClient) -> None:
    assert client.get("/").json()["kafka_cluster_id"] == "mine"
    assert client.get("/health").json()["status"] == "healthy"


def test_a_misspelt_setting_is_warned_about_in_a_header(client: TestClient) -> None:
    created = client.post("/connectors", json={"name": "c", "config": {**DATAGEN, "maxInterval": 30}})
    assert created.status_code == 201
    assert created.headers["location"] == "http://127.0.0.1:8083/connectors/c"
    assert created.headers["warning"].startswith('299 clickstream "maxInterval is not a setting')
    assert "warning" not in client.put("/connectors/d/config", json=DATAGEN).headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"name": "c"',
        b'{"name": "c", "x": 1}',
        b'{"name":"c","config":{},"initial_state":"ASLEEP"}',
    ],
)
def test_a_body_that_is_no_request_is_the_workers_500(client: TestClient, body: bytes) -> None:
    response = client.post("/connectors", content=body, headers={"content-type": "application/json"})
    assert refusal(response) == (500, 500)


@pytest.mark.parametrize("config", [None, "text", {"connector.class": None}, {"connector.class": ["x"]}])
def test_a_configuration_that_is_none_is_refused(client: TestClient, config: object) -> None:
    assert refusal(client.post("/connectors", json={"name": "c", "config": config})) == (400, 400)


def test_a_patch_removes_what_is_null(running: TestClient) -> None:
    changed = running.patch("/connectors/c/config", json={"max.interval": None, "iterations": 9}).json()
    assert "max.interval" not in changed["config"]
    assert running.get("/connectors/c/config").json()["iterations"] == "9"


def test_topics_can_be_forgotten(running: TestClient) -> None:
    assert running.get("/connectors/c/topics").json() == {"c": {"topics": ["clicks"]}}
    assert running.put("/connectors/c/topics/reset").status_code == 202
    assert running.get("/connectors/c/topics").json() == {"c": {"topics": []}}


def test_offsets_of_a_stopped_connector_can_be_altered(running: TestClient, supervisor: Supervisor) -> None:
    offsets = running.get("/connectors/c/offsets").json()
    assert refusal(running.patch("/connectors/c/offsets", json=offsets)) == (400, 400)
    assert running.put("/connectors/c/stop").status_code == 204
    supervisor.step()
    offsets["offsets"][0]["offset"]["current.iteration"] = 77
    altered = running.patch("/connectors/c/offsets", json=offsets)
    assert altered.json() == {"message": "The offsets for this connector have been altered successfully"}
    assert running.get("/connectors/c/offsets").json() == offsets
    assert refusal(running.patch("/connectors/c/offsets", json={"offsets": []})) == (400, 400)


def test_paths_that_are_not_there(client: TestClient) -> None:
    for path in ("/connectors/c/nope", "/connectors/c/tasks/x/status", "/connector-plugins/x/y"):
        response = client.get(path)
        assert refusal(response) == (404, 404)
        assert "content-type" not in response.headers
    assert refusal(client.get("/connector-plugins/Nope/config")) == (404, 404)
    assert refusal(client.get("/connectors/c/offsets")) == (404, 404)


def test_log_levels_can_be_set(client: TestClient) -> None:
    logger = "clickstream.connectors.supervisor"
    try:
        changed = client.put(f"/admin/loggers/{logger}", json={"level": "debug"})
        assert changed.json() == [logger]
        shown = client.get(f"/admin/loggers/{logger}").json()
        assert shown["level"] == "DEBUG"
        assert isinstance(shown["last_modified"], int)
    finally:
        client.put(f"/admin/loggers/{logger}", json={"level": "WARN"})
    assert client.get("/admin/loggers").json()[logger]["level"] == "WARN"
    assert refusal(client.put(f"/admin/loggers/{logger}", json={"level": "loud"})) == (400, 400)
    assert refusal(client.get("/admin/loggers/nope")) == (404, 404)


def test_an_error_of_ours_is_a_500_in_connects_shape(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(supervisor, "names", broken)
    client = TestClient(create_app(supervisor), raise_server_exceptions=False)
    response = client.get("/connectors")
    assert refusal(response) == (500, 500)
    assert response.json()["message"] == "ZeroDivisionError: oops"
