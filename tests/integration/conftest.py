"""The command line as a user has it: a program, a folder of its own, a real server process."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from clickstream.backends.ports import is_free
from clickstream.core.settings import PORTS

PROGRAM = Path(sys.executable).parent / "clickstream"
FIRST_OFFSET, LAST_OFFSET = 8000, 50_000
MOST_HITS = 10_000


@dataclass(frozen=True)
class Ended:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


@dataclass
class CommandLine:
    """Runs `clickstream` in a folder, on ports that nobody else has."""

    folder: Path
    offset: int
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, timeout_s: float = 100) -> Ended:
        """Run a command to its end."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str, timeout_s: float = 100) -> Ended:
        """Run a command that must succeed."""
        done = self(*arguments, timeout_s=timeout_s)
        assert done.code == 0, f"{arguments}: {done}"
        return done

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and let it run."""
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def url(self, service: str) -> str:
        """Return a service's URL."""
        return f"http://127.0.0.1:{PORTS[service] + self.offset}"

    def server_pid(self) -> int:
        """Return the server's process id."""
        return int(json.loads((self.folder / ".clickstream/server.json").read_text())["pid"])

    def kill_server(self) -> None:
        """End the server as a power cut would."""
        pid = self.server_pid()
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: is_gone(pid), 10)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query that ends."""
        return [json.loads(line) for line in self.ok("query", sql, "-o", "json").out.splitlines()]

    def documents(self, index: str, since_ms: int = 0, until_ms: int = 1 << 42) -> list[dict[str, Any]]:
        """Return what an index holds, with ids; a search gives so many and no more, so by spans of time."""
        within = {"range": {"EVENT_TS": {"gte": since_ms, "lt": until_ms, "format": "epoch_millis"}}}
        body = {"size": MOST_HITS, "track_total_hits": True, "query": within}
        answer = requests.post(f"{self.url('elasticsearch')}/{index}/_search", json=body, timeout=30)
        if answer.status_code == 404:
            return []
        answer.raise_for_status()
        found = answer.json()["hits"]
        if found["total"]["value"] <= MOST_HITS:
            return [hit["_source"] | {"_id": hit["_id"]} for hit in found["hits"]]
        middle = (since_ms + until_ms) // 2
        return self.documents(index, since_ms, middle) + self.documents(index, middle, until_ms)

    def hits(self) -> int:
        """Return how many clicks the documents count."""
        return sum(int(document["EVENTS"]) for document in self.documents("events_per_min"))

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLICKSTREAM_")}
        return kept | {"CLICKSTREAM_PORT_OFFSET": str(self.offset), "COLUMNS": "200"} | self.environment


def is_gone(pid: int) -> bool:
    """Return whether the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z"
    except OSError:
        return True


def eventually(holds: Callable[[], bool], deadline_s: float, what: str = "the condition holds") -> float:
    """Return after how many seconds the condition held; fail at the deadline."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < deadline_s, f"not after {deadline_s} s: {what}"
        time.sleep(0.1)
    return time.monotonic() - start


def free_offset() -> int:
    """Return an offset at which every port is free."""
    for _ in range(100):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            offset = FIRST_OFFSET + probe.getsockname()[1] % (LAST_OFFSET - FIRST_OFFSET)
        if all(is_free("127.0.0.1", port + offset) for port in PORTS.values()):
            return offset
    raise AssertionError("no free ports")


@contextmanager
def command_line(folder: Path) -> Iterator[CommandLine]:
    """Give a command line; whatever it left running is ended."""
    line = CommandLine(folder, free_offset())
    try:
        yield line
    finally:
        line("down", "--purge")


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[CommandLine]:
    """A command line in an empty folder."""
    with command_line(tmp_path) as line:
        yield line


@pytest.fixture(scope="module")
def shared_cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A command line whose stack lasts for a module's tests."""
    with command_line(tmp_path_factory.mktemp("stack")) as line:
        yield line
