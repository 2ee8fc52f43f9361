"""The login of the pages: a form and a signed session for people, basic authentication for programs.

A session is the time when it ends, signed; nothing is kept for it at the server, and a new password ends all
sessions. That another site's page cannot use one is `SameOrigin`'s work and the cookie's `SameSite`.
"""

import base64
import binascii
import hashlib
import hmac
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, quote

import anyio
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from clickstream.core.clock import Clock
from clickstream.core.login import PagesLogin

__all__ = ["RequireLogin", "Sessions"]

COOKIE = "clickstream_session"
SHOWN_COOKIE = "clickstream_logged_in"
"""Tells the pages' scripts, which cannot see the session, that there is one to end. It opens nothing."""

LASTS_S = 7 * 24 * 3600
"""A week, as Grafana's sessions last at most without use."""

REFUSED_AFTER_S = 0.5
"""A wrong password is answered late, so that guessing takes long."""

FORM = Path(__file__).parent / "static" / "login.html"
FORM_BYTES = 4096
"""A login form is smaller."""

OPEN_PATHS = ("/static/", "/api/health")
"""What the login page itself needs, and what says that the server is well."""


class Sessions:
    """Makes and checks the values of the session's cookie."""

    def __init__(self, login: PagesLogin, clock: Clock) -> None:
        self._login = login
        self._clock = clock

    def begin(self) -> str:
        """Return a cookie's value that is good for a week."""
        end = str(self._clock.now_ms() // 1000 + LASTS_S)
        return f"{end}.{self._signature(end)}"

    def is_good(self, value: str) -> bool:
        """Return whether the value is one of ours and has not ended."""
        end, _, signature = value.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(end).encode()):
            return False
        return int(end) * 1000 > self._clock.now_ms()

    def fits(self, user: str, password: str) -> bool:
        """Return whether these are the user and the password, in a time that does not tell how much fits."""
        good_user = hmac.compare_digest(user.encode(), self._login.user.encode())
        return hmac.compare_digest(password.encode(), self._login.password.encode()) and good_user

    def _signature(self, end: str) -> str:
        signed = f"{end}.{self._login.user}.{self._login.password}".encode()
        return hmac.new(self._login.key.encode(), signed, hashlib.sha256).hexdigest()


class RequireLogin:
    """Middleware: `/login` and `/logout`, and nothing else without a session or a password."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the login's own paths, refuse whoever has not logged in, pass the others on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if request.url.path == "/login":
            answer: ASGIApp = await self._login(request)
        elif request.url.path == "/logout" and request.method == "POST":
            answer = _logout()
        elif request.url.path.startswith(OPEN_PATHS) or self._is_known(request):
            answer = self._app
        else:
            answer = _refusal(request)
        await answer(scope, receive, send)

    def _is_known(self, request: Request) -> bool:
        if self._sessions.is_good(request.cookies.get(COOKIE, "")):
            return True
        given = _basic(request.headers)
        return given is not None and self._sessions.fits(*given)

    async def _login(self, request: Request) -> Response:
        onward = _own_path(request.query_params.get("next", "/"))
        if request.method != "POST":
            return _form(onward, "")
        given = parse_qs((await _limited_body(request)).decode("utf-8", "replace"))
        if not self._sessions.fits(given.get("user", [""])[0], given.get("password", [""])[0]):
            await anyio.sleep(REFUSED_AFTER_S)
            return _form(onward, "User or password is wrong.", status=401)
        answer = RedirectResponse(onward, status_code=303)
        answer.set_cookie(SHOWN_COOKIE, "yes", max_age=LASTS_S, path="/", samesite="lax")
        answer.set_cookie(
            COOKIE, self._sessions.begin(), max_age=LASTS_S, path="/", httponly=True, samesite="lax"
        )
        return answer


async def _limited_body(request: Request) -> bytes:
    """Return the body, or nothing if it is longer than a form can be."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > FORM_BYTES:
            return b""
    return body


def _basic(headers: Headers) -> tuple[str, str] | None:
    """Return user and password of an `Authorization: Basic` header."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password


def _own_path(path: str) -> str:
    """Return a path of this server to go on to; another server's address becomes the start page."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_own and path.isprintable() else "/"


def _form(onward: str, message: str, status: int = 200) -> Response:
    action = escape(f"/login?next={quote(onward, safe='')}")
    text = Template(FORM.read_text("utf-8")).substitute(action=action, message=escape(message))
    headers = {
        "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(text, status_code=status, headers=headers)


def _logout() -> Response:
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(SHOWN_COOKIE, path="/", samesite="lax")
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return answer


def _refusal(request: Request) -> Response:
    """Send people to the form, tell programs."""
    if request.url.path.startswith("/api/") or request.method != "GET":
        return JSONResponse({"message": "Unauthorized"}, status_code=401)
    onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(onward, safe='')}", status_code=302)
