"""Push queries that clients are reading: they are listed, and can be ended, like those that are kept."""

import threading
from dataclasses import dataclass
from typing import Protocol

__all__ = ["OpenQueries", "OpenQuery"]


class Endable(Protocol):
    """A query that can be ended from outside."""

    query_id: str

    def close(self) -> None:
        """End the query."""
        ...


@dataclass(frozen=True, slots=True)
class OpenQuery:
    """One push query, its statement's text, and the connection it was asked for on."""

    source: Endable
    text: str
    connection: object = None


class OpenQueries:
    """The push queries of a node, by id. Safe for use by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queries: dict[str, OpenQuery] = {}

    def add(self, query: OpenQuery) -> None:
        """Remember a query that begins."""
        with self._lock:
            self._queries[query.source.query_id] = query

    def remove(self, query_id: str) -> OpenQuery | None:
        """Forget a query; return it if it was known."""
        with self._lock:
            return self._queries.pop(query_id, None)

    def close(self, query_id: str) -> OpenQuery | None:
        """End a query; return it, None if there is none of that id."""
        query = self.remove(query_id)
        if query is not None:
            query.source.close()
        return query

    def all(self) -> list[OpenQuery]:
        """Return the queries that are open."""
        with self._lock:
            return list(self._queries.values())
