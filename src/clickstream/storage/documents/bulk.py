"""Writing many documents in one transaction.

`BulkWriter` lives for one transaction: it applies operations to the indices in memory, remembers what the
disk has to hold, and writes that at `finish`. The store begins and ends the transaction.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from clickstream.storage.documents.disk import Disk, StoredDocument
from clickstream.storage.documents.errors import (
    DocumentError,
    DocumentMissing,
    illegal_argument,
)
from clickstream.storage.documents.index import Index
from clickstream.storage.documents.pipeline import Ingested, IngestPipeline
from clickstream.storage.documents.sources import decode_source, encode_json

__all__ = ["Action", "BulkOperation", "BulkResult", "BulkWriter"]

Action = Literal["index", "create", "update", "delete"]
MAX_ID_BYTES = 512


class BulkOperation(msgspec.Struct, frozen=True):
    """One operation. `source` is a JSON object, as bytes or decoded; `pipeline` None is the index's own."""

    action: Action
    index: str
    id: str | None = None
    source: bytes | Mapping[str, Any] | None = None
    pipeline: str | None = None


class BulkResult(msgspec.Struct, frozen=True):
    """What one operation did, or why it was refused. The others of the same bulk do not mind."""

    action: Action
    index: str
    id: str | None
    result: str = ""
    version: int = 0
    seq_no: int = 0
    error: DocumentError | None = None


