import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickstream.backends.process import find_server
from clickstream.core.paths import DataFolder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process whose command line looks like a server's."""
    program = "import sys; print('runs', flush=True); sys.stdin.read()"
    argv = [sys.executable, "-c", program, "clickstream.server"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"runs\n"
        yield started
        started.kill()


def told(folder: DataFolder, pid: int) -> None:
    folder.server_json.write_text(
        json.dumps({"pid": pid, "ports": {"ksqldb": 1}, "version": "1", "started_ms": 5})
    )


def test_a_server_that_runs_is_found(folder: DataFolder, process: subprocess.Popen[bytes]) -> None:
    told(folder, process.pid)
    server = find_server(folder)
    assert server is not None
    assert (server.pid, server.ports, server.version) == (process.pid, {"ksqldb": 1}, "1")
    server.kill()
    process.wait()
    assert not server.is_alive()
    assert find_server(folder) is None
    server.terminate()


def test_a_number_that_another_program_has_now_is_no_server(folder: DataFolder) -> None:
    told(folder, os.getppid())
    assert find_server(folder) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "ports": {}}', '{"pid": 1, "ports": 2}']
)
def test_a_damaged_file_is_no_server(folder: DataFolder, text: str) -> None:
    folder.server_json.write_text(text)
    assert find_server(folder) is None


def test_no_file_is_no_server(folder: DataFolder) -> None:
    assert find_server(folder) is None
