"""Runs the ASGI apps of all services in one event loop until told to stop."""

import asyncio
import logging
import socket
from collections.abc import Mapping
from typing import Any

from hypercorn.asyncio import serve as serve_app
from hypercorn.config import Config

__all__ = ["serve"]

GRACE_S = 3.0
"""How long answers under way may take once the server is told to stop."""


async def serve(apps: Mapping[str, Any], sockets: Mapping[str, socket.socket], stop: asyncio.Event) -> None:
    """Serve every app on its socket, over HTTP/1.1 and cleartext HTTP/2, until `stop` is set.

    Takes over the sockets. Every service is served alike: ksqlDB's clients want HTTP/2 without TLS,
    by prior knowledge or by upgrade, which is why the server is Hypercorn.
    """
    tasks = [
        asyncio.create_task(
            serve_app(apps[service], _config(sockets[service]), shutdown_trigger=stop.wait), name=service
        )
        for service in apps
    ]
    try:
        await asyncio.wait([*tasks, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        done, late = await asyncio.wait(tasks, timeout=GRACE_S + 1)
    finally:
        for task in tasks:
            task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    for task in done:
        task.result()


def _config(listening: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.loglevel = "WARNING"
    config.include_server_header = False
    config.graceful_timeout = GRACE_S
    config.keep_alive_timeout = 75
    config.h2_max_concurrent_streams = 1000
    config.max_app_queue_size = 100
    return config
