"""Refusals as Elasticsearch writes them: the error object, its root causes, and the HTTP status.

Source: answers of Elasticsearch 7.10.2 to wrong requests; golden/clickstream/sinks.
"""

from typing import Any

from clickstream.core.errors import ClickstreamError, StateError
from clickstream.storage.documents.errors import DocumentError, ShardsFailed

__all__ = ["cause_json", "error_body", "status_of"]

_STATUS = {
    "aggregation_execution_exception": 500,
    "aggregation_initialization_exception": 500,
    "document_missing_exception": 404,
    "index_not_found_exception": 404,
    "index_template_missing_exception": 404,
    "resource_not_found_exception": 404,
    "too_many_buckets_exception": 503,
    "version_conflict_engine_exception": 409,
}
"""Kinds that are not the request's own fault, 400."""

_PLAIN_JAVA = {
    "date_time_parse_exception",
    "illegal_argument_exception",
    "illegal_state_exception",
    "named_object_not_found_exception",
    "not_x_content_exception",
    "number_format_exception",
    "zone_rules_exception",
}
"""Kinds that Elasticsearch does not look behind for the root cause."""


def status_of(error: ClickstreamError) -> int:
    """Return the HTTP status of a refusal."""
    if isinstance(error, ShardsFailed):
        return status_of(error.root)
    if isinstance(error, DocumentError):
        return _STATUS.get(error.kind, 400)
    return 500


def error_body(error: ClickstreamError) -> dict[str, Any]:
    """Return the whole body of a refusal."""
    return {"error": _error_json(error), "status": status_of(error)}


def cause_json(error: DocumentError) -> dict[str, Any]:
    """Return one error object, with what caused it."""
    made = _bare(error)
    if error.cause is not None:
        made["caused_by"] = cause_json(error.cause)
    return made


def _bare(error: DocumentError) -> dict[str, Any]:
    return {"type": error.kind, "reason": error.message, **error.facts}


def _error_json(error: ClickstreamError) -> dict[str, Any]:
    if isinstance(error, ShardsFailed):
        return _shards_json(error)
    if isinstance(error, DocumentError):
        if error.kind == "too_many_buckets_exception":
            return _reduce_failure(error)
        return {"root_cause": [_bare(_root(error))], **cause_json(error)}
    kind = "translog_exception" if isinstance(error, StateError) else "exception"
    cause = {"type": kind, "reason": error.message}
    return {"root_cause": [cause], **cause}


def _root(error: DocumentError) -> DocumentError:
    # Behind a query that a shard refused there is only the parser's own error.
    while (
        error.cause is not None
        and error.kind != "query_shard_exception"
        and error.cause.kind not in _PLAIN_JAVA
    ):
        error = error.cause
    return error


def _shards_json(error: ShardsFailed) -> dict[str, Any]:
    root = error.root
    shard = {"shard": 0, "index": error.index, "node": "embedded", "reason": cause_json(root)}
    made = {"root_cause": [_bare(_root(root))], **_bare(error), "failed_shards": [shard]}
    if root.kind in _PLAIN_JAVA:
        made["caused_by"] = {**_bare(root), "caused_by": _bare(root)}
    return made


def _reduce_failure(error: DocumentError) -> dict[str, Any]:
    return {
        "root_cause": [],
        "type": "search_phase_execution_exception",
        "reason": "",
        "phase": "fetch",
        "grouped": True,
        "failed_shards": [],
        "caused_by": cause_json(error),
    }
