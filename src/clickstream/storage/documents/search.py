"""One search request: parsed, run over its indices, and answered.

Source: Elasticsearch reference, "Search API"; answers compared with 7.10.2.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from clickstream.storage.documents.aggregations import (
    Aggregation,
    Context,
    Group,
    parse_aggregations,
    run_all,
)
from clickstream.storage.documents.errors import DocumentError, ShardsFailed, illegal_argument, parsing
from clickstream.storage.documents.fetch import (
    FieldRequest,
    SourceFilter,
    doc_values,
    parse_fields,
    source_fields,
)
from clickstream.storage.documents.field_match import Mask, Scope
from clickstream.storage.documents.index import Index
from clickstream.storage.documents.matching import MatchAll, Query
from clickstream.storage.documents.query import parse_query
from clickstream.storage.documents.selection import Ints, Selection
from clickstream.storage.documents.sort import SortKey, best, parse_sort

__all__ = [
    "SearchRequest",
    "count_documents",
    "matching_rows",
    "run_search",
    "shards_json",
    "understand_query",
]

MAX_WINDOW = 10_000
"""`index.max_result_window`, and up to where totals are exact unless asked otherwise."""

ReadSource = Callable[[Index, int], bytes]

_IGNORED = {
    "allow_partial_search_results",
    "explain",
    "highlight",
    "indices_boost",
    "min_score",
    "preference",
    "profile",
    "rescore",
    "stats",
    "stored_fields",
    "suggest",
    "terminate_after",
    "timeout",
    "track_scores",
}
"""Members that are accepted without effect; the answer is complete without them."""

_REFUSED = {"collapse", "pit", "runtime_mappings", "slice", "ext"}


class SearchRequest:
    """A request's body, understood."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        """Understand `body`. Raises: DocumentError."""
        self.query: Query = MatchAll()
        self.post_filter: Query | None = None
        self.aggregations: list[Aggregation] = []
        self.sort: list[SortKey] = []
        self.source = SourceFilter()
        self.doc_values: list[FieldRequest] = []
        self.fields: list[FieldRequest] = []
        self.after: list[Any] | None = None
        self.start, self.size = 0, 10
        self.track_total: bool | int = MAX_WINDOW
        self.show_version = self.show_seq_no = False
        for key, value in body.items():
            self._take(key, value)
        if self.after is not None and not self.sort:
            raise ShardsFailed(illegal_argument("Sort must contain at least one field."))
        if self.start + self.size > MAX_WINDOW:
            raise ShardsFailed(
                illegal_argument(
                    f"Result window is too large, from + size must be less than or equal to: [{MAX_WINDOW}] "
                    f"but was [{self.start + self.size}]. See the scroll api for a more efficient way to "
                    "request large data sets. This limit can be set by changing the "
                    "[index.max_result_window] index level setting."
                )
            )

    def _take(self, key: str, value: Any) -> None:
        taker = _TAKERS.get(key)
        if taker is not None:
            taker(self, value)
        elif key in _REFUSED or (key == "script_fields" and value):
            raise parsing(f"[{key}] is not supported")
        elif key not in _IGNORED and key != "script_fields":
            token = (
                "START_OBJECT"
                if isinstance(value, Mapping)
                else "START_ARRAY"
                if isinstance(value, list)
                else ""
            )
            raise parsing(f"Unknown key for a {token or _token(value)} in [{key}].")

    @property
    def scored(self) -> bool:
        """Whether hits are ordered by score, or show it."""
        return not self.sort or any(key.field == "_score" for key in self.sort)


def _token(value: Any) -> str:
    if isinstance(value, bool):
        return "VALUE_BOOLEAN"
    return (
        "VALUE_NULL"
        if value is None
        else "VALUE_NUMBER"
        if isinstance(value, int | float)
        else "VALUE_STRING"
    )


def _take_query(request: SearchRequest, value: Any) -> None:
    request.query = understand_query(value)


def _take_post_filter(request: SearchRequest, value: Any) -> None:
    request.post_filter = understand_query(value)


def understand_query(value: Any) -> Query:
    """Return a query; text that is not of its syntax fails where the data is. Raises: DocumentError."""
    try:
        return parse_query(value)
    except DocumentError as error:
        if error.kind == "query_shard_exception":
            raise ShardsFailed(error) from error
        raise


def _take_aggregations(request: SearchRequest, value: Any) -> None:
    request.aggregations = parse_aggregations(value)


def _take_sort(request: SearchRequest, value: Any) -> None:
    keys = parse_sort(value)
    # Alone and descending the score is the usual order.
    request.sort = [] if keys == [SortKey("_score", True)] else keys


def _take_source(request: SearchRequest, value: Any) -> None:
    request.source = SourceFilter.parse(value)


def _take_doc_values(request: SearchRequest, value: Any) -> None:
    request.doc_values = parse_fields(value)


