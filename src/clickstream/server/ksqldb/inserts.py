"""`POST /inserts-stream`: rows in, one acknowledgement each, over one HTTP/2 stream."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

import anyio
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from clickstream.core.errors import ClickstreamError
from clickstream.node.row_inserts import RowInserter
from clickstream.server.ksqldb.context import KsqlContext, context_of
from clickstream.server.ksqldb.encode import dump
from clickstream.server.ksqldb.errors import ErrorCode, error_response, respond
from clickstream.server.ksqldb.negotiation import DELIMITED, JSON, choose
from clickstream.server.ksqldb.requests import parse_object, required
from clickstream.server.streaming import Stream

__all__ = ["inserts_stream"]

DRAIN_S = 1.0


async def inserts_stream(request: Request) -> Response:
    """Answer the first line's target with an acknowledgement for every line after it."""
    if request.scope["http_version"] != "2":
        body = {
            "@type": "generic_error",
            "error_code": int(ErrorCode.HTTP2_ONLY),
            "message": "This endpoint is only available when using HTTP2",
        }
        return respond(dump(body), status=ErrorCode.HTTP2_ONLY.status)
    media_type = choose(request, (DELIMITED, JSON))
    if media_type is None:
        return respond(status=406)
    context = context_of(request)
    lines = _lines(request)
    try:
        target = required(parse_object(await anext(lines, b"")), "target")
        inserter = await anyio.to_thread.run_sync(
            context.executor.open_inserts, target, limiter=context.threads
        )
    except Exception as error:
        return error_response(error)
    acknowledge = _as_array if media_type == JSON else _as_lines
    return Stream(acknowledge(_inserted(context, inserter, lines)), media_type=None, reads_body=True)


async def _lines(request: Request) -> AsyncGenerator[bytes]:
    """Yield the body's lines as they arrive, without empty ones."""
    rest = b""
    try:
        async for part in request.stream():
            *complete, rest = (rest + part).split(b"\n")
            for line in complete:
                if line.strip():
                    yield line
    except ClientDisconnect:
        return
    if rest.strip():
        yield rest


async def _read_to_end(lines: AsyncGenerator[bytes]) -> None:
    """Pass over what is left of the body, for a moment: the server drops a connection that sends on
    after its answer.
    """
    with anyio.move_on_after(DRAIN_S):
        async for _ in lines:
            pass


async def _inserted(
    context: KsqlContext, inserter: RowInserter, lines: AsyncGenerator[bytes]
) -> AsyncGenerator[dict[str, object]]:
    """Yield what became of each row; the first that cannot be inserted is the last."""
    sequence = 0
    async with aclosing(lines):
        async for line in lines:
            try:
                row = orjson.loads(line)
                await anyio.to_thread.run_sync(partial(inserter.insert, row), limiter=context.threads)
            except (ClickstreamError, orjson.JSONDecodeError) as error:
                yield {
                    "@type": "InsertError",
                    "status": "error",
                    "seq": sequence,
                    "message": str(error),
                    "error_code": int(ErrorCode.BAD_REQUEST),
                }
                await _read_to_end(lines)
                return
            yield {"seq": sequence, "status": "ok"}
            sequence += 1


async def _as_lines(results: AsyncGenerator[dict[str, object]]) -> AsyncGenerator[bytes]:
    async with aclosing(results):
        async for result in results:
            yield dump(result) + b"\n"


async def _as_array(results: AsyncGenerator[dict[str, object]]) -> AsyncGenerator[bytes]:
    yield b"["
    first = True
    async with aclosing(results):
        async for result in results:
            yield (b"" if first else b",") + dump(result)
            first = False
    yield b"]"
