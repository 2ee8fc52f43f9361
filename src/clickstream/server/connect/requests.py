"""Reading requests: bodies, media types and query parameters."""

from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request

from clickstream.server.connect.errors import BadRequestBody

__all__ = ["flag", "json_object", "unknown_field"]


async def json_object(request: Request) -> dict[str, Any]:
    """Return the body, a JSON object.

    Raises: BadRequestBody if it is none; HTTPException 415 if it is declared to be something else than JSON.
    """
    media_type = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415)
    text = await request.body()
    if not text.strip():
        raise BadRequestBody("Cannot read the request: the body is empty")
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequestBody(f"Unexpected input in the body: {error}") from error
    if not isinstance(body, dict):
        raise BadRequestBody("Cannot read the request: the body must be a JSON object")
    return body


def unknown_field(body: dict[str, Any], known: tuple[str, ...]) -> None:
    """Refuse a field that the request does not have.

    Raises: BadRequestBody.
    """
    for name in body:
        if name not in known:
            listed = ", ".join(f'"{field}"' for field in known)
            raise BadRequestBody(
                f'Unrecognized field "{name}", not marked as ignorable '
                f"({len(known)} known properties: {listed}])"
            )


def flag(request: Request, name: str, default: bool = False) -> bool:
    """Return a query parameter that is true or false."""
    text = request.query_params.get(name)
    return default if text is None else text.lower() == "true"
