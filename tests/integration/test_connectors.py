"""Connectors on a whole embedded server: sources through queries into documents, across restarts."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from clickstream.core.records import Record
from tests.helpers.embedded import EmbeddedServer

DEADLINE_S = 20

SINK = {
    "connector.class": "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector",
    "connection.url": "http://elasticsearch:9200",
    "key.ignore": "true",
    "schema.ignore": "true",
    "behavior.on.null.values": "IGNORE",
    "key.converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
    "value.converter": "org.apache.kafka.connect.json.JsonConverter",
    "value.converter.schemas.enable": "false",
}
DATAGEN = {
    "connector.class": "io.confluent.kafka.connect.datagen.DatagenConnector",
    "kafka.topic": "clickstream",
    "quickstart": "clickstream",
    "max.interval": "5",
}


def wait_for(what: Callable[[], Any]) -> Any:
    """Return the first true answer."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        answer = what()
        if answer:
            return answer
        time.sleep(0.02)
    raise TimeoutError(what)


class Connect:
    """The server's Connect API, and a look at its topics and documents."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return httpx.request(method, self.server.url("connect") + path, timeout=30, **options)

    def put(self, name: str, config: dict[str, str]) -> None:
        assert self.ask("PUT", f"/connectors/{name}/config", json=config).status_code in (200, 201)

    def states(self, name: str) -> list[str]:
        answer = self.ask("GET", f"/connectors/{name}/status")
        if answer.status_code == 404:
            return []
        status = answer.json()
        return [status["connector"]["state"], *(task["state"] for task in status["tasks"])]

    def offset(self, name: str) -> dict[str, Any]:
        offsets = self.ask("GET", f"/connectors/{name}/offsets").json()["offsets"]
        return offsets[0]["offset"] if offsets else {}

    def records(self, topic: str) -> list[Record]:
        topics = self.server.services.node.topics
        if not topics.exists(topic):
            return []
        return [record for chunk in topics.read(topic, 0, 10**9) for record in chunk.records]

    def documents(self, index: str) -> list[dict[str, Any]]:
        answer = self.server.services.documents.search(index, {"size": 10_000})
        found = orjson.loads(orjson.dumps(answer))
        return [hit["_source"] for hit in found["hits"]["hits"]]


def line(number: int) -> str:
    return (
        f"10.0.0.{number % 7} - - [17/May/2015:01:{number // 60:02}:{number % 60:02} +0000] "
        f'"GET /{number} HTTP/1.1" 200 {number} "-" "agent {number % 3}"\n'
    )


def test_generated_clicks_are_counted_once_whatever_restarts_there_are(tmp_path: Path) -> None:
    for round_ in range(3):
        with EmbeddedServer(tmp_path) as server:
            connect = Connect(server)
            if round_ == 0:
                connect.put("clicks", DATAGEN)
                connect.put("documents", {**SINK, "topics": "clickstream"})
            before = len(connect.records("clickstream"))
            wait_for(lambda c=connect, n=before: len(c.records("clickstream")) > n + 100)
            wait_for(lambda c=connect: c.states("documents") == ["RUNNING", "RUNNING"])
    with EmbeddedServer(tmp_path) as server:
        connect = Connect(server)
        connect.ask("PUT", "/connectors/clicks/pause")
        wait_for(lambda: connect.states("clicks") == ["PAUSED", "PAUSED"])
        values = [json.loads(record.value or b"") for record in connect.records("clickstream")]
        assert [value["_time"] for value in values] == [1 + 10 * number for number in range(len(values))]
        wait_for(lambda: len(connect.documents("clickstream")) >= len(values))
        assert sorted(d["_time"] for d in connect.documents("clickstream")) == [v["_time"] for v in values]


def test_a_log_that_grows_is_read_once_across_restarts_and_rotation(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(map(line, range(100))) + "a bad line\n")
    data = tmp_path / "data"
    with EmbeddedServer(data) as server:
        connect = Connect(server)
        connect.put("log", {"connector.class": "AccessLogSource", "file": str(log), "follow": "true"})
        wait_for(lambda: connect.offset("log").get("line") == 101)
        assert connect.offset("log")["bad_lines"] == 1
        with log.open("a") as file:
            file.write("".join(map(line, range(100, 150))))
        wait_for(lambda: connect.offset("log").get("line") == 151)
    with log.open("a") as file:
        file.write("".join(map(line, range(150, 200))))
    log.rename(tmp_path / "access.log.1")
    log.write_text("".join(map(line, range(200, 250))))
    with EmbeddedServer(data) as server:
        connect = Connect(server)
        clicks = wait_for(lambda: [r for r in [connect.records("clickstream")] if len(r) == 250])[0]
        assert [json.loads(r.value or b"")["request"] for r in clicks] == [
            f"GET /{number} HTTP/1.1" for number in range(250)
        ]
        users = [json.loads(r.value or b"") for r in connect.records("clickstream_users")]
        assert [user["user_id"] for user in users] == list(range(1, 22))
        (bad,) = (json.loads(r.value or b"") for r in connect.records("clickstream_bad_lines"))
        assert (bad["line"], bad["text"]) == (101, "a bad line")


def test_a_log_that_is_not_followed_is_done(shared: Path, tmp_path: Path) -> None:
    log = str(shared / "data" / "access.log")
    with EmbeddedServer(tmp_path) as server:
        connect = Connect(server)
        connect.put("log", {"connector.class": "AccessLogSource", "file": log})
        offset = wait_for(lambda: connect.offset("log").get("done") and connect.offset("log"))
        assert (offset["line"], offset["records"], offset["bad_lines"]) == (10_000, 9_999, 1)
        assert offset["position"] == offset["size"]
        assert connect.states("log") == ["RUNNING", "RUNNING"]
    with EmbeddedServer(tmp_path) as server:
        connect = Connect(server)
        wait_for(lambda: connect.offset("log").get("done"))
        assert len(connect.records("clickstream")) == 9_999


@pytest.mark.parametrize("timestamp_column", ["WINDOWSTART", "WINDOWEND"])
def test_a_merged_session_leaves_one_document(tmp_path: Path, timestamp_column: str) -> None:
    with EmbeddedServer(tmp_path) as server:
        connect = Connect(server)
        documents = server.services.documents
        value = "{{{USERNAME}}}|{{{EVENT_TS}}}"
        documents.put_pipeline("rows", {"processors": [{"set": {"field": "_id", "value": value}}]})
        documents.create_index("sessions", {"settings": {"index.default_pipeline": "rows"}})
        server.ksql(
            "CREATE STREAM clicks (username VARCHAR, bytes BIGINT) "
            "WITH (kafka_topic='clicks', partitions=1, value_format='json');"
            "CREATE TABLE sessions AS SELECT username AS k, AS_VALUE(username) AS username, "
            f"{timestamp_column} AS event_ts, SUM(bytes) AS total_bytes FROM clicks "
            "WINDOW SESSION (30 SECONDS) GROUP BY username EMIT CHANGES;"
        )
        connect.put("sessions", {**SINK, "topics": "SESSIONS"})
        for at_s, size in ((100, 1), (140, 10), (500, 1000), (120, 100)):
            click = json.dumps({"username": "ann", "bytes": size}).encode()
            server.produce("clicks", [Record(None, click, at_s * 1000)])
        end = len(connect.records("SESSIONS"))
        wait_for(lambda: connect.offset("sessions").get("kafka_offset") == end)
        rows = {(d["EVENT_TS"] // 1000, d["TOTAL_BYTES"]) for d in connect.documents("sessions")}
        starts = {(100, 111), (500, 1000)}
        ends = {(100, 1), (140, 111), (500, 1000)}
        assert rows == (starts if timestamp_column == "WINDOWSTART" else ends)


def test_a_deleted_topic_that_is_made_anew_is_written_from_its_beginning(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        connect = Connect(server)
        connect.put("documents", {**SINK, "topics": "t"})
        server.produce("t", [Record(None, b'{"a":1}', 1), Record(None, b'{"a":2}', 1)])
        wait_for(lambda: connect.offset("documents").get("kafka_offset") == 2)
        server.services.node.delete_topic("t")
        server.produce("t", [Record(None, b'{"a":3}', 1)])
        wait_for(lambda: connect.offset("documents").get("kafka_offset") == 1)
        assert sorted(document["a"] for document in connect.documents("t")) == [2, 3]
