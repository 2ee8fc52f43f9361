"""Requests whose target is a whole URL, `POST http://host/ksql`: as sent to proxies, by some clients always.

Source: RFC 7230 section 5.3.2: a server must accept this form. Hypercorn hands the URL on as the path.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

__all__ = ["with_origin_form"]

App = Callable[[Any, Any, Any], Awaitable[None]]


def with_origin_form(app: App) -> App:
    """Return `app` behind a layer that gives it the path alone."""

    async def call(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        path = scope.get("path", "/")
        if not path.startswith("/") and "://" in path:
            raw = scope.get("raw_path") or path.encode()
            scope["path"] = urlsplit(path).path or "/"
            scope["raw_path"] = urlsplit(raw).path or b"/"
        await app(scope, receive, send)

    return call
