"""The app in process: what needs neither sockets nor recordings to be shown."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from clickstream.node.identity import ServerIdentity
from clickstream.server.ksqldb.routes import create_app
from tests.helpers.executor import Bench, bench

SCRIPT = """
CREATE STREAM clicks (id INT KEY, bytes BIGINT) WITH (kafka_topic='clicks', partitions=1, format='json');
CREATE TABLE totals AS SELECT id, SUM(bytes) AS total FROM clicks GROUP BY id;
INSERT INTO clicks VALUES (1, 10);
"""


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(SCRIPT)
        opened.node.step()
        yield opened


@pytest.fixture
def client(on: Bench) -> TestClient:
    return TestClient(create_app(on.executor, ServerIdentity()), follow_redirects=False)


def test_statements_and_their_status(client: TestClient) -> None:
    answer = client.post("/ksql", json={"ksql": "DROP STREAM IF EXISTS nope;"})
    assert answer.headers["content-type"] == "application/json"
    (entity,) = answer.json()
    assert entity["commandId"] == "stream/NOPE/drop"
    assert client.get("/status/stream/NOPE/drop").json() == {
        "status": "SUCCESS",
        "message": "Source `NOPE` does not exist.",
        "queryId": None,
    }
    assert "stream/`CLICKS`/create" in client.get("/status").json()["commandStatuses"]
    created = client.get("/status/table/%60TOTALS%60/create").json()
    assert created["queryId"] == "CTAS_TOTALS_1"


@pytest.mark.parametrize(
    ("accept", "body"),
    [
        (
            "application/json",
            [{"columnNames": ["ID", "TOTAL"], "columnTypes": ["INTEGER", "BIGINT"]}, [1, 10]],
        ),
        (
            "application/vnd.ksql.v1+json",
            [{"header": {"schema": "`ID` INTEGER KEY, `TOTAL` BIGINT"}}, {"row": {"columns": [1, 10]}}],
        ),
    ],
)
def test_a_pull_query_in_both_json_forms(client: TestClient, accept: str, body: list[object]) -> None:
    answer = client.post("/query-stream", json={"sql": "SELECT * FROM totals;"}, headers={"accept": accept})
    assert answer.headers["content-type"] == accept
    have = answer.json()
    head = have[0].get("header", have[0])
    assert head.pop("queryId").startswith("query_")
    assert have == body


def test_a_push_query_with_a_limit_ends(client: TestClient, on: Bench) -> None:
    on.node.start()
    answer = client.post("/query-stream", json={"sql": "SELECT id FROM clicks EMIT CHANGES LIMIT 1;"})
    head, row = answer.text.splitlines()
    assert json.loads(head)["columnNames"] == ["ID"]
    assert json.loads(row) == [1]
    assert on.node.metrics().subscriptions == 0


def test_print(client: TestClient) -> None:
    answer = client.post("/query", json={"ksql": "PRINT clicks LIMIT 1;"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.text.splitlines()[0].startswith("Key format: ")
    assert answer.text.splitlines()[2].endswith('key: 1, value: {"BYTES":10}, partition: 0')


def test_refusals_keep_their_recorded_content_types(client: TestClient) -> None:
    bad = {"sql": "SELECT * FROM nope;", "ksql": "SELECT * FROM nope;"}
    assert "content-type" not in client.post("/query-stream", json=bad).headers
    assert client.post("/query", json=bad).headers["content-type"] == "application/json"
    assert "content-type" not in client.post("/ksql", content=b"{").headers


@pytest.mark.parametrize("path", ["/ksql", "/query", "/query-stream", "/ksql/terminate"])
def test_what_cannot_be_answered_in_is_not_acceptable(client: TestClient, path: str) -> None:
    answer = client.post(path, json={}, headers={"accept": "text/plain"})
    assert (answer.status_code, answer.content) == (406, b"")


def test_unknown_paths_and_wrong_methods(client: TestClient) -> None:
    unknown = client.get("/nope")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "text/html; charset=utf-8")
    wrong = client.get("/ksql")
    assert (wrong.status_code, wrong.headers["allow"], wrong.content) == (405, "POST", b"")
    assert client.get("/").headers["location"] == "/info"


def test_health_and_identity(client: TestClient) -> None:
    assert client.get("/healthcheck").json()["isHealthy"] is True
    assert client.get("/chc/ready").json()["isHealthy"] is True
    assert client.get("/chc/live").status_code == 200
    info = client.get("/info").json()["KsqlServerInfo"]
    assert info["serverStatus"] == "RUNNING"
    assert client.get("/v1/metadata").json()["version"] == info["version"]


def test_inserts_need_http2(client: TestClient) -> None:
    answer = client.post("/inserts-stream", content=b'{"target":"clicks"}\n')
    assert (answer.status_code, answer.json()["error_code"]) == (400, 40004)


def test_after_termination_everything_is_refused(client: TestClient) -> None:
    assert (
        client.post("/ksql/terminate", json={"deleteTopicList": ["clicks"]}).json()[0]["@type"]
        == "currentStatus"
    )
    for answer in (client.get("/info"), client.post("/ksql", json={"ksql": "SHOW STREAMS;"})):
        assert (answer.status_code, answer.json()["error_code"]) == (503, 50303)


def test_health_tells_when_commits_fail(
    client: TestClient, on: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(on.node), "failure", property(lambda node: OSError("disk full")))
    assert client.get("/healthcheck").json()["isHealthy"] is False
