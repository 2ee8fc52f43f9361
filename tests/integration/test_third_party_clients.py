"""Clients that others wrote, as published, against the embedded server."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ksql_client
from tests.helpers.embedded import EmbeddedServer

pytestmark = pytest.mark.slow

KSQL_PACKAGE = "ksql==0.10.2"
BUILT_WITH = ("setuptools<70", "wheel")
"""What the package's `setup.py`, of 2021, needs beside pip itself."""


def missing(reason: str) -> None:
    """Leave the test out, except in CI: there what it needs must be there."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer() as serving:
        yield serving


# --------------------------------------------------------------------------------- ksql, of PyPI


@pytest.fixture(scope="session")
def ksql_python(request: pytest.FixtureRequest) -> Path:
    """Return a Python that has the `ksql` package.

    It has an environment of its own: it wants HTTP/2 libraries of before those that the server has.
    """
    assert request.config.cache is not None
    folder = Path(request.config.cache.mkdir("ksql-client")) / f"{sys.version_info[0]}.{sys.version_info[1]}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for what in (BUILT_WITH, ("--no-build-isolation", KSQL_PACKAGE)):
            done = subprocess.run([*install, *what], capture_output=True, text=True, check=False)
            if done.returncode:
                missing(f"{what[-1]} cannot be installed: {done.stderr.strip()[-300:]}")
        (folder / "complete").touch()
    return python


@pytest.fixture
def answers(ksql_python: Path, server: EmbeddedServer) -> dict[str, Any]:
    """Return what the client got."""
    done = subprocess.run(
        [ksql_python, ksql_client.__file__, server.url("ksqldb")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_ksql_package_creates_inserts_and_queries(answers: dict[str, Any]) -> None:
    assert answers["version"] == "7.5.0"
    (created,) = answers["created"]
    assert created["commandStatus"] == {"status": "SUCCESS", "message": "Stream created", "queryId": None}
    assert answers["created_by_builder"] is answers["created_as"] is True
    assert {"CLICKS", "AGAIN", "LARGE"} <= set(answers["streams"])
    assert answers["push_objects"] == [
        {"ID": 2, "PAGE": "b", "BYTES": 150},
        {"ID": 3, "PAGE": "a", "BYTES": 200},
    ]
    assert answers["pull"][1] == '{"row":{"columns":["a",250]}}]'
    assert answers["properties"] > 100
    assert "Syntax Error" in answers["error"]
    assert answers["closed"] is False


def test_the_ksql_package_goes_over_to_http2(answers: dict[str, Any]) -> None:
    assert answers["inserted_by_http2"] == [{"seq": at, "status": "ok"} for at in range(3)]
    head, *rows = [json.loads(line) for line in "".join(answers["push_http2"]).splitlines()]
    assert head["columnNames"] == ["ID", "PAGE", "BYTES"]
    assert rows == [[2, "b", 150], [3, "a", 200]]


# --------------------------------------------------------------------------------- curl


@pytest.fixture
def curl() -> str:
    """Return curl, if it speaks HTTP/2."""
    found = shutil.which("curl")
    if found is None:
        missing("no curl")
    version = subprocess.run([str(found), "--version"], capture_output=True, text=True, check=True).stdout
    if "HTTP2" not in version:
        missing("this curl has no HTTP/2")
    return str(found)


@pytest.mark.parametrize("way", ["--http2-prior-knowledge", "--http2", "--http1.1"])
def test_curl_runs_a_push_query(server: EmbeddedServer, curl: str, way: str) -> None:
    server.services.executor.execute(
        "CREATE STREAM clicks (id INT KEY, page STRING)"
        " WITH (kafka_topic='clicks', value_format='JSON', partitions=1);"
        "INSERT INTO clicks VALUES (1, 'a'); INSERT INTO clicks VALUES (2, 'b');"
    )
    query = {
        "sql": "SELECT * FROM clicks EMIT CHANGES LIMIT 2;",
        "properties": {"auto.offset.reset": "earliest"},
    }
    command = [curl, way, "-sS", "-N", "--max-time", "20", "-w", "%{http_version} %{http_code}"]
    done = subprocess.run(
        [*command, "-d", json.dumps(query), f"{server.url('ksqldb')}/query-stream"],
        capture_output=True,
        text=True,
        check=True,
    )
    head, *rows, told = done.stdout.splitlines()
    assert json.loads(head)["columnNames"] == ["ID", "PAGE"]
    assert [json.loads(row) for row in rows] == [[1, "a"], [2, "b"]]
    assert told == ("1.1 200" if way == "--http1.1" else "2 200")
