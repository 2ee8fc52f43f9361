"""Documents: one at a time (`_doc`, `_create`, `_update`, `_source`), several (`_mget`), many (`_bulk`)."""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import orjson

from clickstream.server.elasticsearch.call import Call, Reply, parse_json
from clickstream.server.elasticsearch.errors import cause_json, status_of
from clickstream.server.elasticsearch.indices import missing_document
from clickstream.storage.documents.bulk import Action
from clickstream.storage.documents.errors import DocumentError, illegal_argument
from clickstream.storage.documents.fetch import SourceFilter
from clickstream.storage.documents.store import BulkOperation, BulkResult, Document, DocumentStore

__all__ = [
    "bulk",
    "create_doc",
    "delete_doc",
    "get_doc",
    "get_source",
    "mget",
    "post_doc",
    "put_doc",
    "source_params",
    "update_doc",
]

_STATUS = {"created": 201, "updated": 200, "deleted": 200, "noop": 200, "not_found": 404}
_ACTIONS: dict[str, Action] = {"index": "index", "create": "create", "update": "update", "delete": "delete"}
_METADATA = {
    "_id",
    "_index",
    "_routing",
    "_source",
    "_type",
    "if_primary_term",
    "if_seq_no",
    "pipeline",
    "require_alias",
    "retry_on_conflict",
    "routing",
    "version",
    "version_type",
}


# --------------------------------------------------------------------------------------------------- bulk


def bulk(store: DocumentStore, call: Call) -> Reply:
    """`POST /[{index}/]_bulk`."""
    began = time.perf_counter()
    if not call.body:
        raise DocumentError("parse_exception", "request body is required")
    if not call.body.endswith(b"\n"):
        raise illegal_argument("The bulk request must be terminated by a newline [\\n]")
    operations = list(_operations(call))
    if not operations:
        raise DocumentError("action_request_validation_exception", "Validation Failed: 1: no requests added;")
    results = store.bulk(operations)
    forced = call.params.get("refresh") in ("", "true")
    items = [{result.action: _item(store, result, forced)} for result in results]
    took = round((time.perf_counter() - began) * 1000)
    return Reply(
        {"took": took, "errors": any(result.error is not None for result in results), "items": items}
    )


