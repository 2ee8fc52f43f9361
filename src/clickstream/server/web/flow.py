"""One snapshot of everything that moves: what the flow, the topics and the connectors pages draw.

Counters only: a page gets rates from two snapshots, so nothing is kept here for a page that is open. What
ksqlDB's and Connect's own APIs tell (schemas, statements, traces) is not repeated.
"""

from typing import Any

from clickstream.connectors.supervisor import Supervisor
from clickstream.core.errors import NotFound
from clickstream.node.node import Node
from clickstream.node.queries import QueryStatus
from clickstream.storage.documents.store import DocumentStore

__all__ = ["snapshot"]

Json = dict[str, Any]

INDEX_MAP = "topic.index.map"


def snapshot(node: Node, connectors: Supervisor, documents: DocumentStore) -> Json:
    """Return topics, sources, queries, connectors and indices as they are now."""
    return {
        "nowMs": node.clock.now_ms(),
        "node": _node(node),
        "topics": [topic for name in node.topics.names() if (topic := _topic(node, name))],
        "sources": _sources(node),
        "queries": [_query(status) for status in node.queries()],
        "connectors": [entry for name in connectors.names() if (entry := _connector(node, connectors, name))],
        "indices": [
            {"name": index.name, "documents": index.documents, "bytes": index.bytes}
            for index in documents.summaries()
        ],
        "badRecords": [
            {"logger": logger, "kind": kind, "count": count}
            for (logger, kind), count in sorted(node.processing_log.counts.copy().items())
        ],
    }


def _node(node: Node) -> Json:
    metrics = node.metrics()
    return {
        "producedRecords": metrics.produced_records,
        "consumedRecords": metrics.consumed_records,
        "pendingRecords": metrics.pending_records,
        "pushQueries": metrics.subscriptions,
        "commitMs": dict(metrics.commit_ms),
        "failure": None if node.failure is None else str(node.failure),
    }


def _topic(node: Node, name: str) -> Json | None:
    """Return a topic's figures; None if it was deleted this moment."""
    try:
        info = node.topics.describe(name)
    except NotFound:
        return None
    return {
        "name": name,
        "begin": info.begin,
        "end": info.end,
        "messages": info.messages,
        "bytes": info.bytes,
        "partitions": info.partitions,
        "config": dict(info.config),
    }


def _sources(node: Node) -> list[Json]:
    with node.lock:
        sources = list(node.catalog.sources.values())
    return [
        {
            "name": source.name,
            "kind": source.kind,
            "topic": source.topic,
            "keyFormat": source.formats.key,
            "valueFormat": source.formats.value,
            "window": source.window.kind if source.window else None,
            "columns": [column.name for column in (*source.schema.key, *source.schema.value)],
        }
        for source in sources
    ]


def _query(status: QueryStatus) -> Json:
    sink = status.plan.root
    return {
        "id": status.query_id,
        "state": str(status.state),
        "sources": list(status.plan.sources),
        "topics": [position.topic for position in status.positions],
        "sink": sink.name,
        "sinkTopic": sink.topic,
        "recordsIn": status.records_in,
        "recordsOut": status.records_out,
        "lag": status.lag,
        "late": status.late,
        "errors": status.errors,
        "failure": status.failures[-1].message if status.failures and status.state == "ERROR" else None,
    }


def _connector(node: Node, connectors: Supervisor, name: str) -> Json | None:
    """Return a connector with what it moves; None if it was deleted this moment."""
    try:
        status, info = connectors.status(name), connectors.info(name)
        topics = connectors.topics(name)
        committed = _committed(connectors, name) if status.type == "sink" else {}
    except NotFound:
        return None
    failed = status.state == "FAILED" or any(task.state == "FAILED" for task in status.tasks)
    indices = _indices(topics, info.config.get(INDEX_MAP, "")) if status.type == "sink" else []
    lag = sum(_end(node, topic) - offset for topic, offset in committed.items())
    return {
        "name": name,
        "type": status.type,
        "state": "FAILED" if failed else status.state,
        "topics": topics or [topic for key in ("kafka.topic", "topic") if (topic := info.config.get(key))],
        "indices": indices,
        "lag": max(0, lag),
        "moved": sum(committed.values()),
    }


def _committed(connectors: Supervisor, name: str) -> dict[str, int]:
    return {
        str(entry["partition"]["kafka_topic"]): int(entry["offset"]["kafka_offset"])
        for entry in connectors.offsets(name)
    }


def _end(node: Node, topic: str) -> int:
    try:
        return node.topics.end_offset(topic)
    except NotFound:
        return 0


def _indices(topics: list[str], mapped: str) -> list[str]:
    """Return the index of each topic: as the sink's old setting says, else the topic in lower case."""
    pairs = dict(pair.split(":", 1) for pair in mapped.split(",") if ":" in pair)
    return [pairs.get(topic, topic.lower()) for topic in topics]
