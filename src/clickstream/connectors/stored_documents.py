"""Documents in the store of this process: written together with the offset behind them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from clickstream.connectors.document_writers import Operation, Outcome
from clickstream.storage.documents.bulk import BulkOperation, BulkResult

__all__ = ["BulkStore", "StoredDocuments"]


class BulkStore(Protocol):
    """What is needed of the document store."""

    def bulk(
        self,
        operations: Sequence[BulkOperation],
        *,
        offsets: Mapping[str, int] | None = None,
        consumer: str = "",
    ) -> Sequence[BulkResult]:
        """Carry out the operations and keep the offsets, all in one transaction."""
        ...

    def committed_offsets(self, consumer: str) -> Mapping[str, int]:
        """Return the offsets that were kept for a consumer, by topic."""
        ...

    def create_index(self, name: str) -> object:
        """Create an index."""
        ...

    def exists(self, name: str) -> bool:
        """Whether an index exists."""
        ...


class StoredDocuments:
    """The writer of one topic of one connector."""

    def __init__(self, store: BulkStore, connector: str, topic: str) -> None:
        self._store = store
        self._consumer = f"connect-{connector}"
        self._topic = topic

    @staticmethod
    def offsets_of(store: BulkStore, connector: str) -> Mapping[str, int]:
        """Return the offsets of all topics of a connector."""
        return store.committed_offsets(f"connect-{connector}")

    def connect(self) -> None:
        """Nothing is in between."""

    def create_index(self, index: str) -> None:
        """Create an index if it is missing."""
        if not self._store.exists(index):
            self._store.create_index(index)

    def offset(self) -> int | None:
        """Return the offset behind the documents that are there."""
        return self._store.committed_offsets(self._consumer).get(self._topic)

    def write(self, operations: Sequence[Operation], offset: int | None) -> list[Outcome]:
        """Carry out the operations and keep the offset, in one transaction."""
        if not operations and offset is None:
            return []
        offsets = {} if offset is None else {self._topic: offset}
        results = self._store.bulk(
            [_bulk_operation(operation) for operation in operations], offsets=offsets, consumer=self._consumer
        )
        return [_outcome(result) for result in results]

    def close(self) -> None:
        """Nothing is open."""


def _bulk_operation(operation: Operation) -> BulkOperation:
    if operation.action == "delete":
        return BulkOperation("delete", operation.index, operation.id)
    source = operation.source
    if operation.action == "update":
        source = b'{"doc":' + source + b',"doc_as_upsert":true}'
    return BulkOperation(operation.action, operation.index, operation.id, source)


def _outcome(result: BulkResult) -> Outcome:
    if result.error is not None:
        return Outcome(result.id or "", 400, str(result.error))
    return Outcome(result.id or "", 404 if result.result == "not_found" else 200)
