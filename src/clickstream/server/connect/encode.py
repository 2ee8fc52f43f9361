"""JSON answers, as Connect writes them."""

from typing import Any

import orjson
from starlette.responses import Response

__all__ = ["accepted", "json_response", "no_content"]


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def accepted() -> Response:
    """Return 202 with no body."""
    return Response(status_code=202, headers={"content-length": "0"})


def no_content() -> Response:
    """Return 204."""
    return Response(status_code=204)
