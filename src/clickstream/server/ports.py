"""The listening sockets, all bound before anything starts, so that a taken port is found at once."""

import errno
import socket
from collections.abc import Mapping

from clickstream.core.errors import PortInUse

__all__ = ["bind_all", "close_all"]

BACKLOG = 128


def bind_all(host: str, ports: Mapping[str, int]) -> dict[str, socket.socket]:
    """Return a listening socket for every service; port 0 takes a free one.

    Raises: PortInUse if one is taken (none stays bound then); OSError if `host` is not this machine's.
    """
    bound: dict[str, socket.socket] = {}
    try:
        for service, port in ports.items():
            bound[service] = _bind(host, port, service)
    except BaseException:
        close_all(bound)
        raise
    return bound


def close_all(sockets: Mapping[str, socket.socket]) -> None:
    """Close what `bind_all` opened."""
    for bound in sockets.values():
        bound.close()


def _bind(host: str, port: int, service: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.bind((host, port))
        bound.listen(BACKLOG)
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                port,
                service=service,
                hint="stop the other process, or move all ports with --port-offset",
            ) from None
        raise
    return bound
