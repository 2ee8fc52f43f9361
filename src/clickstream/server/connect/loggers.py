"""The resource `/admin/loggers`: levels of this process's loggers, with Connect's names for levels."""

import logging
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clickstream.core.errors import InvalidConnectorConfig, NotFound
from clickstream.server.connect.encode import json_response
from clickstream.server.connect.requests import json_object

__all__ = ["routes"]

_LEVELS = {"TRACE": 5, "DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40, "FATAL": 50, "OFF": 60}
_OURS = "clickstream"


def routes() -> list[Route]:
    """Return the routes; times of change are kept as long as the app."""
    changed: dict[str, int] = {}

    def show(name: str) -> dict[str, Any]:
        level = logging.getLogger(None if name == "root" else name).getEffectiveLevel()
        named = max((value, text) for text, value in _LEVELS.items() if value <= max(level, 5))[1]
        return {"level": named, "last_modified": changed.get(name)}

    def names() -> list[str]:
        known = [
            name
            for name, logger in logging.root.manager.loggerDict.items()
            if name.split(".")[0] == _OURS and isinstance(logger, logging.Logger)
        ]
        return sorted([*known, "root"])

    async def list_all(request: Request) -> Response:
        return json_response({name: show(name) for name in names()})

    async def get(request: Request) -> Response:
        name = request.path_params["logger"]
        if name not in names():
            raise NotFound(f"Logger {name} not found.")
        return json_response(show(name))

    async def put(request: Request) -> Response:
        name = request.path_params["logger"]
        level = str((await json_object(request)).get("level", "")).upper()
        if level not in _LEVELS:
            raise InvalidConnectorConfig("Desired 'level' parameter was not specified in request.")
        logging.getLogger(None if name == "root" else name).setLevel(_LEVELS[level])
        affected = [known for known in names() if known == name or known.startswith(f"{name}.")]
        changed.update(dict.fromkeys(affected, time.time_ns() // 1_000_000))
        return json_response(affected)

    return [
        Route("/admin/loggers", list_all, methods=["GET"]),
        Route("/admin/loggers/{logger}", get, methods=["GET"]),
        Route("/admin/loggers/{logger}", put, methods=["PUT"]),
    ]
