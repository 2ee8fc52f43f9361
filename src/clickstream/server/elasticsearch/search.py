"""`_search`, `_msearch`, `_count`, `_field_caps` and `_delete_by_query`."""

import time
from collections.abc import Mapping
from typing import Any

from clickstream.server.elasticsearch.call import Call, Reply, parse_json
from clickstream.server.elasticsearch.documents import source_params
from clickstream.server.elasticsearch.errors import error_body, status_of
from clickstream.server.elasticsearch.warn import search_warnings
from clickstream.storage.documents.errors import DocumentError, illegal_argument, parsing
from clickstream.storage.documents.mapping import field_names
from clickstream.storage.documents.names import matches
from clickstream.storage.documents.search import shards_json
from clickstream.storage.documents.store import DocumentStore, SearchLine

__all__ = ["count", "delete_by_query", "field_caps", "msearch", "search", "validate_query"]

_METADATA_CAPS = {
    # name: (searchable, aggregatable)
    "_feature": (False, False),
    "_field_names": (True, False),
    "_id": (True, True),
    "_ignored": (True, False),
    "_index": (True, True),
    "_routing": (True, False),
    "_seq_no": (True, True),
    "_source": (False, False),
    "_type": (True, True),
    "_version": (False, False),
}
_UNSUPPORTED_PARAMS = {"scroll": "use search_after", "typed_keys": "answers carry plain names"}


def search(store: DocumentStore, call: Call) -> Reply:
    """`GET` or `POST /[{index}/]_search`."""
    for name, hint in _UNSUPPORTED_PARAMS.items():
        if name in call.params and call.params[name] != "false":
            raise illegal_argument(f"parameter [{name}] is not supported: {hint}")
    body = {**call.json(), **_from_params(call)}
    answer = store.search(
        call.index,
        body,
        ignore_unavailable=call.flag("ignore_unavailable"),
        allow_no_indices=call.flag("allow_no_indices", default=True),
    )
    if call.flag("rest_total_hits_as_int"):
        _total_as_number(answer)
    return Reply(answer, headers=search_warnings(body))


def _from_params(call: Call) -> dict[str, Any]:
    """Return the members of a search that query parameters give."""
    params = call.params
    body: dict[str, Any] = {
        name: params[name] for name in ("from", "size", "version", "seq_no_primary_term") if name in params
    }
    if "q" in params:
        body["query"] = _query_of(params)
    if "sort" in params:
        body["sort"] = params["sort"].split(",")
    if "track_total_hits" in params:
        body["track_total_hits"] = params["track_total_hits"]
    elif call.flag("rest_total_hits_as_int"):
        body["track_total_hits"] = True
    if "docvalue_fields" in params:
        body["docvalue_fields"] = params["docvalue_fields"].split(",")
    shown = source_params(params)
    return body if shown is None else {**body, "_source": shown}


def _query_of(params: Mapping[str, str]) -> dict[str, Any]:
    query: dict[str, Any] = {"query": params["q"]}
    if "df" in params:
        query["default_field"] = params["df"]
    if "default_operator" in params:
        query["default_operator"] = params["default_operator"]
    if "lenient" in params:
        query["lenient"] = params["lenient"] == "true"
    return {"query_string": query}


def _total_as_number(answer: dict[str, Any]) -> None:
    total = answer["hits"].get("total")
    if isinstance(total, dict):
        answer["hits"]["total"] = total["value"]


def msearch(store: DocumentStore, call: Call) -> Reply:
    """`GET` or `POST /[{index}/]_msearch`."""
    began = time.perf_counter()
    if not call.body:
        raise DocumentError("parse_exception", "request body or source parameter is required")
    if not call.body.endswith(b"\n"):
        raise illegal_argument("The msearch request must be terminated by a newline [\n]")
    lines = call.body.split(b"\n")[:-1]
    if len(lines) % 2:
        lines.append(b"{}")
    searches = [_line(call, lines[at], lines[at + 1]) for at in range(0, len(lines), 2)]
    answers = [_answer_json(call, answer) for answer in store.msearch(searches)]
    return Reply({"took": round((time.perf_counter() - began) * 1000), "responses": answers})


def _line(call: Call, header_line: bytes, body_line: bytes) -> SearchLine:
    header = parse_json(header_line) if header_line.strip() else {}
    body = parse_json(body_line) if body_line.strip() else {}
    if not isinstance(header, dict) or not isinstance(body, dict):
        raise parsing("Expected [START_OBJECT] in a line of the search")
    given = header.get("index", header.get("indices"))
    expression = ",".join(given) if isinstance(given, list) else given
    return SearchLine(
        str(expression or call.index),
        body,
        ignore_unavailable=header.get("ignore_unavailable") in (True, "true"),
        allow_no_indices=header.get("allow_no_indices") not in (False, "false"),
    )


