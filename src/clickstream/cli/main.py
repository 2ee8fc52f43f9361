"""The entry point: runs the command line and turns errors into messages and exit codes."""
# ruff: noqa: I001 — the order of the imports of commands is the order of the help.

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import Any

# Importing a file of commands adds them to the app.
import clickstream.cli.stack
import clickstream.cli.load
import clickstream.cli.connectors
import clickstream.cli.sinks
import clickstream.cli.query
import clickstream.cli.sessionize
import clickstream.cli.ingest
import clickstream.cli.verify
import clickstream.cli.test  # noqa: F401
from clickstream.cli.app import app
from clickstream.cli.output import Output
from clickstream.core.errors import (
    BackendError,
    ClickstreamError,
    Conflict,
    NotFound,
    ServiceError,
    SettingsError,
    SqlError,
    StateError,
)

__all__ = ["EXIT_CODES", "main", "run"]

EXIT_CODES: dict[type[BaseException], int] = {
    SettingsError: 2,
    BackendError: 3,
    ServiceError: 4,
    SqlError: 5,
    NotFound: 6,
    Conflict: 6,
    StateError: 7,
    KeyboardInterrupt: 130,
    BaseException: 1,
}
"""The exit code of each kind of error; the nearest class counts. Usage errors exit with 2 by themselves."""


def main() -> None:
    """Run the command that the process was started with."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str], *, factory: Any = None) -> int:
    """Run a command and return its exit code; `factory` makes its Run in tests."""
    signal.signal(signal.SIGTERM, interrupt)
    try:
        app(list(arguments), obj=factory, standalone_mode=True)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 1 if leave.code else 0
    except BrokenPipeError:
        # The reader of a pipe has had enough; nothing is left to be told to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:
        tell(error, debug="--debug" in arguments)
        return exit_code(error)
    return 0


def tell(error: BaseException, *, debug: bool) -> None:
    """Print what went wrong, with the traceback only where it was asked for."""
    output = Output()
    if debug:
        traceback.print_exception(error)
    if isinstance(error, ClickstreamError):
        output.error(error)
    elif isinstance(error, KeyboardInterrupt):
        output.failure("interrupted")
    else:
        output.failure(f"unexpected {type(error).__name__}: {error} (`--debug` shows where)")


def exit_code(error: BaseException) -> int:
    """Return the exit code of the error's nearest class."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Let a request to end take the way of Ctrl-C, so that everything is cleaned up."""
    raise KeyboardInterrupt
