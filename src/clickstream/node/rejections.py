"""Why a request to the ksqlDB side is refused, where `core/errors.py` has no class for it.

SqlError (and its subclasses) already says: this statement is wrong. The classes here say the rest;
`server/ksqldb/errors.py` gives each its code.
"""

from clickstream.core.errors import ClickstreamError, SqlError

__all__ = [
    "AssertionFailed",
    "BadTarget",
    "ClusterTerminated",
    "CommandFailed",
    "CommandNotReached",
    "RequestRejected",
    "SchemaRegistryMissing",
    "WrongConnection",
    "WrongEndpoint",
]


class RequestRejected(ClickstreamError):
    """The request is refused for a reason that lies outside its statement's text."""


class AssertionFailed(RequestRejected):
    """What ASSERT says is not so."""


class BadTarget(RequestRejected):
    """What rows are to be inserted into does not exist."""


class SchemaRegistryMissing(RequestRejected):
    """A format needs a schema registry and none is configured."""


class WrongEndpoint(SqlError):
    """The statement is right, but has to be sent to another endpoint."""


class CommandFailed(SqlError):
    """The statement is right, but the server cannot carry it out."""


class CommandNotReached(ClickstreamError):
    """The command that a request wants to come after was not executed in time."""


class ClusterTerminated(ClickstreamError):
    """The server was told to terminate and takes no more requests."""

    def __init__(self) -> None:
        super().__init__("The server is shutting down")


class WrongConnection(ClickstreamError):
    """A push query can only be closed by the connection that opened it."""

    def __init__(self) -> None:
        super().__init__("On wrong context or worker")
