"""An embedded server inside the test's process, on real sockets, so that tests can also reach its node."""

import asyncio
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from clickstream.core.records import Record
from clickstream.core.settings import PORTS
from clickstream.server.app import Embedded
from clickstream.server.ports import bind_all
from clickstream.server.serving import serve


class EmbeddedServer:
    """Serves on free ports from `with` to its end; in memory unless it is given a folder."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self._sockets = bind_all("127.0.0.1", dict.fromkeys(PORTS, 0))
        self.ports = {service: _port(bound) for service, bound in self._sockets.items()}
        self.services = Embedded(data_dir, "127.0.0.1", self.ports)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self.services.start()
        self._ready.set()
        await serve(self.services.apps, self._sockets, self._stop, before_end=self.services.close)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(15)
        for name in self._sockets.keys() - self.services.apps.keys():
            self._sockets[name].close()

    def url(self, service: str) -> str:
        """Return the base URL of a service."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def create_topic(self, name: str, config: dict[str, str] | None = None) -> None:
        """Create a topic."""
        with self.services.node.change():
            self.services.node.create_topic(name, config=config)

    def produce(self, topic: str, records: Sequence[Record]) -> None:
        """Append records to a topic and wait until the queries have taken them."""
        node = self.services.node
        node.produce([(topic, records)])
        self.settle()

    def settle(self) -> None:
        """Wait until no query has anything left to read."""
        node = self.services.node
        for _ in range(2000):
            with node.lock:
                if not any(query.lag for query in node.queries()):
                    return
            threading.Event().wait(0.005)
        raise TimeoutError("queries do not catch up")

    def open_queries(self) -> list[str]:
        """Return the ids of the push queries that clients are reading."""
        return [query.source.query_id for query in self.services.executor.open_queries.all()]

    def ksql(self, text: str) -> list[dict[str, Any]]:
        """Run statements through the API; return the entities."""
        response = httpx.post(f"{self.url('ksqldb')}/ksql", json={"ksql": text}, timeout=30)
        response.raise_for_status()
        entities: list[dict[str, Any]] = response.json()
        return entities

    def create_connector(self, name: str, config: dict[str, str]) -> None:
        """Create a connector through the Connect API; a refusal is passed over."""
        httpx.post(f"{self.url('connect')}/connectors", json={"name": name, "config": config}, timeout=30)


def _port(bound: socket.socket) -> int:
    port: int = bound.getsockname()[1]
    return port
