"""What the ksqlDB API's handlers work with."""

from dataclasses import dataclass, field

import anyio
from starlette.requests import Request

from clickstream.core.clock import Clock
from clickstream.node.identity import ServerIdentity
from clickstream.node.rejections import RequestRejected, WrongConnection
from clickstream.node.select import RowSource
from clickstream.node.statements import StatementExecutor

__all__ = ["ActiveQueries", "KsqlContext", "context_of"]


class ActiveQueries:
    """Push queries that clients are reading, so that `/close-query` can end them."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[RowSource, object]] = {}

    def add(self, source: RowSource, connection: object) -> None:
        """Remember a query and the connection it was asked for on."""
        self._open[source.query_id] = (source, connection)

    def remove(self, query_id: str) -> None:
        """Forget a query that ended."""
        self._open.pop(query_id, None)

    def ids(self) -> list[str]:
        """Return the ids of the queries that are open."""
        return list(self._open)

    def close(self, query_id: str, connection: object) -> None:
        """End a query.

        Raises: RequestRejected if it is not open; WrongConnection if another connection opened it: the real
                server ends it then too, and complains all the same.
        """
        if query_id not in self._open:
            raise RequestRejected(f"No query with id {query_id}")
        source, opened_on = self._open.pop(query_id)
        source.close()
        if opened_on != connection:
            raise WrongConnection


@dataclass
class KsqlContext:
    """The node's executor and what the API itself keeps."""

    executor: StatementExecutor
    identity: ServerIdentity
    clock: Clock
    queries: ActiveQueries = field(default_factory=ActiveQueries)
    _threads: anyio.CapacityLimiter | None = None

    @property
    def threads(self) -> anyio.CapacityLimiter:
        """The threads in which statements run; none of them waits for data."""
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(16)
        return self._threads


def context_of(request: Request) -> KsqlContext:
    """Return the context of the app that got the request."""
    context: KsqlContext = request.app.state.context
    return context
