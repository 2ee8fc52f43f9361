"""What people wait for: start, restart after a kill, answers during a back-fill, a log that is read in."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.durable import DISK, Figures
from benchmarks.inputs import ROOT, STATEMENTS, write_log
from clickstream.core.settings import PORTS

PROGRAM = Path(sys.executable).parent / "clickstream"
DEADLINE_S = 240.0
BACK_FILL_CLICKS = 100_000


def start_up(offset: int) -> Figures:
    """Return seconds from the command to its end, and to the first document behind a panel."""
    with TemporaryDirectory(dir=DISK) as folder:
        run = CommandLine(Path(folder), offset)
        began = time.perf_counter()
        work = run.begin("up")
        try:
            until(lambda: documents(offset, "events_per_min") > 0)
            panel_s = time.perf_counter() - began
            work.wait()
            return {"first panel s": panel_s, "up s": time.perf_counter() - began, "RSS MiB": run.rss_mib()}
        finally:
            work.wait()
            run("down", "--purge")


def restart(offset: int) -> Figures:
    """Return seconds from starting a server on half a million rows to its first answers."""
    with TemporaryDirectory(dir=DISK) as folder:
        part(["fill", folder])
        began = time.perf_counter()
        with server(Path(folder), offset):
            until(lambda: bool(get(offset, "/info")))
            serving_s = time.perf_counter() - began
            query = {"sql": "SELECT * FROM EVENTS_PER_MIN WHERE K1 = 1001;"}
            until(lambda: len(post(offset, "/query-stream", query).splitlines()) > 1)
            table_s = time.perf_counter() - began
            return {"serving s": serving_s, "tables s": table_s}


def answers_during_back_fill(offset: int, seconds: float) -> Figures:
    """Return the latency of `/info` while eleven new queries read a topic that is there already."""
    with TemporaryDirectory(dir=DISK) as folder:
        part(["fill-topic", folder, str(BACK_FILL_CLICKS)])
        with server(Path(folder), offset):
            until(lambda: bool(get(offset, "/info")))
            idle = latencies(offset, min(1.0, seconds))
            post(offset, "/ksql", {"ksql": STATEMENTS.read_text()})
            busy = latencies(offset, seconds)
    return {
        "p50 ms": busy[len(busy) // 2],
        "p99 ms": busy[int(0.99 * len(busy))],
        "idle p99 ms": idle[int(0.99 * len(idle))],
    }


def ingest(offset: int, repeats: int) -> Figures:
    """Return lines a second of `clickstream ingest`, and the server's memory half-way and at the end."""
    with TemporaryDirectory(dir=DISK) as folder:
        run = CommandLine(Path(folder), offset)
        log = Path(folder) / "access.log"
        count = write_log(log, repeats)
        run("up", "--no-load")
        try:
            began, cpu = time.perf_counter(), run.cpu_s()
            work = run.begin("ingest", str(log))
            memory = []
            while work.poll() is None:
                memory.append(run.rss_mib())
                time.sleep(0.25)
            assert work.returncode == 0, "the log was not read"
            took_s, cpu_s = time.perf_counter() - began, run.cpu_s() - cpu
        finally:
            run("down", "--purge")
    return {
        "lines": count,
        "lines/s": count / took_s,
        "lines/cpu s": count / cpu_s,
        "RSS half-way MiB": memory[len(memory) // 2],
        "RSS MiB": max(memory),
    }


# ---------------------------------------------------------------------------------- inside


class CommandLine:
    """Runs `clickstream` in a folder on ports of its own."""

    def __init__(self, folder: Path, offset: int) -> None:
        self._folder = folder.resolve()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLICKSTREAM_")}
        self._environment = kept | {"CLICKSTREAM_PORT_OFFSET": str(offset)}

    def __call__(self, *arguments: str) -> None:
        """Run a command that must succeed."""
        work = self.begin(*arguments)
        _, error = work.communicate()
        assert work.returncode == 0, error

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if arguments[0] in ("up", "ingest") else subprocess.PIPE,
            text=True,
        )

    def rss_mib(self) -> float:
        """Return the server's resident memory."""
        return rss_mib(self._pid())

    def cpu_s(self) -> float:
        """Return the CPU time the server has used."""
        fields = Path(f"/proc/{self._pid()}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _pid(self) -> int:
        return int(json.loads((self._folder / ".clickstream/server.json").read_text())["pid"])


def rss_mib(pid: int) -> float:
    """Return a process's resident memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def part(arguments: list[str]) -> str:
    """Run a part of the benchmarks in a process of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.parts", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def server(folder: Path, offset: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server on a folder; it is killed at the end."""
    command = [sys.executable, "-m", "clickstream.server", "--data-dir", str(folder)]
    process = subprocess.Popen([*command, "--port-offset", str(offset)], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool]) -> None:
    """Return once something holds; servers that do not answer yet are asked again."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        try:
            if holds():
                return
        except (OSError, ValueError):
            pass
        time.sleep(0.02)
    raise TimeoutError(f"not within {DEADLINE_S} s")


def get(offset: int, path: str, service: str = "ksqldb") -> bytes:
    """Return the answer to a GET."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORTS[service] + offset}{path}", timeout=60) as answer:
        return bytes(answer.read())


def post(offset: int, path: str, body: dict[str, Any]) -> bytes:
    """Return the answer to a POST."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORTS['ksqldb'] + offset}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return bytes(answer.read())


def documents(offset: int, index: str) -> int:
    """Return how many documents an index has, 0 if there is none."""
    try:
        return int(json.loads(get(offset, f"/{index}/_count", "elasticsearch"))["count"])
    except urllib.error.HTTPError:
        return 0


def latencies(offset: int, seconds: float) -> list[float]:
    """Return sorted milliseconds of `/info`, asked twenty times a second."""
    took = []
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        get(offset, "/info")
        took.append(1000 * (time.perf_counter() - began))
        time.sleep(0.05)
    return sorted(took)
