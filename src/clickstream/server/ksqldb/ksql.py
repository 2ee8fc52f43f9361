"""`POST /ksql` and `/ksql/terminate`: statements in, entities out."""

from functools import partial

import anyio
from starlette.requests import Request
from starlette.responses import Response

from clickstream.server.ksqldb.context import context_of
from clickstream.server.ksqldb.encode import dump, encode_entity
from clickstream.server.ksqldb.errors import error_response, respond
from clickstream.server.ksqldb.negotiation import JSON, V1_JSON, choose
from clickstream.server.ksqldb.requests import parse_statements, parse_topics

__all__ = ["statements", "terminate_cluster"]


async def statements(request: Request) -> Response:
    """`POST /ksql`: run the statements of a request, in order, and answer one entity each.

    The content type is `application/json` whichever of the two was asked for.
    """
    if choose(request, (JSON, V1_JSON)) is None:
        return respond(status=406)
    context = context_of(request)
    try:
        asked = parse_statements(await request.body())
    except Exception as error:
        return error_response(error)
    try:
        run = partial(
            context.executor.execute,
            asked.text,
            asked.properties,
            asked.variables,
            after_sequence=asked.sequence_number,
        )
        entities = await anyio.to_thread.run_sync(run, limiter=context.threads)
    except Exception as error:
        return error_response(error, media_type=JSON)
    return respond(dump([encode_entity(entity) for entity in entities]), media_type=JSON)


async def terminate_cluster(request: Request) -> Response:
    """`POST /ksql/terminate`: end all queries, forget all sources, delete the topics listed."""
    if choose(request, (JSON, V1_JSON)) is None:
        return respond(status=406)
    context = context_of(request)
    try:
        run = partial(context.executor.terminate_cluster, parse_topics(await request.body()))
        entity = await anyio.to_thread.run_sync(run, limiter=context.threads)
    except Exception as error:
        return error_response(error, media_type=JSON)
    return respond(dump([encode_entity(entity)]), media_type=JSON)
