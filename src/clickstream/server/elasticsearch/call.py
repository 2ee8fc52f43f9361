"""One request and its answer, free of the web framework, and the wrapper that joins both.

Handlers are plain functions `handler(store, call) -> Reply`; they run in worker threads, so that a search
does not hold up other connections.
"""

import gzip
import json
import logging
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from clickstream.core.errors import ClickstreamError
from clickstream.server.elasticsearch.errors import error_body, status_of
from clickstream.storage.documents.errors import DocumentError, illegal_argument, parsing
from clickstream.storage.documents.store import DocumentStore

__all__ = ["Call", "Handler", "Reply", "dispatch", "parse_json"]

LOG = logging.getLogger(__name__)

_JSON = "application/json; charset=UTF-8"
_TEXT = "text/plain; charset=UTF-8"
_NOT_A_BODY = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `path` holds the parts of the route's pattern, `params` the query string."""

    method: str
    url_path: str
    path: Mapping[str, str]
    params: Mapping[str, str]
    body: bytes

    @property
    def index(self) -> str:
        """The index expression of the path, everything if there is none."""
        return self.path.get("index", "_all")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a true-or-false parameter; bare `?name` is true."""
        value = self.params.get(name)
        return default if value is None else value not in ("false", "0")

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, empty if there is no body. Raises: DocumentError."""
        if not self.body.strip():
            return {}
        value = parse_json(self.body)
        if not isinstance(value, dict):
            raise parsing("Expected [START_OBJECT] but found [START_ARRAY]")
        return value


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `body` is JSON, or text."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[DocumentStore, Call], Reply]


def parse_json(text: bytes) -> Any:
    """Return the value of JSON text. Raises: DocumentError (json_parse_exception)."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        # Numbers beyond 64 bits are valid JSON, which the quick parser refuses.
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError("json_parse_exception", f"not valid JSON: {error}") from None


def dispatch(
    store: DocumentStore, methods: Mapping[str, Handler]
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that gives each method's request to its handler."""
    allowed = ",".join(methods)

    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" and "HEAD" not in methods else request.method
        handler = methods.get(method)
        if handler is None:
            reason = (
                f"Incorrect HTTP method for uri [{request.url.path}] and method [{request.method}], "
                f"allowed: [{', '.join(methods)}]"
            )
            return _write(Reply({"error": reason, "status": 405}, 405, {"Allow": allowed}), request)
        return _write(await _answer(store, handler, request), request)

    return endpoint


async def _answer(store: DocumentStore, handler: Handler, request: Request) -> Reply:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if body and kind in _NOT_A_BODY:
        shown = request.headers["content-type"]
        return Reply({"error": f"Content-Type header [{shown}] is not supported", "status": 406}, 406)
    try:
        if request.headers.get("content-encoding") in ("gzip", "deflate"):
            body = _unpacked(body)
        call = Call(request.method, request.url.path, request.path_params, dict(request.query_params), body)
        return await run_in_threadpool(handler, store, call)
    except ClickstreamError as error:
        return Reply(error_body(error), status_of(error))
    except RecursionError:
        refused = illegal_argument("the request is nested too deeply")
        return Reply(error_body(refused), status_of(refused))
    except Exception as error:
        LOG.exception("%s %s failed", request.method, request.url.path)
        cause = {"type": "exception", "reason": str(error)}
        return Reply({"error": {"root_cause": [cause], **cause}, "status": 500}, 500)


def _unpacked(body: bytes) -> bytes:
    try:
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else zlib.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise DocumentError("json_parse_exception", f"the body cannot be unpacked: {error}") from None


def _write(reply: Reply, request: Request) -> Response:
    headers = reply.headers
    if isinstance(reply.body, str):
        return Response(reply.body, reply.status, {**headers, "content-type": _TEXT})
    pretty = "pretty" in request.query_params and request.query_params["pretty"] != "false"
    content = orjson.dumps(reply.body, option=orjson.OPT_INDENT_2 if pretty else 0)
    return Response(content, reply.status, {**headers, "content-type": _JSON})
