"""The Connect REST API as an ASGI app. Wire format only: everything is asked of the supervisor."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from clickstream.connectors.plugins import API_VERSION
from clickstream.connectors.supervisor import Supervisor
from clickstream.server.connect import connectors, loggers, plugins
from clickstream.server.connect.encode import json_response
from clickstream.server.connect.errors import HANDLERS
from clickstream.version import __version__

__all__ = ["create_app"]


def create_app(supervisor: Supervisor, *, cluster_id: str = "clickstream") -> Starlette:
    """Return the app. `cluster_id` is the one that ksqlDB's `/info` shows."""

    async def root(request: Request) -> Response:
        return json_response(
            {"version": API_VERSION, "commit": f"clickstream-{__version__}", "kafka_cluster_id": cluster_id}
        )

    async def health(request: Request) -> Response:
        message = "Worker has completed startup and is ready to handle requests."
        return json_response({"status": "healthy", "message": message})

    app = Starlette(
        routes=[
            Route("/", root, methods=["GET"]),
            Route("/health", health, methods=["GET"]),
            *connectors.routes(supervisor),
            *plugins.routes(supervisor),
            *loggers.routes(),
        ],
        exception_handlers=dict(HANDLERS),
    )
    app.router.redirect_slashes = False
    app.add_middleware(_WithoutTrailingSlash)
    return app


class _WithoutTrailingSlash:
    """Takes `/connectors/` for `/connectors`, as the real worker does, without a redirect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)
