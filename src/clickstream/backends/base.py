"""What every backend can do: bring services into being, say where they are, and end them.

A backend does not speak to the services; that they answer is what `steps/wait_ready.py` finds out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

__all__ = ["SERVICES", "Backend", "Endpoints", "Login", "Started", "Stopped"]

SERVICES = ("ksqldb", "connect", "elasticsearch", "grafana")
"""The services that every backend has, in the order they are listed."""


@dataclass(frozen=True)
class Login:
    """A user and a password."""

    user: str
    password: str


@dataclass(frozen=True)
class Endpoints:
    """Where the services are.

    `elasticsearch_inside` is its URL as Connect and Grafana reach it: another one where they are containers.
    """

    ksqldb: str
    connect: str
    elasticsearch: str
    grafana: str
    elasticsearch_inside: str
    grafana_login: Login | None = None
    """None where none is asked for."""

    def url(self, service: str) -> str:
        """Return the URL of a service of SERVICES."""
        return str(getattr(self, service))

    def environment(self) -> Mapping[str, str]:
        """Return the URLs as environment variables that a shell can take over."""
        return {f"{service.upper()}_URL": self.url(service) for service in SERVICES}


@dataclass(frozen=True)
class Started:
    """What `start` did; `was_running` if there was nothing to do."""

    was_running: bool
    detail: str


@dataclass(frozen=True)
class Stopped:
    """What `stop` did."""

    was_running: bool
    purged: bool
    detail: str


class Backend(Protocol):
    """Brings the services into being and ends them."""

    name: str

    def start(self) -> Started:
        """Start what does not run. Raises: BackendError and its kinds."""
        ...

    def stop(self, *, purge: bool = False) -> Stopped:
        """End the services; with `purge` delete what they stored."""
        ...

    def endpoints(self) -> Endpoints:
        """Return where the services are, running or not."""
        ...

    def logs(self, service: str | None = None, *, follow: bool = False) -> Iterator[str]:
        """Yield the log's lines, of one service or of all; with `follow` each further one as it comes."""
        ...
