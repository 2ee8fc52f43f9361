"""Refuses what another site's page makes a visitor's browser ask.

The pages need no token: a browser says where a request comes from, and by which name it found the server.
Programs, which are no browsers, say nothing of the kind and are let through.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["SameOrigin"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
"""What `Sec-Fetch-Site` says of our own pages, and of what a person typed."""

FOREIGN_ORIGIN = "origin not allowed: changes must come from this server's own pages"
FOREIGN_NAME = "host not allowed: ask by an address, or as localhost"


class SameOrigin:
    """Middleware: a request that changes something must not come from another origin's page.

    With `local_only` the server must be asked by an address or as localhost: a name of somebody else's may
    be pointed at this machine, and its page would be of our origin then.
    """

    def __init__(self, app: ASGIApp, *, local_only: bool = False) -> None:
        self._app = app
        self._local_only = local_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to another site's page, else pass on."""
        refused = self._refused(scope) if scope["type"] == "http" else None
        if refused is None:
            await self._app(scope, receive, send)
        else:
            await JSONResponse({"message": refused}, status_code=403)(scope, receive, send)

    def _refused(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        if self._local_only and not _is_local_name(headers.get("host", "")):
            return FOREIGN_NAME
        if scope["method"] not in SAFE_METHODS and _is_foreign(headers):
            return FOREIGN_ORIGIN
        return None


def _is_local_name(host: str) -> bool:
    """Return whether a `Host` header names an address or this machine; programs may leave it out."""
    name = urlsplit(f"//{host}").hostname or "localhost"
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_foreign(headers: Headers) -> bool:
    """Return whether a browser says that the request comes from elsewhere."""
    if headers.get("sec-fetch-site", "none") not in OWN_SITES:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
