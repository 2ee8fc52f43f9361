"""The document store: indices, templates, pipelines, documents; in memory to be read, on disk for keeps.

One lock guards all: a bulk is one transaction on disk and one change in memory, and a search sees the
documents of whole bulks only. Documents are searchable as soon as they are written; there is nothing to
refresh. An index is read from disk when it is first asked for.
"""

import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from clickstream.core.clock import Clock, SystemClock
from clickstream.storage.documents.bulk import (
    BulkOperation,
    BulkResult,
    BulkWriter,
)
from clickstream.storage.documents.disk import Disk
from clickstream.storage.documents.errors import (
    DocumentError,
    IndexExists,
    IndexMissing,
    ShardsFailed,
    illegal_argument,
    mapper_parsing,
)
from clickstream.storage.documents.index import Index, IndexInfo
from clickstream.storage.documents.loading import no_collection
from clickstream.storage.documents.mapping import IndexMapping
from clickstream.storage.documents.matching import MatchAll
from clickstream.storage.documents.names import check_index_name, matches, resolve
from clickstream.storage.documents.pipeline import Ingested, IngestPipeline
from clickstream.storage.documents.search import (
    SearchRequest,
    count_documents,
    matching_rows,
    run_search,
    understand_query,
)
from clickstream.storage.documents.sources import encode_json
from clickstream.storage.documents.template import (
    NewIndex,
    Templates,
    check_component,
    check_composable,
    check_legacy,
)

__all__ = ["BulkOperation", "BulkResult", "Document", "DocumentStore", "IndexSummary", "SearchLine"]

