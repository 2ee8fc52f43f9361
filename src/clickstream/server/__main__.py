"""`python -m clickstream.server`: the embedded backend as a process.

It binds all ports first, then opens the data folder, then says in `server.json` that it serves. SIGTERM and
SIGINT end it: the batch under way is committed and the files are closed. What keeps it from starting is one
line on standard error, and exit code 3 (2 for a wrong option, 7 where the data folder's files are unusable).
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence

from clickstream.core.errors import ClickstreamError, SettingsError, StateError
from clickstream.core.logging import configure_logging
from clickstream.core.login import keep_login
from clickstream.core.paths import DataFolder
from clickstream.core.settings import PORTS, Settings
from clickstream.server.app import Embedded
from clickstream.server.ports import bind_all, close_all
from clickstream.server.serving import serve
from clickstream.version import __version__

log = logging.getLogger(__name__)

CANNOT_START = 3
WRONG_OPTION = 2
UNUSABLE_FILES = 7


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server; return the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m clickstream.server", description="The embedded services."
    )
    parser.add_argument("--data-dir", metavar="DIR", help="topics, state and documents")
    parser.add_argument("--port-offset", type=int, metavar="N", help="added to every port")
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on")
    parser.add_argument(
        "--login", action=argparse.BooleanOptionalAction, default=None, help="ask for a login at the pages"
    )
    parser.add_argument("--debug", action="store_true", default=None, help="log more")
    options = parser.parse_args(argv)
    try:
        settings = Settings.read(**vars(options))
        configure_logging(debug=settings.debug)
        run(settings)
    except SettingsError as error:
        return _fail(error, WRONG_OPTION)
    except StateError as error:
        return _fail(error, UNUSABLE_FILES)
    except (ClickstreamError, OSError) as error:
        return _fail(error, CANNOT_START)
    return 0


def _fail(error: Exception, code: int) -> int:
    hint = error.hint if isinstance(error, ClickstreamError) and error.hint else ""
    print(f"error: {error}{f' ({hint})' if hint else ''}", file=sys.stderr)
    return code


def run(settings: Settings) -> None:
    """Serve until a signal comes.

    Raises: PortInUse, FolderInUse, StateError.
    """
    folder = DataFolder(settings.data_dir.expanduser().absolute())
    folder.root.mkdir(parents=True, exist_ok=True)
    ports = {service: settings.port(service) for service in PORTS}
    sockets = bind_all(settings.host, ports)
    try:
        login = keep_login(folder.login_file) if settings.asks_login else None
        services = Embedded(folder.root, settings.host, ports, login=login)
    except BaseException:
        close_all(sockets)
        raise
    try:
        asyncio.run(_serve(services, sockets, folder))
    finally:
        services.close()
        folder.server_json.unlink(missing_ok=True)
    log.info("stopped")


async def _serve(services: Embedded, sockets: dict[str, socket.socket], folder: DataFolder) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await asyncio.to_thread(services.start)
    _announce(services, folder)
    await serve(services.apps, sockets, stop, before_end=services.close)


def _announce(services: Embedded, folder: DataFolder) -> None:
    """Write `server.json`, whole or not at all."""
    told = {
        "pid": os.getpid(),
        "ports": services.ports,
        "version": __version__,
        "started_ms": services.clock.now_ms(),
        "login": services.login is not None,
    }
    draft = folder.server_json.with_suffix(".new")
    draft.write_text(json.dumps(told, indent=2) + "\n")
    draft.replace(folder.server_json)
    log.info("serving %s", ", ".join(f"{name} on {port}" for name, port in services.ports.items()))


if __name__ == "__main__":
    sys.exit(main())
