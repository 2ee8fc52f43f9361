"""What the server says of itself: /info, /healthcheck, /status, /v1/metadata and the like."""

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from clickstream.core.errors import NotFound
from clickstream.node.server_properties import check_allowed
from clickstream.server.ksqldb.context import context_of
from clickstream.server.ksqldb.encode import dump
from clickstream.server.ksqldb.errors import error_response, respond
from clickstream.server.ksqldb.negotiation import JSON, V1_JSON, choose

__all__ = [
    "cluster_status",
    "command_status",
    "health",
    "info",
    "is_valid_property",
    "metadata",
    "metadata_id",
    "ready",
    "root",
    "statuses",
]


async def root(request: Request) -> Response:
    """`GET /`: go to /info."""
    response = respond(status=307)
    response.headers["location"] = "/info"
    return response


async def info(request: Request) -> Response:
    """`GET /info`."""
    identity = context_of(request).identity
    body = {
        "KsqlServerInfo": {
            "version": identity.version,
            "kafkaClusterId": identity.cluster_id,
            "ksqlServiceId": identity.service_id,
            "serverStatus": "RUNNING",
        }
    }
    return _json(request, body)


async def health(request: Request) -> Response:
    """`GET /healthcheck`: whether commits succeed; the parts of a cluster are all in this process."""
    healthy = context_of(request).executor.failure is None
    parts = {name: {"isHealthy": healthy} for name in ("metastore", "kafka", "commandRunner")}
    return _json(request, {"isHealthy": healthy, "details": parts, "serverState": "READY"})


async def ready(request: Request) -> Response:
    """`GET /chc/live`: the process lives."""
    return _json(request, {})


async def metadata(request: Request) -> Response:
    """`GET /v1/metadata`."""
    identity = context_of(request).identity
    return _json(request, {"version": identity.version, "clusterId": _cluster_id(request)})


async def metadata_id(request: Request) -> Response:
    """`GET /v1/metadata/id`."""
    return _json(request, _cluster_id(request))


def _cluster_id(request: Request) -> dict[str, object]:
    identity = context_of(request).identity
    clusters = {"kafka-cluster": identity.cluster_id, "ksql-cluster": identity.service_id}
    return {"scope": {"path": [], "clusters": clusters}, "id": ""}


async def cluster_status(request: Request) -> Response:
    """`GET /clusterStatus`: there is none unless heart-beats between servers are on."""
    return respond(status=404, media_type=JSON)


async def statuses(request: Request) -> Response:
    """`GET /status`: how every command ended."""
    commands = context_of(request).executor.commands()
    return _json(request, {"commandStatuses": {command.command_id: "SUCCESS" for command in commands}})


async def command_status(request: Request) -> Response:
    """`GET /status/<kind>/<name>/<action>`: how one command ended."""
    wanted = unquote(request.path_params["command_id"])
    found = next((c for c in context_of(request).executor.commands() if c.command_id == wanted), None)
    if found is None:
        return error_response(NotFound("Command not found"), media_type=JSON)
    body = {"status": "SUCCESS", "message": found.message, "queryId": found.query_id}
    return _json(request, body)


async def is_valid_property(request: Request) -> Response:
    """`GET /is_valid_property/<name>`: whether a request may override it."""
    try:
        check_allowed([request.path_params["name"]])
    except Exception as error:
        return error_response(error, media_type=JSON)
    return _json(request, True)


def _json(request: Request, body: object) -> Response:
    if choose(request, (JSON, V1_JSON)) is None:
        return respond(status=406)
    return respond(dump(body), media_type=JSON)
