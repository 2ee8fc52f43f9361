"""`POST /query`, `/query-stream` and `/close-query`: SELECT and PRINT, answered as rows come."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from functools import partial

import anyio
from starlette.requests import Request
from starlette.responses import Response

from clickstream.node.open_queries import OpenQuery
from clickstream.node.rejections import RequestRejected, WrongConnection
from clickstream.node.select import OutputRow, PrintSource, RowSource
from clickstream.server.ksqldb.context import KsqlContext, context_of
from clickstream.server.ksqldb.encode import row_encoder
from clickstream.server.ksqldb.errors import error_body, error_response, respond
from clickstream.server.ksqldb.negotiation import DELIMITED, JSON, V1_JSON, choose
from clickstream.server.ksqldb.printing import TopicPrinter
from clickstream.server.ksqldb.requests import parse_object, parse_query, parse_statements, required
from clickstream.server.ksqldb.row_formats import FORMATS, RowFormat
from clickstream.server.streaming import Stream

__all__ = ["close_query", "query", "query_stream"]

PRINT_IDLE_S = 1.0
"""A PRINT that has nothing to show sends an empty line this often, to see whether its client is there."""


async def query_stream(request: Request) -> Response:
    """`POST /query-stream`: a query's rows as delimited lines, as one array, or in the old form."""
    media_type = choose(request, (DELIMITED, JSON, V1_JSON))
    if media_type is None:
        return respond(status=406)
    context = context_of(request)
    try:
        asked = parse_query(await request.body())
        run = partial(
            context.executor.open_query, asked.text, asked.properties, asked.variables, old_endpoint=False
        )
        source = await anyio.to_thread.run_sync(run, limiter=context.threads)
    except Exception as error:
        return error_response(error)
    if isinstance(source, PrintSource):
        return _print(source, with_formats=False, media_type=None)
    return _stream(request, context, source, FORMATS[media_type](), asked.text)


async def query(request: Request) -> Response:
    """`POST /query`: the older endpoint, with one form of answer."""
    if choose(request, (V1_JSON, JSON)) is None:
        return respond(status=406)
    context = context_of(request)
    try:
        asked = parse_statements(await request.body())
    except Exception as error:
        return error_response(error)
    try:
        run = partial(
            context.executor.open_query, asked.text, asked.properties, asked.variables, old_endpoint=True
        )
        source = await anyio.to_thread.run_sync(run, limiter=context.threads)
    except Exception as error:
        return error_response(error, media_type=JSON)
    if isinstance(source, PrintSource):
        return _print(source, with_formats=True, media_type=JSON)
    return _stream(request, context, source, FORMATS[V1_JSON](), asked.text)


async def close_query(request: Request) -> Response:
    """`POST /close-query`: end a push query that the same connection opened.

    Asked on another connection the real server ends the query too, and complains all the same.
    """
    try:
        query_id = required(parse_object(await request.body()), "queryId")
        closed = context_of(request).executor.open_queries.close(query_id)
        if closed is None:
            raise RequestRejected(f"No query with id {query_id}")
        if closed.connection != request.scope.get("client"):
            raise WrongConnection
    except Exception as error:
        return error_response(error)
    return respond()


def _stream(
    request: Request, context: KsqlContext, source: RowSource, form: RowFormat, text: str
) -> Response:
    queries = context.executor.open_queries
    if source.is_push:
        queries.add(OpenQuery(source, text, request.scope.get("client")))

    def end() -> None:
        queries.remove(source.query_id)
        source.close()

    return Stream(_encoded(source, form), media_type=form.media_type, at_end=end)


def _print(source: PrintSource, *, with_formats: bool, media_type: str | None) -> Response:
    printer = TopicPrinter(with_formats=with_formats)
    return Stream(_printed(source, printer), media_type=media_type, at_end=source.close)


async def _encoded(source: RowSource, form: RowFormat) -> AsyncGenerator[bytes]:
    """Yield the result, many rows at a time where many wait."""
    encode_row = row_encoder([column.type for column in source.columns])
    yield form.head(source.query_id, source.columns, is_push=source.is_push)
    try:
        async with aclosing(_batches(source)) as batches:
            async for batch in batches:
                part = b"".join(form.row(encode_row(r.values), tombstone=r.tombstone) for r in batch)
                if part:
                    yield part
    except Exception as error:
        # The status is sent already: what failed can only be said at the end of the rows.
        yield form.failure(error_body(error))
    else:
        yield form.end(source.final_message)


async def _batches(source: RowSource) -> AsyncGenerator[list[OutputRow]]:
    ready = _ready_event(source)
    while True:
        ready.clear()
        batch = source.take()
        if batch is None:
            return
        if batch:
            yield batch
        else:
            await ready.wait()


async def _printed(source: PrintSource, printer: TopicPrinter) -> AsyncGenerator[bytes]:
    ready = _ready_event(source)
    while True:
        ready.clear()
        printed = source.take()
        if printed is None:
            return
        if printed.shown:
            yield printer.write(printed.shown, printed.read)
        if printed.read:
            continue
        with anyio.move_on_after(PRINT_IDLE_S) as waited:
            await ready.wait()
        if waited.cancelled_caught:
            yield b"\n"


def _ready_event(source: RowSource | PrintSource) -> asyncio.Event:
    """Return an event that is set, from whichever thread, when `source` may have something."""
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(ready.set)

    source.on_ready(wake)
    return ready
