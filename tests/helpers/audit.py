"""What Python does to files, processes and the network while a block runs, by its audit events."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

WATCHED = (
    "open", "os.", "subprocess.", "socket.", "shutil.", "tempfile.", "glob.", "pathlib.", "ctypes.", "import",
    "urllib.", "http.", "ftplib.", "smtplib.", "pty.", "sqlite3.", "mmap.", "fcntl.", "pickle.",
    "code.", "marshal.loads", "resource.", "syslog.",
)  # fmt: skip
"""Beginnings of the names of events that are kept."""


@dataclass
class Audit:
    """Events that were seen, each as its name and arguments."""

    events: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def of(self, *prefixes: str) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the events whose names begin so."""
        return [event for event in self.events if event[0].startswith(prefixes)]


_active: list[Audit] = []
_installed = False


def _hook(name: str, arguments: tuple[Any, ...]) -> None:
    if _active and name.startswith(WATCHED):
        _active[-1].events.append((name, arguments))


@contextmanager
def audited() -> Iterator[Audit]:
    """Collect the events of the block. A hook cannot be taken away again: it stays, and does nothing."""
    global _installed
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
    audit = Audit()
    _active.append(audit)
    try:
        yield audit
    finally:
        _active.remove(audit)