def _answer_json(call: Call, answer: dict[str, Any] | DocumentError) -> dict[str, Any]:
    if isinstance(answer, DocumentError):
        return error_body(answer)
    if call.flag("rest_total_hits_as_int"):
        _total_as_number(answer)
    return {**answer, "status": 200}


def count(store: DocumentStore, call: Call) -> Reply:
    """`GET` or `POST /[{index}/]_count`."""
    body = call.json()
    for key in body:
        if key != "query":
            raise parsing(f"request does not support [{key}]")
    query = _query_of(call.params) if "q" in call.params else body.get("query")
    ignore = call.flag("ignore_unavailable")
    found = store.count(call.index, query, ignore_unavailable=ignore)
    return Reply(
        {"count": found, "_shards": shards_json(len(store.resolve(call.index, ignore_unavailable=ignore)))}
    )


def validate_query(store: DocumentStore, call: Call) -> Reply:
    """`GET` or `POST /[{index}/]_validate/query`."""
    indices = store.resolve(call.index)
    shards = {"total": 1, "successful": 1, "failed": 0}
    try:
        query = _query_of(call.params) if "q" in call.params else call.json().get("query")
        store.count(call.index, query)
    except DocumentError as error:
        if status_of(error) == 404:
            raise
        return Reply({"_shards": shards, "valid": False})
    explanations = [{"index": name, "valid": True} for name in indices] if call.flag("explain") else None
    body = {"_shards": shards, "valid": True}
    return Reply(body if explanations is None else {**body, "explanations": explanations})


def delete_by_query(store: DocumentStore, call: Call) -> Reply:
    """`POST /{index}/_delete_by_query`."""
    began = time.perf_counter()
    query = _query_of(call.params) if "q" in call.params else call.json().get("query")
    if query is None:
        raise DocumentError("action_request_validation_exception", "Validation Failed: 1: query is missing;")
    deleted = store.delete_by_query(call.index, query)
    return Reply(
        {
            "took": round((time.perf_counter() - began) * 1000),
            "timed_out": False,
            "total": deleted,
            "deleted": deleted,
            "batches": 1 if deleted else 0,
            "version_conflicts": 0,
            "noops": 0,
            "retries": {"bulk": 0, "search": 0},
            "throttled_millis": 0,
            "requests_per_second": -1.0,
            "throttled_until_millis": 0,
            "failures": [],
        }
    )


def field_caps(store: DocumentStore, call: Call) -> Reply:
    """`GET` or `POST /[{index}/]_field_caps`."""
    patterns = call.params.get("fields", "").split(",") if call.params.get("fields") else []
    if not patterns:
        raise illegal_argument("specified fields can't be null or empty")
    names = store.resolve(
        call.index,
        ignore_unavailable=call.flag("ignore_unavailable"),
        allow_no_indices=call.flag("allow_no_indices", default=True),
    )
    types = _types_by_field(store, names, patterns)
    fields = {field: _caps(by_type, names) for field, by_type in types.items()}
    for field, (searchable, aggregatable) in _METADATA_CAPS.items():
        if "*" in patterns or field in patterns:
            caps = {"type": field, "searchable": searchable, "aggregatable": aggregatable}
            fields[field] = {field: caps}
    return Reply({"indices": names, "fields": fields})


def _types_by_field(
    store: DocumentStore, names: list[str], patterns: list[str]
) -> dict[str, dict[str, list[str]]]:
    types: dict[str, dict[str, list[str]]] = {}
    for name in names:
        mapping = store.mapping(name)
        for pattern in patterns:
            found = {field: mapping.fields[field].type for field in field_names(mapping, pattern)}
            found |= {inner: "object" for inner in mapping.objects() if matches(pattern, inner)}
            for field, type_ in found.items():
                indices = types.setdefault(field, {}).setdefault(type_, [])
                if name not in indices:
                    indices.append(name)
    return types


def _caps(by_type: Mapping[str, list[str]], names: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for type_, indices in by_type.items():
        searchable = type_ != "object"
        aggregatable = searchable and type_ != "text"
        caps: dict[str, Any] = {"type": type_, "searchable": searchable, "aggregatable": aggregatable}
        if len(by_type) > 1:
            caps["indices"] = indices
        shown[type_] = caps
    return shown
