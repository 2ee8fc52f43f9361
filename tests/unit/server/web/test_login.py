"""Who gets in: sessions that are signed and end, passwords, and nobody else."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from clickstream.core.login import PagesLogin
from clickstream.server.web import login as module
from clickstream.server.web.login import COOKIE, LASTS_S, RequireLogin, Sessions

LOGIN = PagesLogin("admin", "long enough", "a key")


class FakeClock:
    def __init__(self) -> None:
        self.ms = 1_000_000

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.ms / 1000


async def _path(request: Request) -> Response:
    return PlainTextResponse(request.url.path)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def client(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(module, "REFUSED_AFTER_S", 0)
    app = Starlette(
        routes=[Route("/{path:path}", _path, methods=["GET", "POST"])],
        middleware=[Middleware(RequireLogin, sessions=Sessions(LOGIN, clock))],
    )
    return TestClient(app, base_url="http://127.0.0.1:3000", follow_redirects=False)


def _log_in(client: TestClient, password: str = LOGIN.password, onward: str = "/flow") -> Response:
    answer: Response = client.post(  # type: ignore[assignment]
        "/login", params={"next": onward}, data={"user": LOGIN.user, "password": password}
    )
    return answer


def test_people_are_sent_to_the_form_and_on_to_where_they_wanted(client: TestClient) -> None:
    sent = client.get("/d/x?from=now-1h")
    assert (sent.status_code, sent.headers["location"]) == (302, "/login?next=%2Fd%2Fx%3Ffrom%3Dnow-1h")
    assert 'action="/login?next=%2Fd%2Fx%3Ffrom%3Dnow-1h"' in client.get(sent.headers["location"]).text
    answer = _log_in(client, onward="/d/x?from=now-1h")
    assert (answer.status_code, answer.headers["location"]) == (303, "/d/x?from=now-1h")
    assert client.get("/d/x").text == "/d/x"


def test_the_cookie_is_for_our_own_pages_only(client: TestClient) -> None:
    cookies = _log_in(client).headers.get_list("set-cookie")  # type: ignore[attr-defined]
    cookie = next(each for each in cookies if each.startswith(f"{COOKIE}=")).lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


def test_a_wrong_password_is_refused(client: TestClient) -> None:
    answer = _log_in(client, "wrong")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert client.get("/api/search").status_code == 401


@pytest.mark.parametrize(
    "onward", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "", "/a\r\nb"]
)
def test_nobody_is_sent_on_to_another_server(client: TestClient, onward: str) -> None:
    assert _log_in(client, onward=onward).headers["location"] == "/"


def test_programs_are_told_and_may_use_the_password(client: TestClient) -> None:
    refused = client.get("/api/search")
    assert (refused.status_code, refused.json()) == (401, {"message": "Unauthorized"})
    assert client.post("/api/dashboards/db").status_code == 401
    assert client.get("/api/search", auth=(LOGIN.user, LOGIN.password)).status_code == 200
    assert client.get("/api/search", auth=(LOGIN.user, "wrong")).status_code == 401
    assert client.get("/api/search", auth=("", "")).status_code == 401


@pytest.mark.parametrize("value", ["Basic", "Basic !!!", "Basic /w==", "Bearer x", "basic YQ=="])
def test_a_strange_authorization_is_none(client: TestClient, value: str) -> None:
    assert client.get("/api/search", headers={"authorization": value}).status_code == 401


def test_a_session_ends_after_a_week(client: TestClient, clock: FakeClock) -> None:
    _log_in(client)
    clock.ms += LASTS_S * 1000 - 1000
    assert client.get("/flow").status_code == 200
    clock.ms += 1000
    assert client.get("/flow").status_code == 302


def test_a_changed_or_invented_session_is_none(clock: FakeClock) -> None:
    sessions = Sessions(LOGIN, clock)
    good = sessions.begin()
    end, _, signature = good.partition(".")
    assert sessions.is_good(good)
    for value in (f"{int(end) + 1}.{signature}", f"{end}.", end, "", ".", "é.é", signature):
        assert not sessions.is_good(value), value
    assert not Sessions(PagesLogin("admin", "new password", "a key"), clock).is_good(good)
    assert not Sessions(PagesLogin("admin", "long enough", "new key"), clock).is_good(good)


def test_logging_out_ends_the_session_in_the_browser(client: TestClient) -> None:
    _log_in(client)
    assert client.post("/logout").headers["location"] == "/login"
    assert COOKIE not in client.cookies
    assert client.get("/flow").status_code == 302


def test_what_the_form_needs_and_the_health_are_open(client: TestClient) -> None:
    assert client.get("/static/style.css").status_code == 200
    assert client.get("/api/health").status_code == 200


def test_a_body_that_is_no_form_is_refused(client: TestClient) -> None:
    assert client.post("/login", content=b"user=admin&password=" + b"x" * 100_000).status_code == 401
    assert client.post("/login", content=b"\xff\xfe").status_code == 401
