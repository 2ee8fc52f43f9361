"""The app on port 3000: Grafana's API beside the pages that draw the same dashboards."""

from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, ExceptionHandler

from clickstream.core.errors import Conflict, NotFound
from clickstream.server.grafana.routes import GrafanaApi, api_routes
from clickstream.server.grafana.stores import DashboardStore, DatasourceStore, InvalidDashboard
from clickstream.server.web.login import RequireLogin, Sessions
from clickstream.server.web.pages import page_routes
from clickstream.server.web.same_origin import SameOrigin

__all__ = ["create_app"]

STATUS = {InvalidDashboard: 400, NotFound: 404, Conflict: 412}
"""Grafana's status of each refusal; 412 is its answer to a save of an outdated version."""


def create_app(
    folder: Path | None,
    elasticsearch: ASGIApp,
    *,
    console: Sequence[BaseRoute] = (),
    local_only: bool = False,
    sessions: Sessions | None = None,
) -> Starlette:
    """Return the app; dashboards and datasources are kept below `folder`, in memory if it is None.

    `elasticsearch` answers what the panels ask, in place of the server that a datasource's URL names;
    `console` answers what the other pages ask. `local_only`: the server listens to this machine only.
    With `sessions` a login is asked for.
    """
    dashboards = DashboardStore(folder / "dashboards" if folder else None)
    datasources = DatasourceStore(folder / "datasources" if folder else None)
    api = GrafanaApi(dashboards, datasources, elasticsearch)
    handlers: dict[type[Exception], ExceptionHandler] = dict.fromkeys(STATUS, _refusal)
    handlers[HTTPException] = _http_error
    login = [] if sessions is None else [Middleware(RequireLogin, sessions=sessions)]
    return Starlette(
        routes=[*api_routes(api), *console, *page_routes()],
        middleware=[Middleware(SameOrigin, local_only=local_only), *login],
        exception_handlers=handlers,
    )


async def _refusal(request: Request, error: Exception) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return JSONResponse({"message": str(error)}, status_code=status)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = "Not found" if error.status_code == 404 else error.detail
    return JSONResponse({"message": message}, status_code=error.status_code, headers=error.headers)
