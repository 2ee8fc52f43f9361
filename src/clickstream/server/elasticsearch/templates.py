"""`_template`, `_index_template`, `_component_template` and `_ingest/pipeline`."""

from collections.abc import Mapping
from typing import Any

from clickstream.server.elasticsearch.call import Call, Reply
from clickstream.server.elasticsearch.warn import warning
from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.pipeline import Ingested, IngestPipeline
from clickstream.storage.documents.store import DocumentStore

__all__ = [
    "delete_component_template",
    "delete_index_template",
    "delete_pipeline",
    "delete_template",
    "get_component_template",
    "get_index_template",
    "get_pipeline",
    "get_template",
    "put_component_template",
    "put_index_template",
    "put_pipeline",
    "put_template",
    "simulate_pipeline",
]

_DONE = {"acknowledged": True}
_DEFAULT_TYPE = (
    "[_default_] mapping is deprecated since it is not useful anymore now that indexes cannot have more than "
    "one type"
)


def put_template(store: DocumentStore, call: Call) -> Reply:
    """`PUT /_template/{name}`."""
    body = call.json()
    store.put_template(call.path["name"], body)
    mappings = body.get("mappings")
    if isinstance(mappings, Mapping) and "_default_" in mappings:
        return Reply(_DONE, headers=warning(_DEFAULT_TYPE))
    return Reply(_DONE)


def get_template(store: DocumentStore, call: Call) -> Reply:
    """`GET /_template[/{name}]`."""
    found = store.templates("legacy", call.path.get("name", "*"))
    return Reply(found, 200 if found or "*" in call.path.get("name", "*") else 404)


def delete_template(store: DocumentStore, call: Call) -> Reply:
    """`DELETE /_template/{name}`."""
    store.delete_template("legacy", call.path["name"])
    return Reply(_DONE)


def put_index_template(store: DocumentStore, call: Call) -> Reply:
    """`PUT /_index_template/{name}`."""
    name = call.path["name"]
    body = call.json()
    hidden = store.put_index_template(name, body)
    if not hidden:
        return Reply(_DONE)
    mine = ", ".join(store.templates("composable", name)[name]["index_patterns"])
    theirs = ", ".join(f"{other} => [{', '.join(patterns)}]" for other, patterns in hidden.items())
    return Reply(
        _DONE,
        headers=warning(
            f"index template [{name}] has index patterns [{mine}] matching patterns from existing older "
            f"templates [{','.join(hidden)}] with patterns ({theirs}); this template [{name}] will take "
            "precedence during new index creation"
        ),
    )


def get_index_template(store: DocumentStore, call: Call) -> Reply:
    """`GET /_index_template[/{name}]`."""
    return _listed(store, call, "composable", "index_template", "index template")


def delete_index_template(store: DocumentStore, call: Call) -> Reply:
    """`DELETE /_index_template/{name}`."""
    store.delete_template("composable", call.path["name"])
    return Reply(_DONE)


def put_component_template(store: DocumentStore, call: Call) -> Reply:
    """`PUT /_component_template/{name}`."""
    store.put_component_template(call.path["name"], call.json())
    return Reply(_DONE)


def get_component_template(store: DocumentStore, call: Call) -> Reply:
    """`GET /_component_template[/{name}]`."""
    return _listed(store, call, "component", "component_template", "component template")


def delete_component_template(store: DocumentStore, call: Call) -> Reply:
    """`DELETE /_component_template/{name}`."""
    store.delete_template("component", call.path["name"])
    return Reply(_DONE)


def _listed(store: DocumentStore, call: Call, kind: str, member: str, words: str) -> Reply:
    pattern = call.path.get("name", "*")
    found = store.templates(kind, pattern)
    if not found and "*" not in pattern:
        raise DocumentError("resource_not_found_exception", f"{words} matching [{pattern}] not found")
    return Reply({f"{member}s": [{"name": name, member: body} for name, body in found.items()]})


# ---------------------------------------------------------------------------------------------- pipelines


def put_pipeline(store: DocumentStore, call: Call) -> Reply:
    """`PUT /_ingest/pipeline/{name}`."""
    store.put_pipeline(call.path["name"], call.json())
    return Reply(_DONE)


def get_pipeline(store: DocumentStore, call: Call) -> Reply:
    """`GET /_ingest/pipeline[/{name}]`."""
    pattern = call.path.get("name", "*")
    found = store.pipelines(pattern)
    return Reply(found, 200 if found or "*" in pattern else 404)


def delete_pipeline(store: DocumentStore, call: Call) -> Reply:
    """`DELETE /_ingest/pipeline/{name}`."""
    store.delete_pipeline(call.path["name"])
    return Reply(_DONE)


def simulate_pipeline(store: DocumentStore, call: Call) -> Reply:
    """`POST /_ingest/pipeline/[{name}/]_simulate`."""
    body = call.json()
    name = call.path.get("name")
    if name is None:
        pipeline = IngestPipeline("_simulate_pipeline", body.get("pipeline") or {})
    else:
        known = store.pipelines(name)
        if name not in known:
            raise DocumentError("illegal_argument_exception", f"pipeline [{name}] does not exist")
        pipeline = IngestPipeline(name, known[name])
    return Reply({"docs": [_simulated(pipeline, given) for given in body.get("docs") or []]})


def _simulated(pipeline: IngestPipeline, given: Mapping[str, Any]) -> dict[str, Any]:
    document = Ingested(
        str(given.get("_index", "_index")), str(given.get("_id", "_id")), dict(given.get("_source") or {})
    )
    try:
        pipeline.run(document)
    except DocumentError as error:
        cause = {"type": error.kind, "reason": error.message}
        return {"error": {"root_cause": [cause], **cause}}
    return {
        "doc": {
            "_index": document.index,
            "_type": "_doc",
            "_id": document.id,
            "_source": document.source,
            "_ingest": {},
        }
    }
