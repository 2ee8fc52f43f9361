"""Finds out what on this machine could keep the pipeline from running, before it does."""

import platform
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clickstream.backends.ports import is_free
from clickstream.backends.process import find_server
from clickstream.core.errors import ClickstreamError
from clickstream.core.paths import ASSET_NAMES, Assets, DataFolder
from clickstream.core.settings import PORTS, Settings
from clickstream.steps.pipeline import read_pipeline
from clickstream.steps.script import read_script
from clickstream.version import __version__

__all__ = ["Check", "examine"]

WANTED_PYTHON = (3, 11)
WANTED_SQLITE = (3, 35)
"""From here on SQLite can return rows from an UPDATE, which storage uses."""
WANTED_FREE_BYTES = 1 << 30


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. What is not `needed` does not make the whole unhealthy."""

    name: str
    ok: bool
    detail: str
    hint: str = ""
    needed: bool = True


def examine(settings: Settings, assets: Assets) -> Sequence[Check]:
    """Return what was found."""
    folder = DataFolder(settings.data_dir.expanduser().absolute())
    return [
        check_python(),
        check_sqlite(),
        check_assets(assets),
        check_pipeline(assets),
        check_folder(folder),
        check_space(folder),
        *check_ports_of(settings, folder),
        check_docker(),
    ]


def check_python() -> Check:
    """Whether this Python is new enough."""
    return Check(
        "python",
        sys.version_info[:2] >= WANTED_PYTHON,
        f"{platform.python_version()} ({sys.executable}), clickstream {__version__}",
        f"install Python {'.'.join(map(str, WANTED_PYTHON))} or newer",
    )


def check_sqlite() -> Check:
    """Whether Python's SQLite is new enough."""
    return Check(
        "sqlite",
        sqlite3.sqlite_version_info >= WANTED_SQLITE,
        sqlite3.sqlite_version,
        "install a newer Python",
    )


def check_assets(assets: Assets) -> Check:
    """Whether every packaged file is there, and which ones a project replaces."""
    missing = [name for name in ASSET_NAMES if not (assets.packaged / name).exists()]
    own = [name for name in ASSET_NAMES if assets.is_own(name)]
    detail = f"missing: {', '.join(missing)}" if missing else f"in {assets.packaged}"
    if own:
        detail += f"; from this folder: {', '.join(own)}"
    return Check("assets", not missing, detail, "install clickstream again")


def check_pipeline(assets: Assets) -> Check:
    """Whether the pipeline and its SQL files can be read."""
    try:
        pipeline = read_pipeline(assets)
        files = [pipeline.connectors, *pipeline.statements, pipeline.drop]
        files += [pipeline.ingest] if pipeline.ingest else []
        count = sum(len(read_script(assets.find(name), name)) for name in files)
    except ClickstreamError as error:
        return Check("pipeline", False, error.message, error.hint or "correct the file")
    return Check("pipeline", True, f"{count} statements in {len(files)} files, {len(pipeline.sinks)} sinks")


def check_folder(folder: DataFolder) -> Check:
    """Whether the data folder can be written."""
    root = nearest(folder.root)
    return Check(
        "data folder",
        root.is_dir() and writable(root),
        str(folder.root),
        "choose a folder you may write: `--data-dir DIR`",
    )


def check_space(folder: DataFolder) -> Check:
    """Whether the disk has room."""
    free = shutil.disk_usage(nearest(folder.root)).free
    return Check(
        "disk",
        free >= WANTED_FREE_BYTES,
        f"{free / (1 << 30):.1f} GiB free",
        "make room, or `--data-dir DIR`",
    )


def check_ports_of(settings: Settings, folder: DataFolder) -> list[Check]:
    """Whether each port is free, or held by our own server."""
    server = find_server(folder)
    checks: list[Check] = []
    for service in PORTS:
        port = server.ports[service] if server else settings.port(service)
        free = is_free(settings.host, port)
        detail = (
            f"{port} free"
            if free
            else f"{port} served by process {server.pid}"
            if server
            else f"{port} in use"
        )
        hint = "stop what listens there, or `--port-offset 1000`"
        checks.append(Check(f"port {service}", free or server is not None, detail, hint))
    return checks


def check_docker() -> Check:
    """Whether Docker's client is there; only the compose backend needs it."""
    path = shutil.which("docker")
    return Check(
        "docker", path is not None, path or "not installed", "only `--backend compose` needs it", needed=False
    )


def nearest(path: Path) -> Path:
    """Return the nearest folder above that exists."""
    while not path.exists():
        path = path.parent
    return path


def writable(folder: Path) -> bool:
    """Return whether a file can be made in the folder, found out by making one."""
    probe = folder / ".clickstream-probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True
