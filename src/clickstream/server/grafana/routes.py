"""The part of Grafana's HTTP API that loads dashboards and draws them.

Source: Grafana's HTTP API documentation (dashboard, data source and search pages) for paths, status codes and
        the shapes of answers; `{"message": …}` is the shape of every refusal.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from clickstream.server.grafana.stores import DashboardStore, DatasourceStore, InvalidDashboard, slug
from clickstream.version import __version__

__all__ = ["GrafanaApi", "api_routes"]

Json = dict[str, Any]


class GrafanaApi:
    """What the routes need: the two stores, and the Elasticsearch app behind every datasource."""

    def __init__(
        self, dashboards: DashboardStore, datasources: DatasourceStore, elasticsearch: ASGIApp
    ) -> None:
        self.dashboards = dashboards
        self.datasources = datasources
        self.elasticsearch = elasticsearch

    async def health(self, request: Request) -> Response:
        """`GET /api/health`."""
        return JSONResponse({"commit": "embedded", "database": "ok", "version": __version__})

    async def search(self, request: Request) -> Response:
        """`GET /api/search?query=&tag=&type=`."""
        query = request.query_params
        if query.get("type") == "dash-folder":
            return JSONResponse([])
        found = self.dashboards.search(query.get("query", ""), tuple(query.getlist("tag")))
        return JSONResponse([_search_hit(d) for d in found])

    async def save_dashboard(self, request: Request) -> Response:
        """`POST /api/dashboards/db`: {dashboard, overwrite, message}."""
        body = await _object(request)
        dashboard = body.get("dashboard")
        if not isinstance(dashboard, dict):
            raise InvalidDashboard("bad request data: dashboard is missing")
        saved = self.dashboards.save(dashboard, overwrite=bool(body.get("overwrite")))
        answer = {key: saved[key] for key in ("id", "uid", "version")}
        return JSONResponse({**answer, "status": "success", "slug": slug(saved["title"]), "url": _url(saved)})

    async def dashboard(self, request: Request) -> Response:
        """`GET /api/dashboards/uid/{uid}`."""
        found = self.dashboards.get(request.path_params["uid"])
        meta = {"type": "db", "canSave": True, "canEdit": True, "slug": slug(found["title"])}
        meta |= {"url": _url(found), "version": found["version"], "provisioned": False}
        return JSONResponse({"meta": meta, "dashboard": found})

    async def delete_dashboard(self, request: Request) -> Response:
        """`DELETE /api/dashboards/uid/{uid}`."""
        gone = self.dashboards.delete(request.path_params["uid"])
        message = f"Dashboard {gone['title']} deleted"
        return JSONResponse({"title": gone["title"], "message": message, "uid": gone["uid"]})

    async def list_datasources(self, request: Request) -> Response:
        """`GET /api/datasources`."""
        return JSONResponse(self.datasources.all())

    async def create_datasource(self, request: Request) -> Response:
        """`POST /api/datasources`: 200, or 409 if the name is taken."""
        body = await _object(request)
        name = body.get("name")
        taken = any(name == d["name"] or body.get("uid") == d["uid"] for d in self.datasources.all())
        if name and taken:
            message = "data source with the same name already exists"
            return JSONResponse({"message": message}, status_code=409)
        return _saved("added", self.datasources.save(body))

    async def datasource(self, request: Request) -> Response:
        """`GET /api/datasources/uid/{uid}`."""
        return JSONResponse(self.datasources.get(request.path_params["uid"]))

    async def datasource_by_name(self, request: Request) -> Response:
        """`GET /api/datasources/name/{name}`."""
        return JSONResponse(self.datasources.by_name(request.path_params["name"]))

    async def update_datasource(self, request: Request) -> Response:
        """`PUT /api/datasources/uid/{uid}`."""
        uid = request.path_params["uid"]
        self.datasources.get(uid)
        return _saved("updated", self.datasources.save({**await _object(request), "uid": uid}))

    async def delete_datasource(self, request: Request) -> Response:
        """`DELETE /api/datasources/uid/{uid}`."""
        gone = self.datasources.delete(request.path_params["uid"])
        return JSONResponse({"message": "Data source deleted", "id": gone["id"]})

    async def datasource_health(self, request: Request) -> Response:
        """`GET /api/datasources/uid/{uid}/health`."""
        self.datasources.get(request.path_params["uid"])
        return JSONResponse({"status": "OK", "message": "Elasticsearch data source is healthy."})


class DatasourceProxy:
    """`/api/datasources/proxy/uid/{uid}/…`: the rest of the path goes to Elasticsearch in this process."""

    PREFIX = "/api/datasources/proxy/uid/"

    def __init__(self, api: GrafanaApi) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        uid, _, rest = scope["path_params"]["rest"].partition("/")
        self._api.datasources.get(uid)
        path = f"/{rest}"
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": "", "path_params": {}}
        inner.pop("app", None)
        inner.pop("router", None)
        await self._api.elasticsearch(inner, receive, send)


def api_routes(api: GrafanaApi) -> list[Route]:
    """Return the API's routes."""
    uid = "/api/datasources/uid/{uid}"
    return [
        Route("/api/health", api.health),
        Route("/api/search", api.search),
        Route("/api/dashboards/db", api.save_dashboard, methods=["POST"]),
        Route("/api/dashboards/uid/{uid}", api.dashboard),
        Route("/api/dashboards/uid/{uid}", api.delete_dashboard, methods=["DELETE"]),
        Route("/api/datasources", api.list_datasources),
        Route("/api/datasources", api.create_datasource, methods=["POST"]),
        Route("/api/datasources/name/{name}", api.datasource_by_name),
        Route(uid, api.datasource),
        Route(uid, api.update_datasource, methods=["PUT"]),
        Route(uid, api.delete_datasource, methods=["DELETE"]),
        Route(f"{uid}/health", api.datasource_health),
        Route(f"{DatasourceProxy.PREFIX}{{rest:path}}", DatasourceProxy(api)),
    ]


def _saved(what: str, datasource: Json) -> Response:
    answer = {"datasource": datasource, "id": datasource["id"], "name": datasource["name"]}
    return JSONResponse({**answer, "message": f"Datasource {what}"})


def _search_hit(dashboard: Json) -> Json:
    hit = {key: dashboard[key] for key in ("id", "uid", "title")}
    url = _url(dashboard)
    return {
        **hit,
        "uri": f"db/{slug(dashboard['title'])}",
        "url": url,
        "type": "dash-db",
        "tags": dashboard.get("tags") or [],
        "isStarred": False,
    }


def _url(dashboard: Json) -> str:
    return f"/d/{dashboard['uid']}/{slug(dashboard['title'])}"


async def _object(request: Request) -> Json:
    """Return the body as a JSON object. Raises: InvalidDashboard."""
    try:
        body = await request.json()
    except ValueError as error:
        raise InvalidDashboard("bad request data") from error
    if not isinstance(body, dict):
        raise InvalidDashboard("bad request data")
    return body
