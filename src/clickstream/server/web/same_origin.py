"""Refuses changes that another site's page asks a visitor's browser to make.

The pages need no token: a browser says where a request comes from. Programs, which are no browsers, say
nothing of the kind and are let through.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["SameOrigin"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
"""What `Sec-Fetch-Site` says of our own pages, and of what a person typed."""


class SameOrigin:
    """Middleware: a request that changes something must not come from another origin's page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to another site's page, else pass on."""
        if (
            scope["type"] == "http"
            and scope["method"] not in SAFE_METHODS
            and _is_foreign(Headers(scope=scope))
        ):
            message = "origin not allowed: changes must come from this server's own pages"
            await JSONResponse({"message": message}, status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    """Return whether a browser says that the request comes from elsewhere."""
    if headers.get("sec-fetch-site", "none") not in OWN_SITES:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
