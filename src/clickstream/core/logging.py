"""How the server's log looks, set up once by the entry point.

One line an event: time, level, logger, text. Loggers are named after their modules, so a service's lines
(`clickstream.server.connect …`, `clickstream.connectors …`) can be picked out of the one log file.
"""

import logging
import sys

__all__ = ["LINE_FORMAT", "TIME_FORMAT", "configure_logging"]

LINE_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s %(message)s"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"

QUIET = ("hypercorn.access", "uvicorn.access", "urllib3", "asyncio")
"""Loggers that would write a line a request."""


def configure_logging(*, debug: bool = False) -> None:
    """Send this process's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(LINE_FORMAT, TIME_FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
