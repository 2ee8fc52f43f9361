"""Connect's error answers: `{"error_code", "message"}`, the code being the HTTP status.

Source: the recorded answers of a Connect worker 3.9. Those for a wrong path, method or media type carry no
content type.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from clickstream.core.errors import (
    ClickstreamError,
    Conflict,
    InvalidConnectorConfig,
    NotFound,
    UnknownPlugin,
)
from clickstream.server.connect.encode import json_response
from clickstream.server.errors import lookup

__all__ = ["HANDLERS", "BadRequestBody"]

STATUSES: dict[type[BaseException], int] = {
    NotFound: 404,
    Conflict: 409,
    InvalidConnectorConfig: 400,
    UnknownPlugin: 500,
    ClickstreamError: 500,
}

_PHRASES = {
    404: "HTTP 404 Not Found",
    405: "HTTP 405 Method Not Allowed",
    415: "HTTP 415 Unsupported Media Type",
}


class BadRequestBody(ClickstreamError):
    """The body is not the JSON that the path takes. The real worker answers 500 to all of these."""


async def _refused(request: Request, error: Exception) -> Response:
    status = lookup(STATUSES, error, 500)
    message = error.message if isinstance(error, ClickstreamError) else f"{type(error).__name__}: {error}"
    return json_response({"error_code": status, "message": message}, status)


async def _not_routed(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = _PHRASES.get(status, f"HTTP {status}")
    response = json_response({"error_code": status, "message": message}, status)
    del response.headers["content-type"]
    return response


HANDLERS = {HTTPException: _not_routed, ClickstreamError: _refused, Exception: _refused}
