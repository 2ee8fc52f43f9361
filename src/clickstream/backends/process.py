"""The server process of a data folder, as its `server.json` tells it."""

import fcntl
import json
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clickstream.core.errors import FolderInUse
from clickstream.core.paths import DataFolder

__all__ = ["ServerProcess", "find_server", "refuse_held"]

SERVER_MODULE = "clickstream.server"


@dataclass(frozen=True)
class ServerProcess:
    """A server that runs. Units: `started_ms` — epoch milliseconds."""

    pid: int
    ports: dict[str, int]
    version: str
    started_ms: int
    asks_login: bool = False

    def terminate(self) -> None:
        """Ask it to finish its batch, commit and end."""
        signal_process(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it at once; the next start recovers from the last commit."""
        signal_process(self.pid, signal.SIGKILL)

    def is_alive(self) -> bool:
        """Return whether the process runs and is a server of ours."""
        return is_server(self.pid)


def find_server(folder: DataFolder) -> ServerProcess | None:
    """Return the server that holds the folder, None if there is none.

    A `server.json` whose process is gone, or whose number now belongs to another program, counts for nothing.
    """
    try:
        told: dict[str, Any] = json.loads(folder.server_json.read_text())
        found = ServerProcess(
            int(told["pid"]),
            {str(service): int(port) for service, port in told["ports"].items()},
            str(told.get("version", "")),
            int(told.get("started_ms", 0)),
            bool(told.get("login", False)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if found.is_alive() else None


def refuse_held(folder: DataFolder) -> None:
    """Raise FolderInUse if a process holds the folder's lock, whatever `server.json` says of it."""
    try:
        with folder.lock_file.open() as file:
            owner = file.read().strip()
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return
    except OSError as error:
        pid = int(owner) if owner.isdigit() else None
        raise FolderInUse(str(folder.root), pid, hint="end that process first") from error


def is_server(pid: int) -> bool:
    """Return whether process `pid` runs and is a server of ours, not one that inherited the number."""
    return SERVER_MODULE in command_line(pid)


def command_line(pid: int) -> str:
    """Return the command line of a process; empty if it does not run, or has ended but is not reaped yet."""
    proc = Path(f"/proc/{pid}")
    if Path("/proc/self").exists():
        try:
            return (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return ""
    listed = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return listed.stdout


def signal_process(pid: int, number: signal.Signals) -> None:
    """Send the signal, unless the process has already ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
