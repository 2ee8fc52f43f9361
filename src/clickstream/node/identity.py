"""Who this server says it is."""

import base64
import uuid
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KSQLDB_VERSION", "SERVICE_ID", "ServerIdentity"]

KSQLDB_VERSION = "7.5.0"
"""The ksqlDB version whose answers are given; clients choose their behaviour by it."""

SERVICE_ID = "ksql-cluster"


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """What answers tell of the server. `host` is `name:port` of the ksqlDB API."""

    host: str = "127.0.0.1:8088"
    connect_url: str = "http://127.0.0.1:8083"
    data_dir: str = ""
    cluster_id: str = "embedded-0000000000000"
    service_id: str = SERVICE_ID
    version: str = KSQLDB_VERSION

    @classmethod
    def of(cls, *, host: str, connect_url: str, data_dir: Path | None) -> "ServerIdentity":
        """Return the identity of a server: one data folder is one cluster."""
        place = str(data_dir.resolve()) if data_dir else f"memory:{host}"
        digest = uuid.uuid5(uuid.NAMESPACE_URL, place).bytes
        cluster_id = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        folder = place if data_dir else ""
        return cls(host=host, connect_url=connect_url, data_dir=folder, cluster_id=cluster_id)

    def consumer_group(self, query_id: str) -> str:
        """Return the consumer group that a query's offsets would be kept under."""
        return f"_confluent-ksql-{self.service_id}query_{query_id}"
