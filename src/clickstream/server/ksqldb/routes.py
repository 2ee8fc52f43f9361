"""The ksqlDB REST API as an ASGI app: which path is answered by which handler."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from clickstream.core.clock import Clock, SystemClock
from clickstream.node.identity import ServerIdentity
from clickstream.node.rejections import ClusterTerminated
from clickstream.node.statements import StatementExecutor
from clickstream.server.ksqldb import info, inserts, ksql, queries
from clickstream.server.ksqldb.context import KsqlContext
from clickstream.server.ksqldb.errors import error_response, respond

__all__ = ["create_app"]

ROUTES = (
    Route("/", info.root),
    Route("/info", info.info),
    Route("/healthcheck", info.health),
    Route("/chc/live", info.ready),
    Route("/chc/ready", info.health),
    Route("/status", info.statuses),
    Route("/status/{command_id:path}", info.command_status),
    Route("/v1/metadata", info.metadata),
    Route("/v1/metadata/id", info.metadata_id),
    Route("/clusterStatus", info.cluster_status),
    Route("/lag", info.cluster_status, methods=["POST"]),
    Route("/heartbeat", info.cluster_status, methods=["POST"]),
    Route("/is_valid_property/{name}", info.is_valid_property),
    Route("/ksql", ksql.statements, methods=["POST"]),
    Route("/ksql/terminate", ksql.terminate_cluster, methods=["POST"]),
    Route("/query", queries.query, methods=["POST"]),
    Route("/query-stream", queries.query_stream, methods=["POST"]),
    Route("/close-query", queries.close_query, methods=["POST"]),
    Route("/inserts-stream", inserts.inserts_stream, methods=["POST"]),
)


def create_app(
    executor: StatementExecutor, identity: ServerIdentity, clock: Clock | None = None
) -> Starlette:
    """Return the app that answers for `executor`'s node."""
    app = Starlette(routes=ROUTES, exception_handlers={HTTPException: _no_such_resource})
    app.state.context = KsqlContext(executor, identity, clock or SystemClock())
    app.add_middleware(_RefuseAfterTermination, executor=executor)
    return app


async def _no_such_resource(request: Request, error: Exception) -> Response:
    """Answer an unknown path in HTML, and a wrong method with nothing but what is allowed."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        response = respond(status=405)
        response.headers["allow"] = (error.headers or {}).get("Allow", "")
        return response
    return HTMLResponse("<html><body><h1>Resource not found</h1></body></html>", status_code=404)


class _RefuseAfterTermination:
    """Answers everything with 503 once the cluster was told to terminate."""

    def __init__(self, app: ASGIApp, executor: StatementExecutor) -> None:
        self._app = app
        self._executor = executor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._executor.terminated:
            await error_response(ClusterTerminated())(scope, receive, send)
        else:
            await self._app(scope, receive, send)
