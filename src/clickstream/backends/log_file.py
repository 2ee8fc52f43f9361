"""Reading the embedded server's log file: all of it, as it grows, or the lines of one service."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from clickstream.backends.base import SERVICES
from clickstream.core.errors import NotFound

__all__ = ["follow_lines", "lines_of_service", "read_lines"]

POLL_S = 0.2
"""How often a followed log is looked at; short enough to feel live, long enough to cost nothing."""

SHOWN_AT_FIRST = 20
"""Lines of the past that following begins with."""


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines there are."""
    with path.open(encoding="utf-8", errors="replace") as log:
        for line in log:
            yield line.rstrip("\n")


def follow_lines(path: Path, alive: Callable[[], bool] = lambda: True) -> Iterator[str]:
    """Yield the last lines, then each further one as it is written, for as long as the writer is alive."""
    with path.open(encoding="utf-8", errors="replace") as log:
        yield from (line.rstrip("\n") for line in deque(log, SHOWN_AT_FIRST))
        pending = ""
        while True:
            is_last = not alive()
            pending += log.readline()
            if pending.endswith("\n"):
                yield pending.rstrip("\n")
                pending = ""
            elif is_last:
                return
            else:
                time.sleep(POLL_S)


def lines_of_service(lines: Iterator[str], service: str | None) -> Iterator[str]:
    """Return the lines that the service's modules logged; all for None.

    Raises: NotFound if there is no such service.
    """
    if service is None:
        return lines
    if service not in SERVICES:
        raise NotFound(f"no service {service}", hint=f"the services are {', '.join(SERVICES)}")
    names = (f"clickstream.server.{service}", *MODULES.get(service, ()))
    return (line for line in lines if any(name in line for name in names))


MODULES = {
    "ksqldb": ("clickstream.node", "clickstream.engine"),
    "connect": ("clickstream.connectors",),
    "elasticsearch": ("clickstream.storage.documents",),
    "grafana": ("clickstream.server.web",),
}
"""What else works for a service, by logger name."""
