"""Errors as ksqlDB answers them: a code, of which the status is the first three digits, and a body."""

import logging
from enum import IntEnum, unique

from starlette.responses import Response

from clickstream.core.errors import ClickstreamError, Conflict, NotFound, SqlError
from clickstream.node import rejections
from clickstream.server.errors import lookup
from clickstream.server.ksqldb.encode import dump

log = logging.getLogger(__name__)


@unique
class ErrorCode(IntEnum):
    """ksqlDB's codes: HTTP status * 100 + n.

    Source: confluentinc/ksql ksqldb-rest-model …/rest/Errors.java and the recorded answers.
    """

    BAD_REQUEST = 40000
    BAD_STATEMENT = 40001
    QUERY_ENDPOINT = 40002
    HTTP2_ONLY = 40004
    NOT_FOUND = 40400
    CONFLICT = 40900
    ASSERTION_FAILED = 41700
    SCHEMA_REGISTRY_UNCONFIGURED = 42801
    SERVER_ERROR = 50000
    COMMAND_QUEUE_CATCHUP_TIMEOUT = 50301
    SERVER_SHUTTING_DOWN = 50303

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self // 100


CODES: dict[type[BaseException], ErrorCode] = {
    SqlError: ErrorCode.BAD_STATEMENT,
    NotFound: ErrorCode.NOT_FOUND,
    Conflict: ErrorCode.CONFLICT,
    rejections.RequestRejected: ErrorCode.BAD_REQUEST,
    rejections.BadTarget: ErrorCode.BAD_STATEMENT,
    rejections.AssertionFailed: ErrorCode.ASSERTION_FAILED,
    rejections.SchemaRegistryMissing: ErrorCode.SCHEMA_REGISTRY_UNCONFIGURED,
    rejections.WrongEndpoint: ErrorCode.QUERY_ENDPOINT,
    rejections.CommandFailed: ErrorCode.SERVER_ERROR,
    rejections.CommandNotReached: ErrorCode.COMMAND_QUEUE_CATCHUP_TIMEOUT,
    rejections.ClusterTerminated: ErrorCode.SERVER_SHUTTING_DOWN,
    rejections.WrongConnection: ErrorCode.SERVER_ERROR,
}


def error_response(error: Exception, *, media_type: str | None = None) -> Response:
    """Return the answer to a request that failed with `error`.

    `media_type` None leaves the content type out, as the real server does wherever an error arises
    outside the handling of a statement (a bad body, a query that cannot start).
    """
    code = lookup(CODES, error, ErrorCode.SERVER_ERROR)
    return respond(dump(error_body(error)), status=code.status, media_type=media_type)


def error_body(error: Exception) -> dict[str, object]:
    """Return the JSON object of an error; one that nobody expected is logged."""
    code = lookup(CODES, error, ErrorCode.SERVER_ERROR)
    if not isinstance(error, ClickstreamError):
        log.error("request failed", exc_info=error)
    message = str(getattr(error, "message", None) or error)
    if not isinstance(error, SqlError):
        return {"@type": "generic_error", "error_code": int(code), "message": message}
    return {
        "@type": "statement_error",
        "error_code": int(code),
        "message": message,
        "statementText": error.statement,
        "entities": [],
    }


def respond(content: bytes = b"", *, status: int = 200, media_type: str | None = None) -> Response:
    """Return a response whose content type is exactly `media_type`, none if that is None."""
    response = Response(content, status_code=status)
    if media_type is not None:
        response.headers["content-type"] = media_type
    return response
