"""Whether ports can be listened on, asked by trying it."""

import socket
from collections.abc import Mapping

from clickstream.core.errors import PortInUse

__all__ = ["check_ports", "is_free"]


def is_free(host: str, port: int) -> bool:
    """Return whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port that was just left is free, one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def check_ports(host: str, ports: Mapping[str, int]) -> None:
    """Raise PortInUse for the first port, by service, that another process listens on."""
    for service, port in ports.items():
        if not is_free(host, port):
            raise PortInUse(
                port,
                service=service,
                hint=f"stop what listens on {port}, or choose other ports: `--port-offset 1000`",
            )
