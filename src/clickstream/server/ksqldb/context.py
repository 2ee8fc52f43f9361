"""What the ksqlDB API's handlers work with."""

from dataclasses import dataclass

import anyio
from starlette.requests import Request

from clickstream.core.clock import Clock
from clickstream.node.identity import ServerIdentity
from clickstream.node.statements import StatementExecutor

__all__ = ["KsqlContext", "context_of"]


@dataclass
class KsqlContext:
    """The node's executor and what the API itself keeps."""

    executor: StatementExecutor
    identity: ServerIdentity
    clock: Clock
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
