"""The resource `/connectors`: connectors, their configurations, states, tasks, topics and offsets."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clickstream.connectors.connector_configs import Target
from clickstream.connectors.status import ConnectorInfo
from clickstream.connectors.supervisor import Supervisor
from clickstream.core.errors import InvalidConnectorConfig, NotFound
from clickstream.server.connect.encode import accepted, json_response, no_content
from clickstream.server.connect.errors import BadRequestBody
from clickstream.server.connect.requests import flag, json_object, unknown_field

__all__ = ["routes"]

Handler = Callable[[Request], Awaitable[Response]]

_INITIAL_STATES: dict[str, Target] = {"RUNNING": "RUNNING", "PAUSED": "PAUSED", "STOPPED": "STOPPED"}


def routes(supervisor: Supervisor) -> list[Route]:
    """Return the routes, each bound to the supervisor."""
    view = _Connectors(supervisor)
    one = "/connectors/{name}"
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/connectors", view.list_all),
        ("POST", "/connectors", view.create),
        ("GET", one, view.get),
        ("DELETE", one, view.delete),
        ("GET", f"{one}/config", view.get_config),
        ("PUT", f"{one}/config", view.put_config),
        ("PATCH", f"{one}/config", view.patch_config),
        ("GET", f"{one}/status", view.status),
        ("PUT", f"{one}/pause", view.pause),
        ("PUT", f"{one}/resume", view.resume),
        ("PUT", f"{one}/stop", view.stop),
        ("POST", f"{one}/restart", view.restart),
        ("GET", f"{one}/tasks", view.tasks),
        ("GET", f"{one}/tasks-config", view.tasks_config),
        ("GET", f"{one}/tasks/{{task:int}}/status", view.task_status),
        ("POST", f"{one}/tasks/{{task:int}}/restart", view.restart_task),
        ("GET", f"{one}/topics", view.topics),
        ("PUT", f"{one}/topics/reset", view.reset_topics),
        ("GET", f"{one}/offsets", view.offsets),
        ("PATCH", f"{one}/offsets", view.alter_offsets),
        ("DELETE", f"{one}/offsets", view.reset_offsets),
    ]
    return [Route(path, handler, methods=[method]) for method, path, handler in table]


class _Connectors:
    """The handlers. What may wait for a commit or a lock runs beside the event loop."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    async def list_all(self, request: Request) -> Response:
        wanted = request.query_params.getlist("expand")
        if not wanted:
            return json_response(self._supervisor.names())
        return json_response({name: self._expand(name, wanted) for name in self._supervisor.names()})

    def _expand(self, name: str, wanted: list[str]) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        try:
            if "status" in wanted:
                shown["status"] = self._supervisor.status(name).as_dict()
            if "info" in wanted:
                shown["info"] = self._supervisor.info(name).as_dict()
        except NotFound:
            # it was created or deleted this moment
            return shown
        return shown

    async def create(self, request: Request) -> Response:
        body = await json_object(request)
        unknown_field(body, ("config", "name", "initial_state"))
        state = body.get("initial_state") or "RUNNING"
        if str(state).upper() not in _INITIAL_STATES:
            raise BadRequestBody(
                f"No enum constant for the initial state {state}: RUNNING, PAUSED or STOPPED"
            )
        config = body.get("config")
        if not isinstance(config, dict):
            raise InvalidConnectorConfig("Connector config must be a JSON object")
        info = await run_in_threadpool(
            self._supervisor.create,
            str(body.get("name") or config.get("name") or ""),
            config,
            initial_state=_INITIAL_STATES[str(state).upper()],
        )
        return _created(request, info)

    async def get(self, request: Request) -> Response:
        return json_response(self._supervisor.info(_name(request)).as_dict())

    async def delete(self, request: Request) -> Response:
        await run_in_threadpool(self._supervisor.delete, _name(request))
        return no_content()

    async def get_config(self, request: Request) -> Response:
        return json_response(self._supervisor.info(_name(request)).config)

    async def put_config(self, request: Request) -> Response:
        config = await json_object(request)
        info, created = await run_in_threadpool(self._supervisor.put_config, _name(request), config)
        if created:
            return _created(request, info)
        return json_response(info.as_dict(), headers=_warning(info))

    async def patch_config(self, request: Request) -> Response:
        patch = await json_object(request)
        info = await run_in_threadpool(self._supervisor.patch_config, _name(request), patch)
        return json_response(info.as_dict(), headers=_warning(info))

    async def status(self, request: Request) -> Response:
        return json_response(self._supervisor.status(_name(request)).as_dict())

    async def pause(self, request: Request) -> Response:
        await run_in_threadpool(self._supervisor.pause, _name(request))
        return accepted()

    async def resume(self, request: Request) -> Response:
        await run_in_threadpool(self._supervisor.resume, _name(request))
        return accepted()

    async def stop(self, request: Request) -> Response:
        await run_in_threadpool(self._supervisor.stop, _name(request))
        return no_content()

    async def restart(self, request: Request) -> Response:
        status = await run_in_threadpool(
            self._supervisor.restart,
            _name(request),
            include_tasks=flag(request, "includeTasks"),
            only_failed=flag(request, "onlyFailed"),
        )
        return no_content() if status is None else json_response(status.as_dict(), 202)

    async def tasks(self, request: Request) -> Response:
        name = _name(request)
        configs = self._supervisor.task_configs(name)
        return json_response(
            [
                {"id": {"connector": name, "task": number}, "config": config}
                for number, config in enumerate(configs)
            ]
        )

    async def tasks_config(self, request: Request) -> Response:
        name = _name(request)
        configs = self._supervisor.task_configs(name)
        return json_response({f"{name}-{number}": config for number, config in enumerate(configs)})

    async def task_status(self, request: Request) -> Response:
        status = self._supervisor.task_status(_name(request), request.path_params["task"])
        return json_response(status.as_dict())

    async def restart_task(self, request: Request) -> Response:
        number = request.path_params["task"]
        await run_in_threadpool(self._supervisor.restart_task, _name(request), number)
        return no_content()

    async def topics(self, request: Request) -> Response:
        name = _name(request)
        return json_response({name: {"topics": self._supervisor.topics(name)}})

    async def reset_topics(self, request: Request) -> Response:
        await run_in_threadpool(self._supervisor.reset_topics, _name(request))
        return accepted()

    async def offsets(self, request: Request) -> Response:
        offsets = await run_in_threadpool(self._supervisor.offsets, _name(request))
        return json_response({"offsets": offsets})

    async def alter_offsets(self, request: Request) -> Response:
        body = await json_object(request)
        offsets = body.get("offsets")
        given = offsets if isinstance(offsets, list) else []
        message = await run_in_threadpool(self._supervisor.alter_offsets, _name(request), given)
        return json_response({"message": message})

    async def reset_offsets(self, request: Request) -> Response:
        message = await run_in_threadpool(self._supervisor.reset_offsets, _name(request))
        return json_response({"message": message})


def _name(request: Request) -> str:
    return str(request.path_params["name"])


def _created(request: Request, info: ConnectorInfo) -> Response:
    location = str(request.url.replace(path=f"/connectors/{info.name}", query=""))
    return json_response({**info.as_dict(), "tasks": []}, 201, {"location": location, **_warning(info)})


def _warning(info: ConnectorInfo) -> dict[str, str]:
    """Return a header for what is valid but surely not meant. Connect itself says nothing (`maxInterval`)."""
    if not info.warnings:
        return {}
    text = "; ".join(info.warnings).replace("\\", "\\\\").replace('"', '\\"')
    return {"warning": f'299 clickstream "{text}"'}
