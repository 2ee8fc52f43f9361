"""`python -m clickstream.server` as a process: how it starts, refuses to start, streams and ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from clickstream.core.settings import PORTS
from tests.helpers.embedded import EmbeddedServer

SCRIPT = (
    "CREATE STREAM clicks (id INT KEY, bytes BIGINT)"
    " WITH (kafka_topic='clicks', partitions=1, format='json');"
    "CREATE TABLE totals AS SELECT id, SUM(bytes) AS total FROM clicks GROUP BY id;"
    "INSERT INTO clicks VALUES (1, 10);"
)
EVERYTHING = {"sql": "SELECT * FROM clicks EMIT CHANGES;"}
START_S = 20.0


def free_offset() -> int:
    """Return an offset at which all ports are free."""
    for offset in range(5000 + os.getpid() % 500, 60_000 - max(PORTS.values()), 97):
        bound = []
        try:
            for port in PORTS.values():
                bound.append(socket.socket())
                bound[-1].bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        else:
            return offset
        finally:
            for each in bound:
                each.close()
    raise AssertionError("no free ports")


@contextmanager
def server(folder: Path, offset: int) -> Iterator[subprocess.Popen[str]]:
    """Start a server; kill it if it still runs at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "clickstream.server", "--data-dir", folder, "--port-offset", str(offset)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def serves(process: subprocess.Popen[str], folder: Path) -> dict[str, int]:
    """Wait until the server says that it serves; return its ports."""
    deadline = time.monotonic() + START_S
    while not (folder / "server.json").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    told = json.loads((folder / "server.json").read_text())
    assert told["pid"] == process.pid
    ports: dict[str, int] = told["ports"]
    return ports


def ksql(port: int, text: str) -> list[dict[str, object]]:
    response = httpx.post(f"http://127.0.0.1:{port}/ksql", json={"ksql": text}, timeout=10)
    response.raise_for_status()
    entities: list[dict[str, object]] = response.json()
    return entities


def totals(port: int) -> list[list[int]]:
    """Return the rows of the table, once its query has caught up."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        answer = httpx.post(f"http://127.0.0.1:{port}/query-stream", json={"sql": "SELECT * FROM totals;"})
        rows = [json.loads(line) for line in answer.text.splitlines()[1:]]
        if rows:
            return rows
        time.sleep(0.02)
    return []


def test_a_server_ends_cleanly_with_a_reader_attached_and_goes_on_later(tmp_path: Path) -> None:
    offset = free_offset()
    with server(tmp_path, offset) as process:
        port = serves(process, tmp_path)["ksqldb"]
        ksql(port, SCRIPT)
        assert totals(port) == [[1, 10]]
        with (
            httpx.Client(timeout=10) as client,
            client.stream("POST", f"http://127.0.0.1:{port}/query-stream", json=EVERYTHING) as stream,
        ):
            lines = stream.iter_lines()
            next(lines)
            assert json.loads(next(lines)) == [1, 10]
            process.send_signal(signal.SIGTERM)
            assert list(lines) == []
        assert process.wait(10) == 0
    assert not (tmp_path / "server.json").exists()
    with server(tmp_path, offset) as process:
        port = serves(process, tmp_path)["ksqldb"]
        ksql(port, "INSERT INTO clicks VALUES (1, 5);")
        assert totals(port) == [[1, 15]]


def test_all_four_services_answer(tmp_path: Path) -> None:
    with server(tmp_path, free_offset()) as process:
        ports = serves(process, tmp_path)
        for service, path in (
            ("ksqldb", "/info"),
            ("connect", "/connectors"),
            ("elasticsearch", "/_cluster/health"),
            ("grafana", "/api/health"),
        ):
            assert httpx.get(f"http://127.0.0.1:{ports[service]}{path}", timeout=10).status_code == 200


def test_http2_by_prior_knowledge_inserts_rows_one_by_one(tmp_path: Path) -> None:
    with server(tmp_path, free_offset()) as process:
        port = serves(process, tmp_path)["ksqldb"]
        ksql(port, SCRIPT)
        body = b'{"target":"clicks"}\n{"ID":1,"BYTES":1}\n{"ID":"x"}\n{"ID":1,"BYTES":100}\n'
        with httpx.Client(http1=False, http2=True, timeout=10) as client:
            answer = client.post(f"http://127.0.0.1:{port}/inserts-stream", content=body)
            assert answer.http_version == "HTTP/2"
        ok, error = (json.loads(line) for line in answer.text.splitlines())
        assert ok == {"seq": 0, "status": "ok"}
        assert (error["@type"], error["seq"], error["error_code"]) == ("InsertError", 1, 40000)
        deadline = time.monotonic() + 5
        while totals(port) != [[1, 11]]:
            assert time.monotonic() < deadline


@pytest.mark.parametrize("same", ["ports", "folder"])
def test_a_second_server_says_in_one_line_why_it_cannot_start(tmp_path: Path, same: str) -> None:
    offset, first, second = free_offset(), tmp_path / "first", tmp_path / "second"
    with server(first, offset) as running:
        serves(running, first)
        other = (second, offset) if same == "ports" else (first, free_offset())
        with server(*other) as refused:
            _, err = refused.communicate(timeout=START_S)
        assert refused.returncode == 3
        (line,) = err.splitlines()
        assert line.startswith("error: ")
        assert "port" in line if same == "ports" else str(first) in line, line
        assert "in use" in line
        assert running.poll() is None


def test_a_wrong_option_is_another_exit_code(tmp_path: Path) -> None:
    with server(tmp_path, -5) as refused:
        _, err = refused.communicate(timeout=START_S)
    assert refused.returncode == 2
    assert "port_offset" in err
    assert "Traceback" not in err


def test_a_client_that_leaves_ends_its_query(tmp_path: Path) -> None:
    with EmbeddedServer() as embedded:
        embedded.ksql(SCRIPT)
        with (
            httpx.Client(timeout=10) as client,
            client.stream("POST", f"{embedded.url('ksqldb')}/query-stream", json=EVERYTHING) as stream,
        ):
            lines = stream.iter_lines()  # kept: the connection would be closed with it
            next(lines)
            assert len(embedded.open_queries()) == 1
        deadline = time.monotonic() + 5
        while embedded.open_queries() or embedded.services.node.metrics().subscriptions:
            assert time.monotonic() < deadline
            time.sleep(0.01)