Body = TypeVar("Body")
LOAD_BATCH = 20_000
"""Documents read from disk at a time: enough for columns, and little memory while they are JSON."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it is stored."""

    index: str
    id: str
    version: int
    seq_no: int
    source: bytes


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What lists of indices show."""

    name: str
    uuid: str
    documents: int
    bytes: int
    shards: int
    replicas: int


@dataclass(frozen=True, slots=True)
class SearchLine:
    """One of several searches of a request."""

    indices: str
    body: Mapping[str, Any]
    ignore_unavailable: bool = False
    allow_no_indices: bool = True


class DocumentStore:
    """Everything behind the Elasticsearch API. Safe for threads."""

    def __init__(self, path: Path | None, *, clock: Clock | None = None) -> None:
        """Open the store in the file `path`, or in memory. Raises: CorruptState, IncompatibleFormat."""
        self._clock = clock or SystemClock()
        self._lock = threading.RLock()
        self._disk = Disk(path)
        self._templates = Templates()
        self._pipelines: dict[str, IngestPipeline] = {}
        self._infos: dict[str, tuple[IndexInfo, bytes]] = {}
        self._indices: dict[str, Index] = {}
        self._read_catalog()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._disk.close()

    def _read_catalog(self) -> None:
        for kind, kept in self._template_kinds().items():
            kept.update({name: orjson.loads(body) for name, body in self._disk.named(kind)})
        for name, body in self._disk.named("pipeline"):
            self._pipelines[name] = IngestPipeline(name, orjson.loads(body))
        for number, name, body, mapping in self._disk.indices():
            described = orjson.loads(body)
            self._infos[name] = (IndexInfo(number, name, **described), mapping)

    def _template_kinds(self) -> dict[str, dict[str, dict[str, Any]]]:
        kinds = self._templates
        return {"legacy": kinds.legacy, "composable": kinds.composable, "component": kinds.component}

    # --------------------------------------------------------------------- templates and pipelines

    def put_template(self, name: str, body: Mapping[str, Any]) -> None:
        """Create or replace a legacy template (`_template`). Raises: DocumentError."""
        self._put_named("legacy", self._templates.legacy, name, check_legacy(body))

    def put_index_template(self, name: str, body: Mapping[str, Any]) -> dict[str, list[str]]:
        """Create or replace a composable template; return the legacy ones it hides. Raises: DocumentError."""
        kept = check_composable(name, body)
        with self._lock:
            self._templates.check_conflicts(name, kept)
            self._put_named("composable", self._templates.composable, name, kept)
            return self._templates.overshadowed(kept)

    def put_component_template(self, name: str, body: Mapping[str, Any]) -> None:
        """Create or replace a component template. Raises: DocumentError."""
        self._put_named("component", self._templates.component, name, check_component(body))

    def templates(self, kind: str, pattern: str = "*") -> dict[str, dict[str, Any]]:
        """Return the templates of a kind (`legacy`, `composable`, `component`) whose names fit."""
        with self._lock:
            return _fitting(self._template_kinds()[kind], pattern)

    def delete_template(self, kind: str, pattern: str) -> None:
        """Delete templates. Raises: DocumentError if there is none of that name."""
        with self._lock:
            kept = self._template_kinds()[kind]
            found = _fitting(kept, pattern)
            if not found and pattern != "*":
                what = "component template" if kind == "component" else "index_template"
                raise DocumentError("index_template_missing_exception", f"{what} [{pattern}] missing")
            self._delete_named(kind, kept, found)

    def put_pipeline(self, name: str, body: Mapping[str, Any]) -> None:
        """Create or replace an ingest pipeline. Raises: DocumentError."""
        pipeline = IngestPipeline(name, body)
        with self._lock, self._disk.transaction():
            self._disk.put_named("pipeline", name, encode_json(body))
            self._pipelines[name] = pipeline

    def pipelines(self, pattern: str = "*") -> dict[str, Mapping[str, Any]]:
        """Return the bodies of the pipelines whose names fit."""
        with self._lock:
            return {name: pipeline.body for name, pipeline in _fitting(self._pipelines, pattern).items()}

    def delete_pipeline(self, pattern: str) -> None:
        """Delete pipelines. Raises: DocumentError if there is none of that name."""
        with self._lock:
            found = _fitting(self._pipelines, pattern)
            if not found and pattern != "*":
                raise DocumentError("resource_not_found_exception", f"pipeline [{pattern}] is missing")
            self._delete_named("pipeline", self._pipelines, found)

    def _put_named(self, kind: str, kept: dict[str, Any], name: str, body: Mapping[str, Any]) -> None:
        with self._lock, self._disk.transaction():
            self._disk.put_named(kind, name, encode_json(body))
            kept[name] = body

    def _delete_named(self, kind: str, kept: dict[str, Any], found: Mapping[str, Any]) -> None:
        with self._disk.transaction():
            for name in found:
                self._disk.delete_named(kind, name)
        for name in found:
            del kept[name]

    # ------------------------------------------------------------------------------------- indices

    def create_index(self, name: str, body: Mapping[str, Any] | None = None) -> None:
        """Create an index; templates that fit lie under `body`. Raises: DocumentError, IndexExists."""
        body = body or {}
        for key in body:
            if key not in ("settings", "mappings", "aliases"):
                raise DocumentError("parse_exception", f"unknown key [{key}] for create index")
        with self._changing(), self._disk.transaction():
            self._create(name, body)

    def _create(self, name: str, body: Mapping[str, Any]) -> Index:
        check_index_name(name)
        if name in self._infos:
            raise IndexExists(name, self._infos[name][0].uuid)
        new = self._templates.for_index(name)
        new.add(body)
        mapping = _merged(new)
        number = max((info.number for info, _ in self._infos.values()), default=0) + 1
        info = IndexInfo(number, name, _new_uuid(), self._clock.now_ms(), new.settings, new.aliases)
        settings = info.settings.setdefault("index", {})
        settings.setdefault("number_of_shards", "1")
        settings.setdefault("number_of_replicas", "1")
        index = Index(info, mapping)
        self._write_description(index)
        self._indices[name] = index
        return index

    def _write_description(self, index: Index) -> None:
        info = index.info
        described = {
            "uuid": info.uuid,
            "created_ms": info.created_ms,
            "settings": info.settings,
            "aliases": info.aliases,
        }
        mapping = encode_json(index.mapping.to_json())
        self._disk.put_index(info.number, info.name, encode_json(described), mapping)
        self._infos[info.name] = (info, mapping)

    def delete_index(self, expression: str, *, ignore_unavailable: bool = False) -> None:
        """Delete indices. Raises: IndexMissing."""
        with self._changing(), self._disk.transaction():
            for name in self.resolve(expression, ignore_unavailable=ignore_unavailable):
                self._disk.delete_index(self._infos[name][0].number)
                del self._infos[name]
                self._indices.pop(name, None)

    def exists(self, expression: str) -> bool:
        """Return whether every named index exists."""
        try:
            return bool(self.resolve(expression))
        except DocumentError:
            return False

    def resolve(
        self,
        expression: str,
        *,
        ignore_unavailable: bool = False,
        allow_no_indices: bool = True,
        resource: str = "index_or_alias",
    ) -> list[str]:
        """Return the names of the indices an expression means. Raises: IndexMissing."""
        with self._lock:
            return resolve(
                expression,
                self._infos,
                ignore_unavailable=ignore_unavailable,
                allow_no_indices=allow_no_indices,
                resource=resource,
            )

    def info(self, name: str) -> IndexInfo:
        """Return what an index is. Raises: IndexMissing."""
        with self._lock:
            if name not in self._infos:
                raise IndexMissing(name)
            return self._infos[name][0]

    def mapping(self, name: str) -> IndexMapping:
        """Return an index's mapping. Raises: IndexMissing."""
        with self._lock:
            return self._index(name).mapping

    def put_mapping(self, expression: str, body: Mapping[str, Any]) -> None:
        """Add fields to indices. Raises: DocumentError, IndexMissing."""
        with self._changing(), self._disk.transaction():
            for name in self.resolve(expression):
                index = self._index(name)
                index.mapping.merge(body)
                self._write_description(index)

    def put_settings(self, expression: str, settings: Mapping[str, Any]) -> None:
        """Change settings of indices. Raises: IndexMissing."""
        with self._changing(), self._disk.transaction():
            for name in self.resolve(expression):
                index = self._index(name)
                new = NewIndex(settings=index.info.settings)
                new.add({"settings": settings})
                self._write_description(index)

    def summaries(self, expression: str = "*") -> list[IndexSummary]:
        """Return a line for each index. Raises: IndexMissing."""
        with self._lock:
            return [self._summary(self._index(name)) for name in self.resolve(expression)]

    def _summary(self, index: Index) -> IndexSummary:
        settings = index.info.settings.get("index", {})
        return IndexSummary(
            index.info.name,
            index.info.uuid,
            index.count,
            self._disk.bytes_of(index.info.number) * index.count,
            int(settings.get("number_of_shards", 1)),
            int(settings.get("number_of_replicas", 1)),
        )

    def refresh(self, expression: str) -> int:
        """Return how many indices are meant; what was written is searchable already. Raises: IndexMissing."""
        return len(self.resolve(expression))

    def _index(self, name: str) -> Index:
        index = self._indices.get(name)
        if index is None:
            if name not in self._infos:
                raise IndexMissing(name)
            index = self._indices[name] = self._load(*self._infos[name])
        return index

    def _load(self, info: IndexInfo, mapping: bytes) -> Index:
        index = Index(info, IndexMapping(orjson.loads(mapping)))
        stored = self._disk.documents(info.number)
        with no_collection():
            while batch := list(islice(stored, LOAD_BATCH)):
                index.load(batch)
        return index

    # ----------------------------------------------------------------------------------- documents

    def bulk(
        self,
        operations: Sequence[BulkOperation],
        *,
        consumer: str = "",
        offsets: Mapping[str, int] | None = None,
    ) -> list[BulkResult]:
        """Apply operations in order, in one transaction; one that is refused does not stop the others.

        `offsets` — the offset after the last record of each topic that `consumer` wrote; they become durable
        with the documents or not at all.
        Raises: StateError if the disk fails; then nothing was written.
        """
        with self._changing(), self._disk.transaction(replayable=offsets is not None):
            writer = BulkWriter(self._disk, self._index_or_new, self._existing, self._pipeline)
            results = [writer.apply(operation) for operation in operations]
            for index in writer.finish():
                self._write_description(index)
            for topic, offset in (offsets or {}).items():
                self._disk.put_offset(consumer, topic, offset)
            return results

    def _index_or_new(self, name: str) -> Index:
        return self._index(name) if name in self._infos else self._create(name, {})

    def _existing(self, name: str) -> Index:
        return self._index(name)

    def _pipeline(self, name: str) -> IngestPipeline:
        pipeline = self._pipelines.get(name)
        if pipeline is None:
            raise illegal_argument(f"pipeline with id [{name}] does not exist")
        return pipeline

    def committed_offsets(self, consumer: str) -> dict[str, int]:
        """Return the offset after the last record of each topic that `consumer` wrote."""
        with self._lock:
            return self._disk.offsets(consumer)

    def forget_offsets(self, consumer: str) -> None:
        """Let `consumer` begin anew."""
        with self._lock, self._disk.transaction():
            self._disk.delete_offsets(consumer)

    def document_id(self, index: str, source: Mapping[str, Any]) -> str | None:
        """Return the id that the index's default pipeline gives a document, None if it gives none.

        For the sink, which knows a row's key when its value is gone.
        """
        with self._lock:
            info = self._infos.get(index)
            settings = (info[0].settings if info else self._templates.for_index(index).settings).get(
                "index", {}
            )
            name = settings.get("default_pipeline", "_none")
            if name == "_none" or name not in self._pipelines:
                return None
            document = Ingested(index, None, dict(source))
            self._pipelines[name].run(document)
            return document.id

    def get(self, index: str, id_: str) -> Document | None:
        """Return a document, None if it is not there. Raises: IndexMissing."""
        with self._lock:
            (name,) = self.resolve(index, resource="index_expression")
            found = self._index(name)
            row = found.rows.get(id_)
            if row is None:
                return None
            source = self._disk.source(found.info.number, row)
            return Document(name, id_, int(found.versions[row]), int(found.seq_no[row]), source)

    def delete_by_query(self, expression: str, query: Mapping[str, Any]) -> int:
        """Delete the documents that match; return how many. Raises: DocumentError."""
        parsed = understand_query(query)
        with self._lock:
            operations = [
                BulkOperation("delete", name, self._index(name).ids[row])
                for name in self.resolve(expression)
                for row in matching_rows(parsed, self._index(name), self._clock.now_ms()).tolist()
            ]
            self.bulk(operations)
            return len(operations)

    # -------------------------------------------------------------------------------------- search

    def search(
        self,
        expression: str,
        body: Mapping[str, Any] | SearchRequest,
        *,
        ignore_unavailable: bool = False,
        allow_no_indices: bool = True,
    ) -> dict[str, Any]:
        """Return the answer of a search. Raises: DocumentError.

        The answer holds `orjson.Fragment`s where sources are shown whole; `orjson.dumps` writes them.
        """
        request = body if isinstance(body, SearchRequest) else SearchRequest(body)
        with self._lock:
            indices = self._resolved(expression, ignore_unavailable, allow_no_indices)
            return run_search(request, indices, self._clock.now_ms(), self._read_source)

    def msearch(self, lines: Sequence[SearchLine]) -> list[dict[str, Any] | DocumentError]:
        """Return the answer of each search, or why its indices refused it.

        Raises: DocumentError if one of the bodies cannot be understood; then none is run.
        """
        requests = [_understood(line.body) for line in lines]
        return [self._one_of_many(line, request) for line, request in zip(lines, requests, strict=True)]

    def _one_of_many(
        self, line: SearchLine, request: SearchRequest | ShardsFailed
    ) -> dict[str, Any] | DocumentError:
        if isinstance(request, ShardsFailed):
            return request
        try:
            return self.search(
                line.indices,
                request,
                ignore_unavailable=line.ignore_unavailable,
                allow_no_indices=line.allow_no_indices,
            )
        except DocumentError as error:
            return error

    def count(
        self, expression: str, query: Mapping[str, Any] | None = None, *, ignore_unavailable: bool = False
    ) -> int:
        """Return how many documents match. Raises: DocumentError."""
        parsed = MatchAll() if query is None else understand_query(query)
        with self._lock:
            indices = self._resolved(expression, ignore_unavailable, True)
            return count_documents(parsed, indices, self._clock.now_ms())

    def _resolved(self, expression: str, ignore_unavailable: bool, allow_no_indices: bool) -> list[Index]:
        names = self.resolve(
            expression, ignore_unavailable=ignore_unavailable, allow_no_indices=allow_no_indices
        )
        return [self._index(name) for name in names]

    def _read_source(self, index: Index, row: int) -> bytes:
        return self._disk.source(index.info.number, row)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the lock; if what is inside fails, memory is read anew from the disk."""
        with self._lock:
            try:
                yield
            except BaseException:
                self._indices.clear()
                self._infos.clear()
                for number, name, body, mapping in self._disk.indices():
                    self._infos[name] = (IndexInfo(number, name, **orjson.loads(body)), mapping)
                raise


def _understood(body: Mapping[str, Any]) -> SearchRequest | ShardsFailed:
    try:
        return SearchRequest(body)
    except ShardsFailed as error:
        return error


def _merged(new: NewIndex) -> IndexMapping:
    """Return the mapping that templates and request make together. Raises: DocumentError."""
    mapping = IndexMapping()
    try:
        for body in new.mappings:
            mapping.merge(body)
    except DocumentError as error:
        raise mapper_parsing(f"Failed to parse mapping [_doc]: {error.message}", cause=error) from error
    return mapping


def _fitting(kept: Mapping[str, Body], pattern: str) -> dict[str, Body]:
    patterns = pattern.split(",")
    return {name: body for name, body in kept.items() if any(matches(part, name) for part in patterns)}


def _new_uuid() -> str:
    return urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
