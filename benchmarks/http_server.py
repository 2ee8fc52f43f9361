"""Which ASGI server carries the ksqlDB API best: the same app under each, in turns, in one run.

    python benchmarks/http_server.py [--seconds 2] [--rounds 3] [--port 22088] [--granian FOLDER]

Every server is a process of its own with an engine in memory. Measured over one kept connection from this
process: latency of `/info` and of a small `/ksql` statement, requests a second over eight connections, and
rows a second of a push query over rows that are there already. Then whether it takes HTTP/2 without TLS, by
prior knowledge and by upgrade. Figures are medians of the rounds; ratios are to the first server.
`--granian` names a folder of packages that holds Granian, which is no dependency.
"""

import argparse
import asyncio
import importlib.util
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SERVERS = ("hypercorn", "hypercorn+uvloop", "uvicorn", "uvicorn+uvloop", "granian")
ROWS = 50_000
CONNECTIONS = 8
INFO = b"GET /info HTTP/1.1\r\nHost: bench\r\n\r\n"
READY_S = 180.0

SCRIPT = "CREATE STREAM clicks (id INT KEY, bytes BIGINT) WITH (kafka_topic='clicks', value_format='json');"


# ---------------------------------------------------------------------------------- the server's side


def serve(kind: str, port: int) -> None:
    """Serve the ksqlDB app of an engine in memory under one server until killed."""
    from clickstream.core.records import Record
    from clickstream.server.app import Embedded

    services = Embedded(None)
    services.start()
    services.node.create_topic("clicks")
    services.executor.execute(SCRIPT)
    for at in range(0, ROWS, 1000):
        rows = [Record(n.to_bytes(4, "big"), b'{"BYTES":%d}' % n, n) for n in range(at, at + 1000)]
        services.node.produce([("clicks", rows)])
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Without it answers in several parts wait 40 ms; `server/ports.py` sets it too.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    bound.bind(("127.0.0.1", port))
    if "uvloop" in kind or kind == "granian":
        import uvloop

        uvloop.install()
    RUNNERS[kind.partition("+")[0]](services.apps["ksqldb"], bound, "uvloop" in kind)


def run_hypercorn(app: Any, bound: socket.socket, _: bool) -> None:
    """As `clickstream.server` does it."""
    from clickstream.server.serving import serve as serve_apps

    bound.listen(128)
    bound.setblocking(False)

    async def main() -> None:
        await serve_apps({"ksqldb": app}, {"ksqldb": bound}, asyncio.Event())

    asyncio.run(main())


def run_uvicorn(app: Any, bound: socket.socket, uvloop: bool) -> None:
    """Uvicorn with its fastest HTTP parser."""
    import uvicorn

    config = uvicorn.Config(
        app, loop="uvloop" if uvloop else "asyncio", http="httptools", access_log=False, log_level="warning"
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[bound]))


def run_granian(app: Any, bound: socket.socket, _: bool) -> None:
    """Granian inside this process: the engine cannot be shared between several."""
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    port = bound.getsockname()[1]
    bound.close()
    server = Server(app, port=port, interface=Interfaces.ASGI, http=HTTPModes.auto, websockets=False)
    asyncio.run(server.serve())


RUNNERS: dict[str, Callable[[Any, socket.socket, bool], None]] = {
    "hypercorn": run_hypercorn,
    "uvicorn": run_uvicorn,
    "granian": run_granian,
}


# ---------------------------------------------------------------------------------- the client's side


