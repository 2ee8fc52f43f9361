"""Kill -9 of the server while a log is read and written on: each line is one click and one document."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import httpx
import orjson
import pytest

from clickstream.node.node import Node
from clickstream.storage.documents.store import DocumentStore

LINES = 15_000
KILLS = 3
SEED = 20260303
"""The moments of the kills: change it to try others."""
PORT_OFFSET = 6_100
URL = f"http://127.0.0.1:{8083 + PORT_OFFSET}"
DEADLINE_S = 60

LOG = {"connector.class": "AccessLogSource", "batch.lines": "40"}
SINK = {
    "connector.class": "ElasticsearchSink",
    "topics": "clickstream",
    "connection.url": "http://elasticsearch:9200",
    "key.ignore": "true",
    "schema.ignore": "true",
}


def line(number: int) -> str:
    return (
        f"10.0.{number % 50}.1 - - "
        f"[17/May/2015:{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02} +0000] "
        f'"GET /{number} HTTP/1.1" 200 1 "-" "agent {number // 100}"\n'
    )


def start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "clickstream.server", "--data-dir", str(folder)]
    server = subprocess.Popen([*command, "--port-offset", str(PORT_OFFSET)], stderr=subprocess.DEVNULL)
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        assert server.poll() is None
        try:
            httpx.get(URL, timeout=1)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return server
    raise TimeoutError


def lines_read() -> tuple[int, bool]:
    offsets = httpx.get(f"{URL}/connectors/log/offsets").json()["offsets"]
    return (offsets[0]["offset"]["line"], offsets[0]["offset"]["done"]) if offsets else (0, False)


def documents_behind() -> int | None:
    offsets = httpx.get(f"{URL}/connectors/documents/offsets").json()["offsets"]
    return offsets[0]["offset"]["kafka_offset"] if offsets else None


@pytest.mark.slow
def test_each_line_is_a_click_and_a_document_once(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(map(line, range(LINES))))
    folder = tmp_path / "data"
    moments = random.Random(SEED)
    resumed = []
    for kill in range(KILLS):
        server = start(folder)
        if kill == 0:
            httpx.put(f"{URL}/connectors/documents/config", json=SINK)
            httpx.put(f"{URL}/connectors/log/config", json={**LOG, "file": str(log)})
        resumed.append(lines_read()[0])
        time.sleep(moments.uniform(0.2, 0.6))
        server.kill()
        server.wait()
    server = start(folder)
    end = time.monotonic() + DEADLINE_S
    while documents_behind() != LINES or not lines_read()[1]:
        assert time.monotonic() < end
        time.sleep(0.05)
    server.terminate()
    assert server.wait(timeout=20) == 0
    assert 0 < resumed[1] < LINES, "the kills came too early or too late to show anything"
    check(folder)


def check(folder: Path) -> None:
    node = Node(folder)
    topics = {
        topic: [
            json.loads(r.value or b"") for chunk in node.topics.read(topic, 0, 10**9) for r in chunk.records
        ]
        for topic in ("clickstream", "clickstream_users")
    }
    node.close()
    clicks, users = topics["clickstream"], topics["clickstream_users"]
    assert [click["request"] for click in clicks] == [f"GET /{number} HTTP/1.1" for number in range(LINES)]
    assert [user["user_id"] for user in users] == list(range(1, len(users) + 1))
    visitors = {(click["ip"], click["agent"]): click["userid"] for click in clicks}
    assert len(visitors) == len(users) == len(set(visitors.values()))
    documents = DocumentStore(folder / "documents.db")
    assert documents.count("clickstream") == LINES
    found = orjson.loads(
        orjson.dumps(documents.search("clickstream", {"size": 1, "sort": [{"_time": "desc"}]}))
    )
    documents.close()
    assert found["hits"]["hits"][0]["_source"] == clicks[-1]
