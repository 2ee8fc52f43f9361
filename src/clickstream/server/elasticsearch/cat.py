"""`_cat`: lists as text columns, or as JSON with `?format=json`.

Source: golden/clickstream/es/_cat_indices.txt; Elasticsearch 7.10.2.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from clickstream.server.elasticsearch.call import Call, Reply
from clickstream.server.elasticsearch.cluster import CLUSTER, NODE, health_json
from clickstream.storage.documents.names import matches
from clickstream.storage.documents.store import DocumentStore

__all__ = ["cat_count", "cat_health", "cat_help", "cat_indices", "cat_nodes", "cat_templates"]

Rows = Sequence[Mapping[str, str]]

_RIGHT = {"pri", "rep", "docs.count", "docs.deleted", "store.size", "pri.store.size"}


def cat_help(store: DocumentStore, call: Call) -> Reply:
    """`GET /_cat`."""
    paths = ("count", "count/{index}", "health", "indices", "indices/{index}", "nodes", "templates")
    return Reply("=^.^=\n" + "".join(f"/_cat/{path}\n" for path in paths))


def cat_indices(store: DocumentStore, call: Call) -> Reply:
    """`GET /_cat/indices`."""
    rows = [
        {
            "health": "green",
            "status": "open",
            "index": index.name,
            "uuid": index.uuid,
            "pri": str(index.shards),
            "rep": str(index.replicas),
            "docs.count": str(index.documents),
            # Nothing of a deleted document stays behind.
            "docs.deleted": "0",
            "store.size": size_text(index.bytes),
            "pri.store.size": size_text(index.bytes),
        }
        for index in store.summaries(call.index)
    ]
    columns = (
        "health",
        "status",
        "index",
        "uuid",
        "pri",
        "rep",
        "docs.count",
        "docs.deleted",
        "store.size",
        "pri.store.size",
    )
    return _table(call, columns, rows)


def cat_count(store: DocumentStore, call: Call) -> Reply:
    """`GET /_cat/count`."""
    row = {**_now(), "count": str(store.count(call.index))}
    return _table(call, tuple(row), [row])


def cat_health(store: DocumentStore, call: Call) -> Reply:
    """`GET /_cat/health`."""
    health = health_json(store)
    shards = str(health["active_shards"])
    row = {
        **_now(),
        "cluster": CLUSTER,
        "status": str(health["status"]),
        "node.total": "1",
        "node.data": "1",
        "shards": shards,
        "pri": shards,
        "relo": "0",
        "init": "0",
        "unassign": "0",
        "pending_tasks": "0",
        "max_task_wait_time": "-",
        "active_shards_percent": "100.0%",
    }
    return _table(call, tuple(row), [row])


def cat_nodes(store: DocumentStore, call: Call) -> Reply:
    """`GET /_cat/nodes`."""
    row = {"ip": "127.0.0.1", "node.role": "dim", "master": "*", "name": NODE}
    return _table(call, tuple(row), [row])


def cat_templates(store: DocumentStore, call: Call) -> Reply:
    """`GET /_cat/templates`."""
    pattern = call.path.get("name", "*")
    rows = [
        {
            "name": name,
            "index_patterns": f"[{', '.join(body['index_patterns'])}]",
            "order": str(body.get("order", body.get("priority", 0))),
            "version": str(body.get("version", "")),
            "composed_of": f"[{', '.join(body['composed_of'])}]" if "composed_of" in body else "",
        }
        for kind in ("legacy", "composable")
        for name, body in store.templates(kind).items()
        if matches(pattern, name)
    ]
    return _table(call, ("name", "index_patterns", "order", "version", "composed_of"), rows)


def size_text(size: int) -> str:
    """Return a size as `_cat` writes it: `230b`, `39.6kb`, `1.2mb`."""
    if size < 1024:
        return f"{size}b"
    scaled = float(size)
    for unit in ("kb", "mb", "gb", "tb"):
        scaled /= 1024
        if scaled < 1024 or unit == "tb":
            break
    return f"{scaled:.1f}".removesuffix(".0") + unit


def _now() -> dict[str, str]:
    now = time.time()
    return {"epoch": str(int(now)), "timestamp": time.strftime("%H:%M:%S", time.gmtime(now))}


def _table(call: Call, columns: Sequence[str], rows: Rows) -> Reply:
    wanted = call.params.get("h")
    if wanted:
        columns = [name for part in wanted.split(",") for name in columns if matches(part, name)]
    for key in reversed(call.params.get("s", "").split(",") if call.params.get("s") else []):
        name, _, order = key.partition(":")
        rows = sorted(rows, key=lambda row: _sort_key(row.get(name, "")), reverse=order == "desc")
    if call.params.get("format") == "json":
        return Reply([{name: row[name] for name in columns} for row in rows])
    lines = [{name: name for name in columns}] if call.flag("v") else []
    return Reply(_aligned(columns, [*lines, *rows]))


def _sort_key(text: str) -> tuple[int, Any]:
    return (0, float(text)) if text.replace(".", "", 1).isdigit() else (1, text)


def _aligned(columns: Sequence[str], lines: Rows) -> str:
    widths = {name: max((len(line[name]) for line in lines), default=0) for name in columns}
    text = ""
    for line in lines:
        cells = [
            line[name].rjust(widths[name]) if name in _RIGHT else line[name].ljust(widths[name])
            for name in columns
        ]
        text += " ".join(cells) + "\n"
    return text