class Connection:
    """A kept HTTP/1.1 connection that spends as little time as it can."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> None:
        """Send a request and read the whole answer."""
        self._socket.sendall(request)
        data = self._socket.recv(65536)
        while not _is_whole(data):
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError("the server hung up")
            data += more
        if not data.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(data[:400].decode(errors="replace"))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _is_whole(data: bytes) -> bool:
    head, ends, body = data.partition(b"\r\n\r\n")
    if not ends:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return body.endswith(b"0\r\n\r\n")


def post(path: str, body: dict[str, Any]) -> bytes:
    """Return a POST request."""
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data


LIST = post("/ksql", {"ksql": "LIST STREAMS;"})


def latencies(port: int, request: bytes, seconds: float) -> list[float]:
    """Return how long requests took one after another, in milliseconds."""
    connection = Connection(port)
    took = []
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        connection.ask(request)
        took.append(1000 * (time.perf_counter() - begun))
    connection.close()
    return took


def throughput(port: int, request: bytes, seconds: float) -> float:
    """Return requests a second over several connections at once."""
    counts = [0] * CONNECTIONS
    end = time.perf_counter() + seconds

    def run(number: int) -> None:
        connection = Connection(port)
        while time.perf_counter() < end:
            connection.ask(request)
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def streamed_rows(port: int) -> float:
    """Return rows a second of a push query over all rows."""
    sql = f"SELECT * FROM clicks EMIT CHANGES LIMIT {ROWS};"
    body = {"sql": sql, "properties": {"auto.offset.reset": "earliest"}}
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    begun = time.perf_counter()
    connection.sendall(post("/query-stream", body))
    rows, tail = 0, b""
    while rows < ROWS:
        data = connection.recv(1 << 20)
        if not data:
            raise ConnectionError(f"the stream ended after {rows} rows: {tail!r}")
        rows += data.count(b"]\n")
        tail = data[-200:]
    connection.close()
    return rows / (time.perf_counter() - begun)


def by_prior_knowledge(port: int) -> bool:
    """Return whether the server speaks HTTP/2 when it is simply spoken to in it."""
    import httpx

    try:
        with httpx.Client(http1=False, http2=True, timeout=10) as client:
            return client.get(f"http://127.0.0.1:{port}/info").http_version == "HTTP/2"
    except httpx.HTTPError:
        return False


def by_upgrade(port: int) -> bool:
    """Return whether the server goes over to HTTP/2 when it is asked to."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            b"GET /info HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
        )
        return connection.recv(4096).startswith(b"HTTP/1.1 101")


def wait_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the server answers."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        try:
            Connection(port).ask(INFO)
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"no server on {port}: exit code {process.poll()}")


def quantile(values: list[float], share: float) -> float:
    """Return a quantile."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure(port: int, seconds: float) -> dict[str, float]:
    """Return one round's figures of one server."""
    info, statement = latencies(port, INFO, seconds), latencies(port, LIST, seconds)
    return {
        "info p50 ms": quantile(info, 0.5),
        "info p99 ms": quantile(info, 0.99),
        "ksql p50 ms": quantile(statement, 0.5),
        "ksql p99 ms": quantile(statement, 0.99),
        "info/s": throughput(port, INFO, seconds),
        "ksql/s": throughput(port, LIST, seconds),
        "rows/s": streamed_rows(port),
    }


def main() -> None:
    """Measure all servers in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=22_088)
    parser.add_argument("--granian", type=Path)
    parser.add_argument("--serve", choices=SERVERS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.port)
        return
    environment = dict(os.environ)
    if options.granian:
        sys.path.append(str(options.granian))
        environment["PYTHONPATH"] = str(options.granian)
    kinds = [kind for kind in SERVERS if kind != "granian" or importlib.util.find_spec("granian")]
    ports = {kind: options.port + number for number, kind in enumerate(kinds)}
    command = [sys.executable, __file__, "--serve"]
    children = {
        kind: subprocess.Popen([*command, kind, "--port", str(port)], env=environment)
        for kind, port in ports.items()
    }
    try:
        for kind, port in ports.items():
            wait_ready(port, children[kind])
        found: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
        for _ in range(options.rounds):
            for kind, port in ports.items():
                found[kind].append(measure(port, options.seconds))
        print_table(found, ports)
    finally:
        for child in children.values():
            child.kill()
            child.wait()


def print_table(found: dict[str, list[dict[str, float]]], ports: dict[str, int]) -> None:
    """Print the medians and their ratios to the first server's."""
    columns = list(next(iter(found.values()))[0])
    print("| server | " + " | ".join(columns) + " | h2c known | h2c upgrade |")
    print("| --- |" + " ---: |" * len(columns) + " --- | --- |")
    base = None
    for kind, rounds in found.items():
        values = {column: statistics.median(one[column] for one in rounds) for column in columns}
        base = base or values
        cells = [f"{values[c]:,.2f} ({values[c] / base[c]:.2f})" for c in columns if c.endswith("ms")]
        cells += [f"{values[c]:,.0f} ({values[c] / base[c]:.2f})" for c in columns if not c.endswith("ms")]
        known, upgrade = by_prior_knowledge(ports[kind]), by_upgrade(ports[kind])
        print(f"| {kind} | " + " | ".join(cells) + f" | {_said(known)} | {_said(upgrade)} |")


def _said(holds: bool) -> str:
    return "yes" if holds else "no"


if __name__ == "__main__":
    main()
