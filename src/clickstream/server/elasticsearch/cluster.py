"""What the server says of itself: the root, health, nodes, and settings that are not there.

The version is 7.17: its wire format is the one answered here, Grafana's datasource takes no lower one, and
version 7 and 8 clients accept it together with the `X-Elastic-Product` header.
"""

from typing import Any

from clickstream.core.errors import NotFound
from clickstream.server.elasticsearch.call import Call, Reply
from clickstream.storage.documents.store import DocumentStore

__all__ = [
    "CLUSTER",
    "VERSION",
    "get_cluster_settings",
    "get_health",
    "get_info",
    "get_nodes",
    "health_json",
    "put_cluster_settings",
]

VERSION = "7.17.0"
CLUSTER = "clickstream"
NODE = "embedded"


def get_info(store: DocumentStore, call: Call) -> Reply:
    """`GET /`."""
    version = {
        "number": VERSION,
        "build_flavor": "default",
        "build_type": "embedded",
        "build_hash": "0" * 40,
        "build_date": "2022-01-28T08:36:04.875279988Z",
        "build_snapshot": False,
        "lucene_version": "8.11.1",
        "minimum_wire_compatibility_version": "6.8.0",
        "minimum_index_compatibility_version": "6.0.0-beta1",
    }
    return Reply(
        {
            "name": NODE,
            "cluster_name": CLUSTER,
            "cluster_uuid": "clickstreamEmbedded000",
            "version": version,
            "tagline": "You Know, for Search",
        }
    )


def health_json(store: DocumentStore, expression: str = "_all") -> dict[str, Any]:
    """Return the cluster's health; it is green while every named index is there."""
    try:
        count = len(store.resolve(expression))
        missing = False
    except NotFound:
        count, missing = 0, True
    return {
        "cluster_name": CLUSTER,
        "status": "red" if missing else "green",
        "timed_out": missing,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "active_primary_shards": count,
        "active_shards": count,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": 0,
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": 100.0,
    }


def get_health(store: DocumentStore, call: Call) -> Reply:
    """`GET /_cluster/health`."""
    health = health_json(store, call.index)
    return Reply(health, 408 if health["timed_out"] else 200)


def get_cluster_settings(store: DocumentStore, call: Call) -> Reply:
    """`GET /_cluster/settings`."""
    return Reply({"persistent": {}, "transient": {}})


def put_cluster_settings(store: DocumentStore, call: Call) -> Reply:
    """`PUT /_cluster/settings`: there is one node and nothing to set; the answer is as if it were set."""
    return Reply({"acknowledged": True, "persistent": {}, "transient": {}})


def get_nodes(store: DocumentStore, call: Call) -> Reply:
    """`GET /_nodes`."""
    node = {"name": NODE, "version": VERSION, "roles": ["data", "ingest", "master"]}
    return Reply(
        {
            "_nodes": {"total": 1, "successful": 1, "failed": 0},
            "cluster_name": CLUSTER,
            "nodes": {NODE: node},
        }
    )
