"""Indices: create, delete, look at, map, refresh; aliases are empty."""

from collections.abc import Callable
from typing import Any

from clickstream.server.elasticsearch.call import Call, Reply
from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.index import IndexInfo
from clickstream.storage.documents.mapping import field_names
from clickstream.storage.documents.names import matches
from clickstream.storage.documents.store import DocumentStore, IndexSummary

__all__ = [
    "delete_index",
    "get_aliases",
    "get_field_mapping",
    "get_index",
    "get_mapping",
    "get_settings",
    "get_stats",
    "head_index",
    "put_index",
    "put_mapping",
    "put_settings",
    "refresh",
    "resolve_index",
]

_DONE = {"acknowledged": True}
_VERSION_CREATED = "7170099"
_METADATA_FIELDS = (
    "_feature",
    "_field_names",
    "_id",
    "_ignored",
    "_index",
    "_routing",
    "_seq_no",
    "_source",
    "_type",
    "_version",
)


def put_index(store: DocumentStore, call: Call) -> Reply:
    """`PUT /{index}`."""
    name = call.path["index"]
    store.create_index(name, call.json())
    return Reply({"acknowledged": True, "shards_acknowledged": True, "index": name})


def delete_index(store: DocumentStore, call: Call) -> Reply:
    """`DELETE /{index}`."""
    store.delete_index(call.path["index"], ignore_unavailable=call.flag("ignore_unavailable"))
    return Reply(_DONE)


def head_index(store: DocumentStore, call: Call) -> Reply:
    """`HEAD /{index}`."""
    _names(store, call)
    return Reply({})


def get_index(store: DocumentStore, call: Call) -> Reply:
    """`GET /{index}`."""
    return Reply(
        {
            name: {
                "aliases": store.info(name).aliases,
                "mappings": store.mapping(name).to_json(),
                "settings": _settings(store.info(name)),
            }
            for name in _names(store, call)
        }
    )


def get_mapping(store: DocumentStore, call: Call) -> Reply:
    """`GET /{index}/_mapping`."""
    return _each(store, call, lambda name: {"mappings": store.mapping(name).to_json()})


def put_mapping(store: DocumentStore, call: Call) -> Reply:
    """`PUT /{index}/_mapping`."""
    store.put_mapping(call.index, call.json())
    return Reply(_DONE)


def get_field_mapping(store: DocumentStore, call: Call) -> Reply:
    """`GET /{index}/_mapping/field/{fields}`."""
    return _each(store, call, lambda name: {"mappings": _fields(store, name, call.path["fields"])})


def _fields(store: DocumentStore, name: str, patterns: str) -> dict[str, Any]:
    mapping = store.mapping(name)
    shown: dict[str, Any] = {}
    for pattern in patterns.split(","):
        for metadata in _METADATA_FIELDS:
            if matches(pattern, metadata):
                shown[metadata] = {"full_name": metadata, "mapping": {}}
        for field in field_names(mapping, pattern):
            leaf = field.rpartition(".")[2]
            shown[field] = {"full_name": field, "mapping": {leaf: mapping.field_json(field)}}
    return shown


def get_settings(store: DocumentStore, call: Call) -> Reply:
    """`GET /{index}/_settings`."""
    return _each(store, call, lambda name: {"settings": _settings(store.info(name))})


def put_settings(store: DocumentStore, call: Call) -> Reply:
    """`PUT /{index}/_settings`."""
    store.put_settings(call.index, call.json())
    return Reply(_DONE)


def _settings(info: IndexInfo) -> dict[str, Any]:
    own: dict[str, Any] = {
        **info.settings.get("index", {}),
        "provided_name": info.name,
        "creation_date": str(info.created_ms),
        "uuid": info.uuid,
        "version": {"created": _VERSION_CREATED},
    }
    return {"index": own}


def get_aliases(store: DocumentStore, call: Call) -> Reply:
    """`GET /[{index}/]_alias`."""
    return _each(store, call, lambda name: {"aliases": store.info(name).aliases})


def refresh(store: DocumentStore, call: Call) -> Reply:
    """`POST /{index}/_refresh`, `_flush`, `_forcemerge`: there is nothing left to do."""
    count = len(_names(store, call))
    return Reply({"_shards": {"total": count, "successful": count, "failed": 0}})


def get_stats(store: DocumentStore, call: Call) -> Reply:
    """`GET /[{index}/]_stats[/{metric}]`: documents and size."""
    summaries = store.summaries(call.index)
    everything = _stats(summaries)
    count = len(summaries)
    return Reply(
        {
            "_shards": {"total": count, "successful": count, "failed": 0},
            "_all": {"primaries": everything, "total": everything},
            "indices": {
                index.name: {"uuid": index.uuid, "primaries": _stats([index]), "total": _stats([index])}
                for index in summaries
            },
        }
    )


def _stats(summaries: list[IndexSummary]) -> dict[str, Any]:
    return {
        "docs": {
            "count": sum(index.documents for index in summaries),
            "deleted": 0,
        },
        "store": {"size_in_bytes": sum(index.bytes for index in summaries), "reserved_in_bytes": 0},
    }


def resolve_index(store: DocumentStore, call: Call) -> Reply:
    """`GET /_resolve/index/{index}`."""
    indices = [{"name": name, "attributes": ["open"]} for name in _names(store, call)]
    return Reply({"indices": indices, "aliases": [], "data_streams": []})


def _names(store: DocumentStore, call: Call) -> list[str]:
    return store.resolve(
        call.index,
        ignore_unavailable=call.flag("ignore_unavailable"),
        allow_no_indices=call.flag("allow_no_indices", default=True),
    )


def _each(store: DocumentStore, call: Call, show: Callable[[str], dict[str, Any]]) -> Reply:
    return Reply({name: show(name) for name in _names(store, call)})


def missing_document(index: str, id_: str) -> DocumentError:
    """Return the refusal of a source that is not there."""
    return DocumentError("resource_not_found_exception", f"Document not found [{index}]/[_doc]/[{id_}]")
