"""Offsets of connectors, as `GET`, `PATCH` and `DELETE /connectors/…/offsets` see them.

A source task commits `{"partition": …, "offset": …}` as JSON under its own name, together with its
records. A sink's plugin keeps the offsets of its topics where its documents are.
"""

from typing import Any

import orjson

from clickstream.connectors.base import RecordSink
from clickstream.connectors.connector_configs import ConnectorRecord
from clickstream.connectors.fleet import offset_name
from clickstream.connectors.plugins import PluginRegistry, SinkPlugin
from clickstream.core.errors import InvalidConnectorConfig

__all__ = ["ConnectorOffsets"]

ALTERED = "The offsets for this connector have been altered successfully"
RESET = (
    "The Connect framework-managed offsets for this connector have been reset successfully. However, if this "
    "connector manages offsets externally, they will need to be manually reset in the system that the "
    "connector uses."
)
_MOST_TASKS = 64
"""Offsets of tasks beyond the present number are kept too; they are looked for up to this many."""


class ConnectorOffsets:
    """Reads and changes what was committed; only a stopped connector may be changed: the caller checks."""

    def __init__(self, producer: RecordSink, plugins: PluginRegistry) -> None:
        self._producer = producer
        self._plugins = plugins

    def read(self, record: ConnectorRecord) -> list[dict[str, Any]]:
        """Return what is committed, one entry a task or topic."""
        plugin = self._plugins.find(record.config["connector.class"])
        if isinstance(plugin, SinkPlugin):
            return [
                {
                    "partition": {"kafka_topic": topic, "kafka_partition": 0},
                    "offset": {"kafka_offset": offset},
                }
                for topic, offset in sorted(plugin.read_offsets(record.name, record.config).items())
            ]
        return [
            plugin.refresh_offset({"partition": entry["partition"], "offset": entry["offset"]})
            for entry in self._committed(record.name).values()
        ]

    def _committed(self, name: str) -> dict[int, dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        for number in range(_MOST_TASKS):
            stored = self._producer.source_offset(offset_name(name, number))
            if stored is None:
                break
            if stored:
                found[number] = orjson.loads(stored)
        return found

    def alter(self, record: ConnectorRecord, offsets: list[dict[str, Any]]) -> str:
        """Set offsets; an offset of None resets its partition.

        Raises: InvalidConnectorConfig if an entry has another shape.
        """
        if not offsets or not all(
            isinstance(entry, dict) and {"partition", "offset"} <= set(entry) for entry in offsets
        ):
            raise InvalidConnectorConfig(
                "Partitions / offsets need to be provided for an alter offsets request"
            )
        plugin = self._plugins.find(record.config["connector.class"])
        if isinstance(plugin, SinkPlugin):
            wanted = {
                entry["partition"]["kafka_topic"]: (entry["offset"] or {}).get("kafka_offset", 0)
                for entry in offsets
            }
            plugin.write_offsets(record.name, record.config, wanted)
        else:
            self._alter_source(record.name, offsets)
        return ALTERED

    def _alter_source(self, name: str, offsets: list[dict[str, Any]]) -> None:
        known = self._committed(name)
        changes: dict[str, bytes] = {}
        for entry in offsets:
            number = next(
                (number for number, stored in known.items() if stored["partition"] == entry["partition"]),
                int(entry["partition"].get("task.id", 0)),
            )
            kept = {key: entry[key] for key in ("partition", "offset")}
            changes[offset_name(name, number)] = orjson.dumps(kept) if entry["offset"] is not None else b""
        self._producer.produce((), source_offsets=changes)

    def reset(self, record: ConnectorRecord) -> str:
        """Forget all offsets."""
        plugin = self._plugins.find(record.config["connector.class"])
        if isinstance(plugin, SinkPlugin):
            topics = plugin.read_offsets(record.name, record.config)
            plugin.write_offsets(record.name, record.config, dict.fromkeys(topics, 0))
        else:
            names = [offset_name(record.name, number) for number in self._committed(record.name)]
            if names:
                self._producer.produce((), source_offsets=dict.fromkeys(names, b""))
        return RESET
