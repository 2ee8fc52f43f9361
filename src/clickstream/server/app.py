"""The embedded backend put together: node, connectors, and one ASGI app a service."""

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from clickstream.connectors.supervisor import Supervisor
from clickstream.core.clock import Clock, SystemClock
from clickstream.core.login import PagesLogin, is_loopback
from clickstream.core.settings import PORTS
from clickstream.node.identity import ServerIdentity
from clickstream.node.node import Node
from clickstream.node.statements import StatementExecutor
from clickstream.server.connect.routes import create_app as create_connect_app
from clickstream.server.elasticsearch.routes import create_app as create_elasticsearch_app
from clickstream.server.grafana.app import create_app as create_grafana_app
from clickstream.server.ksqldb.routes import create_app as create_ksqldb_app
from clickstream.server.web.console import console_routes
from clickstream.server.web.login import Sessions
from clickstream.storage.database import Durability
from clickstream.storage.documents.store import DocumentStore

__all__ = ["Embedded"]

DOCUMENTS_FILE = "documents.db"
DASHBOARDS_FOLDER = "grafana"


@dataclass
class Embedded:
    """All services of one data folder, or in memory. Nothing runs before `start`.

    Raises: FolderInUse, CorruptState, IncompatibleFormat on making it.
    """

    data_dir: Path | None
    host: str = "127.0.0.1"
    ports: dict[str, int] = field(default_factory=lambda: dict(PORTS))
    clock: Clock = field(default_factory=SystemClock)
    durability: Durability = "fsync"
    login: PagesLogin | None = None
    """What the pages ask for; None lets everybody in."""

    def __post_init__(self) -> None:
        connect = f"{self.host}:{self.ports['connect']}"
        self.identity = ServerIdentity.of(
            host=f"{self.host}:{self.ports['ksqldb']}",
            connect_url=f"http://{connect}",
            data_dir=self.data_dir,
        )
        self.node = Node(self.data_dir, clock=self.clock, durability=self.durability)
        self.documents = DocumentStore(
            None if self.data_dir is None else self.data_dir / DOCUMENTS_FILE, clock=self.clock
        )
        self.connectors = Supervisor(
            producer=self.node,
            topics=self.node,
            store=self.node.connector_store,
            documents=self.documents,
            documents_host=self.host,
            documents_port=self.ports["elasticsearch"],
            clock=self.clock,
            worker_id=connect,
            topic_names=self.node.topics.names,
            end_offset=self.node.topics.end_offset,
            windowed=self._window_of_topic,
        )
        self.executor = StatementExecutor(self.node, self.identity, self.connectors)
        elasticsearch = create_elasticsearch_app(self.documents)
        ksqldb = create_ksqldb_app(self.executor, self.identity, self.clock)
        connect_app = create_connect_app(self.connectors, cluster_id=self.identity.cluster_id)
        console = console_routes(
            self.node, self.connectors, self.documents, ksqldb=ksqldb, connect=connect_app
        )
        self.apps: dict[str, Any] = {
            "ksqldb": ksqldb,
            "connect": connect_app,
            "elasticsearch": elasticsearch,
            "grafana": create_grafana_app(
                self._dashboards_folder(),
                elasticsearch,
                console=console,
                local_only=is_loopback(self.host),
                sessions=None if self.login is None else Sessions(self.login, self.clock),
            ),
        }

    def _dashboards_folder(self) -> Path | None:
        """Return where dashboards and datasources are kept; None for in memory."""
        return None if self.data_dir is None else self.data_dir / DASHBOARDS_FOLDER

    def _window_of_topic(self, topic: str) -> str | None:
        """Return how the keys of a topic are windowed, by the first source over it; None if they are not."""
        sources = [s for s in self.node.catalog.sources.values() if s.topic == topic]
        return next((source.window.kind for source in sources if source.window), None)

    def start(self) -> None:
        """Bring back what the folder holds, then run queries and connectors."""
        self.node.recover(self.executor)
        self.node.start()
        self.connectors.start()

    def close(self) -> None:
        """Stop connectors, commit what was produced, end all readers, close the files."""
        self.connectors.close()
        self.node.close()
        self.documents.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