class BulkWriter:
    """Applies operations inside one transaction."""

    def __init__(
        self,
        disk: Disk,
        index_for: Callable[[str], Index],
        existing: Callable[[str], Index],
        pipeline_for: Callable[[str], IngestPipeline],
    ) -> None:
        self._disk = disk
        self._index_for = index_for
        self._existing = existing
        self._pipeline_for = pipeline_for
        self._touched: dict[int, Index] = {}
        self._routes: dict[tuple[str, str | None], tuple[Index, list[IngestPipeline]]] = {}
        self._sources: dict[int, dict[int, tuple[str, int, int, bytes]]] = {}
        self._gone: dict[int, set[int]] = {}
        self._known_fields: dict[int, int] = {}

    def apply(self, operation: BulkOperation) -> BulkResult:
        """Return what the operation did; a refusal is part of the answer."""
        try:
            if operation.action == "delete":
                return self._delete(operation)
            if operation.action == "update":
                return self._update(operation)
            return self._write(operation)
        except DocumentError as error:
            return BulkResult(operation.action, operation.index, operation.id, error=error)

    def finish(self) -> list[Index]:
        """Bring columns and disk up to date; return the indices whose mapping grew."""
        for number, index in self._touched.items():
            index.flush()
            gone = self._gone.get(number)
            if gone:
                self._disk.delete_documents(number, sorted(gone))
            documents: list[StoredDocument] = [
                (row, *document) for row, document in self._sources.get(number, {}).items()
            ]
            self._disk.put_documents(number, documents)
        return [
            index
            for number, index in self._touched.items()
            if len(index.mapping.fields) != self._known_fields[number]
        ]

    def source(self, index: Index, row: int) -> bytes:
        """Return a document's source, as this transaction sees it."""
        written = self._sources.get(index.info.number, {}).get(row)
        return written[3] if written is not None else self._disk.source(index.info.number, row)

    # ------------------------------------------------------------------------------------- actions

    def _write(self, operation: BulkOperation) -> BulkResult:
        given = operation.source
        raw = given if type(given) is bytes else None
        source = dict(given) if isinstance(given, Mapping) else decode_source(given)
        index, pipelines = self._route(operation)
        if raw is not None and len(pipelines) == 1 and pipelines[0].id_of is not None:
            # The usual pipeline makes nothing but the id.
            id_ = _checked_id(pipelines[0].id_of(source))
            return self._put(operation.action, index, id_, source, raw)
        document = Ingested(operation.index, operation.id, source)
        for pipeline in pipelines:
            pipeline.run(document)
        if document.index != operation.index:
            index = self._index_for(document.index)
        if raw is None or document.changed:
            raw = encode_json(document.source)
        return self._put(operation.action, index, _checked_id(document.id), document.source, raw)

    def _route(self, operation: BulkOperation) -> tuple[Index, list[IngestPipeline]]:
        """Return the index of an operation and the pipelines before it; they stay the same within a bulk."""
        key = (operation.index, operation.pipeline)
        route = self._routes.get(key)
        if route is None:
            index = self._index_for(operation.index)
            settings = index.info.settings.get("index", {})
            first = operation.pipeline or settings.get("default_pipeline", "_none")
            names = (first, settings.get("final_pipeline", "_none"))
            route = self._routes[key] = (
                index,
                [self._pipeline_for(name) for name in names if name != "_none"],
            )
        return route

    def _put(
        self, action: Action, index: Index, id_: str, source: Mapping[str, Any], raw: bytes
    ) -> BulkResult:
        number = self._touch(index)
        values = index.mapping.parse(source, id_)
        if action == "create" and id_ in index.rows:
            raise _conflict(index, id_)
        written = index.write(id_, values)
        self._sources.setdefault(number, {})[written.row] = (id_, written.version, written.seq_no, raw)
        gone = self._gone.get(number)
        if gone:
            gone.discard(written.row)
        return BulkResult(action, index.info.name, id_, written.result, written.version, written.seq_no)

    def _touch(self, index: Index) -> int:
        number = index.info.number
        if number not in self._touched:
            self._touched[number] = index
            self._known_fields[number] = len(index.mapping.fields)
        return number

    def _delete(self, operation: BulkOperation) -> BulkResult:
        id_ = _checked_id(operation.id)
        # Deleting does not create an index.
        index = self._existing(operation.index)
        number = self._touch(index)
        written = index.delete(id_)
        if written.row >= 0:
            self._sources.get(number, {}).pop(written.row, None)
            self._gone.setdefault(number, set()).add(written.row)
        return BulkResult("delete", index.info.name, id_, written.result, written.version, written.seq_no)

    def _update(self, operation: BulkOperation) -> BulkResult:
        id_ = _checked_id(operation.id)
        given = operation.source
        body = dict(given) if isinstance(given, Mapping) else decode_source(given)
        if "script" in body:
            raise illegal_argument("[script] of an update is not supported")
        if not body.get("doc") and "upsert" not in body and "doc" not in body:
            raise DocumentError(
                "action_request_validation_exception", "Validation Failed: 1: script or doc is missing;"
            )
        index = self._index_for(operation.index)
        row = index.rows.get(id_)
        if row is None:
            first = body["doc"] if body.get("doc_as_upsert") else body.get("upsert")
            if first is None:
                raise DocumentMissing(index.info.name, index.info.uuid, id_)
            return self._put("update", index, id_, first, encode_json(first))
        source = decode_source(self.source(index, row))
        changed = _merge(source, body.get("doc") or {})
        if not changed and body.get("detect_noop", True):
            version, seq_no = int(index.versions[row]), int(index.seq_no[row])
            return BulkResult("update", index.info.name, id_, "noop", version, seq_no)
        return self._put("update", index, id_, source, encode_json(source))


def _checked_id(id_: str | None) -> str:
    if id_ is None:
        return urlsafe_b64encode(secrets.token_bytes(15)).decode()
    if not id_:
        raise illegal_argument("if _id is specified it must not be empty")
    if len(id_) > MAX_ID_BYTES // 4 and len(id_.encode()) > MAX_ID_BYTES:
        raise illegal_argument(
            f"id is too long, must be no longer than {MAX_ID_BYTES} bytes but was: {len(id_.encode())}"
        )
    return id_


def _conflict(index: Index, id_: str) -> DocumentError:
    version = int(index.versions[index.rows[id_]])
    return DocumentError(
        "version_conflict_engine_exception",
        f"[{id_}]: version conflict, document already exists (current version [{version}])",
        index_uuid=index.info.uuid,
        shard="0",
        index=index.info.name,
    )


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> bool:
    """Lay `more` over `into`, objects member by member; return whether anything changed."""
    changed = False
    for key, value in more.items():
        known = into.get(key)
        if isinstance(value, Mapping) and isinstance(known, dict):
            changed |= _merge(known, value)
        elif key not in into or known != value or type(known) is not type(value):
            into[key] = value
            changed = True
    return changed
