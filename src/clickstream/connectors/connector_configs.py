"""The durable side of connectors: configuration, wanted state, and how many tasks there are.

Only the supervisor writes here; what runs at the moment is in `status.py`.
"""

from dataclasses import asdict, dataclass, field
from typing import Literal

import orjson

from clickstream.connectors.base import Config, ConnectorStore

__all__ = ["ConnectorConfigs", "ConnectorRecord", "Target"]

Target = Literal["RUNNING", "PAUSED", "STOPPED"]

_PREFIX = "connector/"


@dataclass(slots=True)
class ConnectorRecord:
    """What is known of one connector. `task_count` is 0 until it was first started, and after a stop."""

    name: str
    config: Config
    target: Target = "RUNNING"
    task_count: int = 0
    topics: list[str] = field(default_factory=list)


class ConnectorConfigs:
    """All connectors, by name, each durable on return of `save`."""

    def __init__(self, store: ConnectorStore) -> None:
        self._store = store
        self._records: dict[str, ConnectorRecord] = {}
        for key, value in store.items():
            if key.startswith(_PREFIX):
                record = ConnectorRecord(**orjson.loads(value))
                self._records[record.name] = record

    def get(self, name: str) -> ConnectorRecord | None:
        """Return the record of a connector."""
        return self._records.get(name)

    def names(self) -> list[str]:
        """Return the names, sorted."""
        return sorted(self._records)

    def save(self, record: ConnectorRecord) -> None:
        """Keep a record, new or changed."""
        self._store.put(_PREFIX + record.name, orjson.dumps(asdict(record)))
        self._records[record.name] = record

    def delete(self, name: str) -> None:
        """Forget a connector. What its tasks committed stays, as in Connect."""
        self._store.delete(_PREFIX + name)
        self._records.pop(name, None)