def _operations(call: Call) -> Iterator[BulkOperation]:
    lines = call.body.split(b"\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line.strip():
            continue
        action, metadata = _action(line, at)
        source = None
        if action != "delete":
            if at >= len(lines) or not lines[at]:
                raise illegal_argument("Malformed content, found extra data after parsing: source is missing")
            source = lines[at]
            at += 1
        yield _operation(call, action, metadata, source)


def _action(line: bytes, number: int) -> tuple[Action, Mapping[str, Any]]:
    value = parse_json(line)
    if not isinstance(value, dict) or len(value) != 1:
        raise illegal_argument(f"Malformed action/metadata line [{number}], expected START_OBJECT")
    ((name, metadata),) = value.items()
    action = _ACTIONS.get(name)
    if action is None or not isinstance(metadata, dict):
        raise illegal_argument(
            f"Malformed action/metadata line [{number}], expected one of [create, delete, index, update] but "
            f"found [{name}]"
        )
    for key in metadata:
        if key not in _METADATA:
            raise illegal_argument(f"Action/metadata line [{number}] contains an unknown parameter [{key}]")
    return action, metadata


def _operation(
    call: Call, action: Action, metadata: Mapping[str, Any], source: bytes | None
) -> BulkOperation:
    index = metadata.get("_index", call.path.get("index"))
    if index is None:
        raise DocumentError("action_request_validation_exception", "Validation Failed: 1: index is missing;")
    id_ = metadata.get("_id")
    pipeline = metadata.get("pipeline", call.params.get("pipeline"))
    return BulkOperation(action, str(index), None if id_ is None else str(id_), source, pipeline)


def _item(store: DocumentStore, result: BulkResult, forced: bool) -> dict[str, Any]:
    head = {"_index": result.index, "_type": "_doc", "_id": result.id}
    if result.error is not None:
        return {**head, "status": status_of(result.error), "error": cause_json(result.error)}
    return {
        **head,
        **_outcome(result, _copies(store, result.index), forced),
        "status": _STATUS[result.result],
    }


def _copies(store: DocumentStore, index: str) -> int:
    return 1 + int(store.info(index).settings.get("index", {}).get("number_of_replicas", 1))


def _outcome(result: BulkResult, copies: int, forced: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"_version": result.version, "result": result.result}
    if forced:
        made["forced_refresh"] = True
    done = 0 if result.result == "noop" else 1
    made["_shards"] = {"total": copies if done else 0, "successful": done, "failed": 0}
    return made | {"_seq_no": result.seq_no, "_primary_term": 1}


# --------------------------------------------------------------------------------------------- one document


def _write(store: DocumentStore, call: Call, action: Action, id_: str | None) -> Reply:
    operation = BulkOperation(
        action,
        call.path["index"],
        id_,
        call.body if action != "delete" else None,
        call.params.get("pipeline"),
    )
    (result,) = store.bulk([operation])
    if result.error is not None:
        raise result.error
    forced = call.params.get("refresh") in ("", "true")
    outcome = _outcome(result, _copies(store, result.index), forced)
    body = {"_index": result.index, "_type": "_doc", "_id": result.id, **outcome}
    status = _STATUS[result.result]
    if status != 201:
        return Reply(body, status)
    location = f"/{quote(result.index)}/_doc/{quote(result.id or '', safe='')}"
    return Reply(body, status, {"Location": location})


def put_doc(store: DocumentStore, call: Call) -> Reply:
    """`PUT /{index}/_doc/{id}`."""
    return _write(store, call, _indexing(call), call.path["id"])


def post_doc(store: DocumentStore, call: Call) -> Reply:
    """`POST /{index}/_doc`: the id is made up."""
    return _write(store, call, _indexing(call), None)


def _indexing(call: Call) -> Action:
    return "create" if call.params.get("op_type") == "create" else "index"


def create_doc(store: DocumentStore, call: Call) -> Reply:
    """`PUT /{index}/_create/{id}`."""
    return _write(store, call, "create", call.path["id"])


def update_doc(store: DocumentStore, call: Call) -> Reply:
    """`POST /{index}/_update/{id}`."""
    return _write(store, call, "update", call.path["id"])


def delete_doc(store: DocumentStore, call: Call) -> Reply:
    """`DELETE /{index}/_doc/{id}`."""
    return _write(store, call, "delete", call.path["id"])


def get_doc(store: DocumentStore, call: Call) -> Reply:
    """`GET /{index}/_doc/{id}`."""
    index, id_ = call.path["index"], call.path["id"]
    document = store.get(index, id_)
    if document is None:
        return Reply(_not_found(index, id_), 404)
    return Reply(_found(document, SourceFilter.parse(source_params(call.params))))


def _not_found(index: str, id_: str) -> dict[str, Any]:
    return {"_index": index, "_type": "_doc", "_id": id_, "found": False}


def _found(document: Document, shown: SourceFilter) -> dict[str, Any]:
    body = {
        "_index": document.index,
        "_type": "_doc",
        "_id": document.id,
        "_version": document.version,
        "_seq_no": document.seq_no,
        "_primary_term": 1,
        "found": True,
    }
    if shown.whole:
        body["_source"] = orjson.Fragment(document.source)
    elif shown.show:
        body["_source"] = shown.apply(orjson.loads(document.source))
    return body


def source_params(params: Mapping[str, str]) -> Any:
    """Return the `_source` that query parameters ask for, None if they ask for nothing."""
    plain = params.get("_source")
    if plain in ("true", "false"):
        return plain == "true"
    includes = params.get("_source_includes", params.get("_source_include", plain))
    excludes = params.get("_source_excludes", params.get("_source_exclude"))
    if includes is None and excludes is None:
        return None
    return {
        "includes": includes.split(",") if includes else [],
        "excludes": excludes.split(",") if excludes else [],
    }


def get_source(store: DocumentStore, call: Call) -> Reply:
    """`GET /{index}/_source/{id}`."""
    index, id_ = call.path["index"], call.path["id"]
    document = store.get(index, id_)
    if document is None:
        raise missing_document(index, id_)
    return Reply(orjson.Fragment(document.source))


def mget(store: DocumentStore, call: Call) -> Reply:
    """`POST /[{index}/]_mget`."""
    body = call.json()
    default = call.path.get("index")
    wanted = [(default, str(id_), None) for id_ in body.get("ids") or []]
    wanted += [
        (item.get("_index", default), str(item["_id"]), item.get("_source"))
        for item in body.get("docs") or []
    ]
    if not wanted:
        raise DocumentError(
            "action_request_validation_exception", "Validation Failed: 1: no documents to get;"
        )
    return Reply({"docs": [_got(store, str(index), id_, shown) for index, id_, shown in wanted]})


def _got(store: DocumentStore, index: str, id_: str, shown: Any) -> dict[str, Any]:
    try:
        document = store.get(index, id_)
    except DocumentError as error:
        body = cause_json(error)
        return {"_index": index, "_type": "_doc", "_id": id_, "error": {"root_cause": [body], **body}}
    return _not_found(index, id_) if document is None else _found(document, SourceFilter.parse(shown))
