"""The resource `/connector-plugins`: the classes there are, their settings, checks of a configuration."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clickstream.connectors.supervisor import Supervisor
from clickstream.core.errors import UnknownPlugin
from clickstream.server.connect.encode import json_response
from clickstream.server.connect.requests import flag, json_object

__all__ = ["routes"]


def routes(supervisor: Supervisor) -> list[Route]:
    """Return the routes, each bound to the supervisor."""

    async def list_all(request: Request) -> Response:
        return json_response(
            supervisor.plugins(connectors_only=flag(request, "connectorsOnly", default=True))
        )

    async def config(request: Request) -> Response:
        return json_response(supervisor.plugin_config(request.path_params["plugin"]))

    async def validate(request: Request) -> Response:
        body = await json_object(request)
        try:
            return json_response(supervisor.validate(request.path_params["plugin"], body))
        except UnknownPlugin as error:
            # the real worker wraps the error here, and only here (recorded)
            message = f"org.apache.kafka.connect.errors.ConnectException: {error.message}"
            raise UnknownPlugin(message, name=error.name) from error

    return [
        Route("/connector-plugins", list_all, methods=["GET"]),
        Route("/connector-plugins/{plugin}/config", config, methods=["GET"]),
        Route("/connector-plugins/{plugin}/config/validate", validate, methods=["PUT"]),
    ]