def _take_fields(request: SearchRequest, value: Any) -> None:
    request.fields = parse_fields(value)


def _take_after(request: SearchRequest, value: Any) -> None:
    if not isinstance(value, list) or not value:
        raise illegal_argument("Values must contains at least one value.")
    request.after = value


def _take_from(request: SearchRequest, value: Any) -> None:
    start = _whole(value)
    # −1 is what Elasticsearch 7 takes for its default, here and for the size.
    request.start = 0 if start == -1 else start
    if request.start < 0:
        raise illegal_argument(f"[from] parameter cannot be negative but was [{request.start}]")


def _take_size(request: SearchRequest, value: Any) -> None:
    size = _whole(value)
    request.size = 10 if size == -1 else size
    if request.size < 0:
        raise ShardsFailed(illegal_argument(f"[size] parameter cannot be negative, found [{size}]"))


def _take_track_total(request: SearchRequest, value: Any) -> None:
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value, value)
    request.track_total = value if isinstance(value, bool) else _whole(value)
    if not isinstance(value, bool) and request.track_total < -1:
        raise illegal_argument(
            f"[track_total_hits] parameter must be positive or equals to -1, got {request.track_total}"
        )


def _take_version(request: SearchRequest, value: Any) -> None:
    request.show_version = value in (True, "true")


def _take_seq_no(request: SearchRequest, value: Any) -> None:
    request.show_seq_no = value in (True, "true")


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise DocumentError("number_format_exception", f'For input string: "{value}"') from None


_TAKERS: dict[str, Callable[[SearchRequest, Any], None]] = {
    "query": _take_query,
    "post_filter": _take_post_filter,
    "aggs": _take_aggregations,
    "aggregations": _take_aggregations,
    "sort": _take_sort,
    "_source": _take_source,
    "docvalue_fields": _take_doc_values,
    "fields": _take_fields,
    "search_after": _take_after,
    "from": _take_from,
    "size": _take_size,
    "track_total_hits": _take_track_total,
    "version": _take_version,
    "seq_no_primary_term": _take_seq_no,
}


# -------------------------------------------------------------------------------------------- running


def shards_json(count: int) -> dict[str, int]:
    """Return the `_shards` member of a search over `count` indices of one shard each."""
    return {"total": count, "successful": count, "skipped": 0, "failed": 0}


def matching_rows(query: Query, index: Index, now_ms: int) -> Ints:
    """Return the rows of the documents that match. Raises: ShardsFailed."""
    try:
        return np.flatnonzero(query.mask(Scope(index, now_ms)) & index.live)
    except DocumentError as error:
        raise ShardsFailed(_query_failure(error, index), index=index.info.name) from error


def _query_failure(error: DocumentError, index: Index) -> DocumentError:
    if error.kind in ("parse_exception", "query_shard_exception"):
        return error
    return DocumentError(
        "query_shard_exception",
        f"failed to create query: {error.message}",
        cause=error,
        index_uuid=index.info.uuid,
        index=index.info.name,
    )


def count_documents(query: Query, indices: Sequence[Index], now_ms: int) -> int:
    """Return how many documents match. Raises: ShardsFailed."""
    if isinstance(query, MatchAll):
        return sum(index.count for index in indices)
    return sum(len(matching_rows(query, index, now_ms)) for index in indices)


def run_search(
    request: SearchRequest, indices: Sequence[Index], now_ms: int, read_source: ReadSource
) -> dict[str, Any]:
    """Return the answer of a search. Raises: DocumentError."""
    began = time.perf_counter()
    run = _Run(request, indices, now_ms, read_source)
    answer: dict[str, Any] = {
        "took": 0,
        "timed_out": False,
        "_shards": shards_json(len(indices)),
        "hits": run.hits(),
    }
    if request.aggregations and indices:
        answer["aggregations"] = run.aggregations()
    answer["took"] = round((time.perf_counter() - began) * 1000)
    return answer


