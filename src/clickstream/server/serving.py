"""Runs the ASGI apps of all services in one event loop until told to stop."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

from hypercorn.asyncio import serve as serve_app
from hypercorn.config import Config

from clickstream.server import h2c_upgrade
from clickstream.server.absolute_form import with_origin_form

__all__ = ["serve"]

GRACE_S = 3.0
"""How long answers under way may take once the server is told to stop."""


async def serve(
    apps: Mapping[str, Any],
    sockets: Mapping[str, socket.socket],
    stop: asyncio.Event,
    *,
    before_end: Callable[[], object] = lambda: None,
) -> None:
    """Serve every app on its socket, over HTTP/1.1 and cleartext HTTP/2, until `stop` is set.

    Takes over the sockets. `before_end` runs in a thread once no more requests are accepted: it closes
    what endless answers wait for. Every service is served alike: ksqlDB's clients want HTTP/2 without
    TLS, by prior knowledge or by upgrade, which is why the server is Hypercorn.
    """
    h2c_upgrade.install()
    tasks = [
        asyncio.create_task(
            serve_app(with_origin_form(apps[service]), _config(sockets[service]), shutdown_trigger=stop.wait),
            name=service,
        )
        for service in apps
    ]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.to_thread(before_end)
        _, late = await asyncio.wait(tasks, timeout=GRACE_S + 1)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        stopping.cancel()
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


def _config(listening: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.loglevel = "WARNING"
    config.include_server_header = False
    config.graceful_timeout = GRACE_S
    config.keep_alive_timeout = 75
    # The default ends a connection after 1 000 requests, and the one that is sent just then fails.
    config.keep_alive_max_requests = 1 << 62
    config.h2_max_concurrent_streams = 1000
    return config
