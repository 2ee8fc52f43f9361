"""Which documents a sink writes: those of this process if its URL is this process's, else those elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from clickstream.connectors.base import ConnectorStore, SinkContext
from clickstream.connectors.document_writers import (
    DocumentWriter,
    RemoteDocuments,
    RemoteSettings,
    sink_offset_name,
)
from clickstream.connectors.stored_documents import BulkStore, StoredDocuments

__all__ = ["DocumentPlaces"]

DEFAULT_PORT = 9200
_OUR_NAMES = frozenset(("localhost", "127.0.0.1", "::1", "0.0.0.0"))
_SERVICE_NAME = "elasticsearch"
"""What compose files call the service. The name means this process whatever its port, so that one
configuration works on both backends."""


@dataclass(frozen=True, slots=True)
class DocumentPlaces:
    """Finds the writer for a sink's URL. `host` and `port` are those of our own Elasticsearch API."""

    documents: BulkStore | None
    port: int = DEFAULT_PORT
    host: str = "127.0.0.1"

    def is_ours(self, url: str) -> bool:
        """Whether the URL is that of this process."""
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if self.documents is None or parts.scheme != "http":
            return False
        if parts.hostname == _SERVICE_NAME:
            return (parts.port or DEFAULT_PORT) in (DEFAULT_PORT, self.port)
        return parts.hostname in {*_OUR_NAMES, self.host} and (parts.port or DEFAULT_PORT) == self.port

    def writer(self, context: SinkContext, settings: Mapping[str, Any]) -> DocumentWriter:
        """Return the writer of a task."""
        urls = tuple(url if "://" in url else f"http://{url}" for url in settings["connection.url"])
        if self.documents is not None and any(map(self.is_ours, urls)):
            return StoredDocuments(self.documents, context.connector, context.topic)
        remote = RemoteSettings(
            urls=urls,
            auth=_credentials(settings),
            proxy=_proxy(settings),
            type_name=settings["type.name"],
            connect_timeout_s=settings["connection.timeout.ms"] / 1000,
            read_timeout_s=settings["read.timeout.ms"] / 1000,
            max_retries=settings["max.retries"],
            backoff_s=settings["retry.backoff.ms"] / 1000,
            wait=context.wait,
        )
        return RemoteDocuments(remote, context.store, sink_offset_name(context.connector, context.topic))

    def read_offsets(
        self, store: ConnectorStore, connector: str, config: Mapping[str, str]
    ) -> dict[str, int]:
        """Return the offsets of a connector's topics, wherever they are kept."""
        found: dict[str, int] = {}
        prefix = sink_offset_name(connector, "")
        for name, value in store.items():
            if name.startswith(prefix):
                found[name.removeprefix(prefix)] = int(value)
        if self.documents is not None:
            found.update(StoredDocuments.offsets_of(self.documents, connector))
        return found

    def write_offsets(
        self, store: ConnectorStore, connector: str, config: Mapping[str, str], offsets: Mapping[str, int]
    ) -> None:
        """Set the offsets of a stopped connector's topics."""
        urls = config.get("connection.url", "").split(",")
        ours = self.documents is not None and any(self.is_ours(url.strip()) for url in urls)
        for topic, offset in offsets.items():
            if ours and self.documents is not None:
                StoredDocuments(self.documents, connector, topic).write([], offset)
            else:
                store.put(sink_offset_name(connector, topic), str(offset).encode())


def _credentials(settings: Mapping[str, Any]) -> tuple[str, str] | None:
    name, password = settings["connection.username"], settings["connection.password"]
    return (name, password) if name and password else None


def _proxy(settings: Mapping[str, Any]) -> str | None:
    if not settings["proxy.host"]:
        return None
    user = settings["proxy.username"]
    credentials = f"{user}:{settings['proxy.password'] or ''}@" if user else ""
    return f"http://{credentials}{settings['proxy.host']}:{settings['proxy.port']}"