class _Run:
    """A search while it runs."""

    def __init__(
        self, request: SearchRequest, indices: Sequence[Index], now_ms: int, read_source: ReadSource
    ) -> None:
        self._request = request
        self._indices = indices
        self._now_ms = now_ms
        self._read_source = read_source
        self._chosen = Selection([(index, matching_rows(request.query, index, now_ms)) for index in indices])

    # ---------------------------------------------------------------------------------------- hits

    def hits(self) -> dict[str, Any]:
        """Return the `hits` member."""
        request = self._request
        chosen = self._chosen if request.post_filter is None else self._filtered(request.post_filter)
        answer: dict[str, Any] = {}
        if request.track_total is not False:
            answer["total"] = _total(chosen.size, request.track_total)
        answer["max_score"] = None if self._indices else 0.0
        answer["hits"] = []
        if not request.size or not chosen.size:
            return answer
        scores = self._scores(chosen) if request.scored else None
        keys = request.sort or [SortKey("_score", True)]
        try:
            positions, values = best(chosen, keys, scores, request.start + request.size, request.after)
        except DocumentError as error:
            raise ShardsFailed(_sort_failure(error, self._indices[0])) from error
        if not request.sort and scores is not None:
            answer["max_score"] = float(np.float32(scores.max()))
        shown = positions[request.start :]
        answer["hits"] = [
            self._hit(chosen, position, None if scores is None else scores[position], sort)
            for position, sort in zip(shown.tolist(), values[request.start :], strict=True)
        ]
        return answer

    def _filtered(self, query: Query) -> Selection:
        flags = self._mask_of(self._chosen)(query)
        parts, base = [], 0
        for index, rows in self._chosen.parts:
            parts.append((index, rows[flags[base : base + len(rows)]]))
            base += len(rows)
        return Selection(parts)

    def _scores(self, chosen: Selection) -> npt.NDArray[np.float64]:
        parts = []
        for index, rows in chosen.parts:
            scope = Scope(index, self._now_ms)
            mask = self._request.query.mask(scope)
            parts.append(self._request.query.scores(scope, mask)[rows])
        return np.concatenate(parts) if parts else np.zeros(0)

    def _hit(self, chosen: Selection, position: int, score: Any, sort: list[Any]) -> dict[str, Any]:
        request = self._request
        index, row = chosen.locate(position)
        hit = _hit_head(index, row)
        if request.show_version:
            hit["_version"] = int(index.versions[row])
        if request.show_seq_no:
            hit |= {"_seq_no": int(index.seq_no[row]), "_primary_term": 1}
        hit["_score"] = None if score is None else float(np.float32(score))
        self._show(hit, index, row, request.source, request.doc_values, request.fields)
        if request.sort:
            hit["sort"] = sort
        return hit

    def _show(
        self,
        hit: dict[str, Any],
        index: Index,
        row: int,
        source: SourceFilter,
        values: Sequence[FieldRequest],
        fields: Sequence[FieldRequest],
    ) -> None:
        raw = self._read_source(index, row) if source.show or fields else b""
        if source.whole:
            hit["_source"] = orjson.Fragment(raw)
        elif source.show:
            hit["_source"] = source.apply(orjson.loads(raw))
        shown = doc_values(index, row, values) if values else {}
        if fields:
            shown |= source_fields(index, orjson.loads(raw), fields)
        if shown:
            hit["fields"] = shown

    # -------------------------------------------------------------------------------- aggregations

    def aggregations(self) -> dict[str, Any]:
        """Return the `aggregations` member. Raises: ShardsFailed."""
        size = self._chosen.size
        group = Group(np.arange(size), np.zeros(size, np.int64), 1)
        try:
            return run_all(self._request.aggregations, self._context(self._chosen), group)[0]
        except ShardsFailed:
            raise
        except DocumentError as error:
            if error.kind == "too_many_buckets_exception":
                raise
            raise ShardsFailed(error, index=self._indices[0].info.name) from error

    def _context(self, selection: Selection) -> Context:
        return Context(selection, self._now_ms, self._mask_of(selection), self._top_hits, self._everything)

    def _everything(self) -> Context:
        return self._context(Selection([(index, np.flatnonzero(index.live)) for index in self._indices]))

    def _mask_of(self, selection: Selection) -> Callable[[Query], Mask]:
        def mask_of(query: Query) -> Mask:
            masks = [query.mask(Scope(index, self._now_ms))[rows] for index, rows in selection.parts]
            return np.concatenate(masks) if masks else np.zeros(0, np.bool_)

        return mask_of

    def _top_hits(
        self, positions: Ints, sorts: list[list[Any]] | None, settings: dict[str, Any]
    ) -> list[dict[str, Any]]:
        source = SourceFilter.parse(settings.get("_source"))
        values = parse_fields(settings.get("docvalue_fields"))
        fields = parse_fields(settings.get("fields"))
        hits = []
        for at, position in enumerate(positions.tolist()):
            index, row = self._chosen.locate(position)
            hit = _hit_head(index, row)
            hit["_score"] = 1.0 if sorts is None else None
            self._show(hit, index, row, source, values, fields)
            if sorts is not None:
                hit["sort"] = sorts[at]
            hits.append(hit)
        return hits


def _hit_head(index: Index, row: int) -> dict[str, Any]:
    return {"_index": index.info.name, "_type": "_doc", "_id": index.ids[row]}


def _total(size: int, track: bool | int) -> dict[str, Any]:
    if track is True or track == -1 or size <= track:
        return {"value": size, "relation": "eq"}
    return {"value": int(track), "relation": "gte"}


def _sort_failure(error: DocumentError, index: Index) -> DocumentError:
    if error.kind == "query_shard_exception":
        error.facts |= {"index_uuid": index.info.uuid, "index": index.info.name}
    return error
