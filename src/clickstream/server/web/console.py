"""What the console's pages ask besides dashboards: ksqlDB, Connect, and what neither of them tells.

`/api/ksql/…` and `/api/connect/…` are those services' own APIs, answered by their apps in this process, so
that a page needs no second origin. Streamed answers stream through, and end when the reader leaves.
"""

from functools import partial

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from clickstream.connectors.supervisor import Supervisor
from clickstream.node.node import Node
from clickstream.server.streaming import Stream
from clickstream.server.web.flow import snapshot
from clickstream.server.web.records import RecordLines
from clickstream.sql.names import NON_RESERVED, RESERVED
from clickstream.storage.documents.store import DocumentStore

__all__ = ["console_routes"]

NDJSON = "application/x-ndjson"


def console_routes(
    node: Node, connectors: Supervisor, documents: DocumentStore, *, ksqldb: ASGIApp, connect: ASGIApp
) -> list[BaseRoute]:
    """Return the routes; NotFound of an unknown topic is answered by the app they are part of."""

    async def flow(request: Request) -> Response:
        """`GET /api/flow`."""
        take = partial(snapshot, node, connectors, documents)
        return JSONResponse(await anyio.to_thread.run_sync(take))

    async def keywords(request: Request) -> Response:
        """`GET /api/keywords`: what the editor completes besides names."""
        return JSONResponse(sorted(RESERVED | NON_RESERVED))

    async def records(request: Request) -> Response:
        """`GET /api/topics/{topic}/records?last=&contains=&follow=`: lines of JSON."""
        asked = request.query_params
        last = asked.get("last", "")
        lines = RecordLines.of(
            node,
            request.path_params["topic"],
            last=int(last) if last.isdecimal() else None,
            contains=asked.get("contains", ""),
            follow=asked.get("follow") == "true",
        )
        return Stream(lines.lines(), media_type=NDJSON, at_end=lines.tail.close)

    return [
        Route("/api/flow", flow),
        Route("/api/keywords", keywords),
        Route("/api/topics/{topic}/records", records),
        Mount("/api/ksql", ksqldb),
        Mount("/api/connect", connect),
    ]
