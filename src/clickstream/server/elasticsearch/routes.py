"""The app on port 9200: every path of the Elasticsearch subset, and what becomes of all others.

Source: Elasticsearch 7.10.2's own paths; golden/clickstream/sinks.
"""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clickstream.server.elasticsearch import cat, cluster, documents, indices, search, templates
from clickstream.server.elasticsearch.call import Handler, dispatch
from clickstream.storage.documents.store import DocumentStore

__all__ = ["create_app"]

Methods = Mapping[str, Handler]


def _read(handler: Handler) -> Methods:
    """What may be read with a body, by GET or POST."""
    return {"GET": handler, "POST": handler}


_TEMPLATES: dict[str, Methods] = {
    "/_template": {"GET": templates.get_template},
    "/_template/{name}": {
        "GET": templates.get_template,
        "PUT": templates.put_template,
        "POST": templates.put_template,
        "DELETE": templates.delete_template,
    },
    "/_index_template": {"GET": templates.get_index_template},
    "/_index_template/{name}": {
        "GET": templates.get_index_template,
        "PUT": templates.put_index_template,
        "POST": templates.put_index_template,
        "DELETE": templates.delete_index_template,
    },
    "/_component_template": {"GET": templates.get_component_template},
    "/_component_template/{name}": {
        "GET": templates.get_component_template,
        "PUT": templates.put_component_template,
        "POST": templates.put_component_template,
        "DELETE": templates.delete_component_template,
    },
    "/_ingest/pipeline": {"GET": templates.get_pipeline},
    "/_ingest/pipeline/_simulate": _read(templates.simulate_pipeline),
    "/_ingest/pipeline/{name}/_simulate": _read(templates.simulate_pipeline),
    "/_ingest/pipeline/{name}": {
        "GET": templates.get_pipeline,
        "PUT": templates.put_pipeline,
        "DELETE": templates.delete_pipeline,
    },
}
_CLUSTER: dict[str, Methods] = {
    "/": {"GET": cluster.get_info},
    "/_cluster/health": {"GET": cluster.get_health},
    "/_cluster/health/{index}": {"GET": cluster.get_health},
    "/_cluster/settings": {"GET": cluster.get_cluster_settings, "PUT": cluster.put_cluster_settings},
    "/_nodes": {"GET": cluster.get_nodes},
    "/_nodes/{metric}": {"GET": cluster.get_nodes},
    "/_cat": {"GET": cat.cat_help},
    "/_cat/indices": {"GET": cat.cat_indices},
    "/_cat/indices/{index}": {"GET": cat.cat_indices},
    "/_cat/count": {"GET": cat.cat_count},
    "/_cat/count/{index}": {"GET": cat.cat_count},
    "/_cat/health": {"GET": cat.cat_health},
    "/_cat/nodes": {"GET": cat.cat_nodes},
    "/_cat/templates": {"GET": cat.cat_templates},
    "/_cat/templates/{name}": {"GET": cat.cat_templates},
}
_OVER_INDICES: dict[str, Methods] = {
    # Each of these is there for all indices and for those of an expression.
    "/_search": _read(search.search),
    "/_msearch": _read(search.msearch),
    "/_count": _read(search.count),
    "/_field_caps": _read(search.field_caps),
    "/_validate/query": _read(search.validate_query),
    "/_bulk": {"POST": documents.bulk, "PUT": documents.bulk},
    "/_mget": _read(documents.mget),
    "/_refresh": _read(indices.refresh),
    "/_flush": _read(indices.refresh),
    "/_forcemerge": {"POST": indices.refresh},
    "/_stats": {"GET": indices.get_stats},
    "/_stats/{metric}": {"GET": indices.get_stats},
    "/_settings": {"GET": indices.get_settings, "PUT": indices.put_settings},
    "/_settings/{name}": {"GET": indices.get_settings},
    "/_alias": {"GET": indices.get_aliases},
    "/_aliases": {"GET": indices.get_aliases},
    "/_mapping": {"GET": indices.get_mapping, "PUT": indices.put_mapping, "POST": indices.put_mapping},
    "/_mappings": {"GET": indices.get_mapping, "PUT": indices.put_mapping, "POST": indices.put_mapping},
    "/_mapping/field/{fields}": {"GET": indices.get_field_mapping},
}
_INDEX: dict[str, Methods] = {
    "/_resolve/index/{index}": {"GET": indices.resolve_index},
    "/{index}/_delete_by_query": {"POST": search.delete_by_query},
    "/{index}/_doc": {"POST": documents.post_doc},
    "/{index}/_doc/{id:path}": {
        "GET": documents.get_doc,
        "PUT": documents.put_doc,
        "POST": documents.put_doc,
        "DELETE": documents.delete_doc,
    },
    "/{index}/_create/{id:path}": {"PUT": documents.create_doc, "POST": documents.create_doc},
    "/{index}/_update/{id:path}": {"POST": documents.update_doc},
    "/{index}/_source/{id:path}": {"GET": documents.get_source},
    "/{index}": {
        "GET": indices.get_index,
        "DELETE": indices.delete_index,
        "PUT": indices.put_index,
        "HEAD": indices.head_index,
    },
}
_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]


def create_app(documents_store: DocumentStore) -> Starlette:
    """Return the app over a store; the caller closes the store."""
    over = {**_OVER_INDICES, **{"/{index}" + path: methods for path, methods in _OVER_INDICES.items()}}
    table = {**_TEMPLATES, **_CLUSTER, **over, **_INDEX}
    routes = [
        Route(path, dispatch(documents_store, methods), methods=_METHODS) for path, methods in table.items()
    ]
    routes.append(Route("/{rest:path}", _no_handler, methods=_METHODS))
    return Starlette(routes=routes, middleware=[Middleware(_Wire)])


async def _no_handler(request: Request) -> Response:
    reason = f"no handler found for uri [{request.url.path}] and method [{request.method}]"
    return JSONResponse({"error": reason}, status_code=400)


class _Wire:
    """Takes a path with or without a slash at its end, and signs every answer as clients expect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if len(path) > 1 and path.endswith("/"):
            scope = {**scope, "path": path.rstrip("/") or "/"}

        async def sign(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Elastic-Product"] = "Elasticsearch"
            await send(message)

        await self._app(scope, receive, sign)
