"""Changes are refused to other sites' pages and allowed to our own, and to programs."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from clickstream.server.web.same_origin import SameOrigin

OK, FORBIDDEN = 200, 403


async def _done(request: Request) -> Response:
    return PlainTextResponse("done")


def _client(*, local_only: bool) -> TestClient:
    route = Route("/", _done, methods=["GET", "POST", "DELETE"])
    app = Starlette(routes=[route], middleware=[Middleware(SameOrigin, local_only=local_only)])
    return TestClient(app, base_url="http://127.0.0.1:3000")


@pytest.fixture
def client() -> TestClient:
    return _client(local_only=True)


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {}, OK),
        ("POST", {"origin": "http://127.0.0.1:3000"}, OK),
        ("POST", {"origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-origin"}, OK),
        ("POST", {"sec-fetch-site": "none"}, OK),
        ("POST", {"origin": "http://127.0.0.1:3001"}, FORBIDDEN),
        ("POST", {"origin": "https://elsewhere.example"}, FORBIDDEN),
        ("POST", {"origin": "null"}, FORBIDDEN),
        ("DELETE", {"sec-fetch-site": "cross-site"}, FORBIDDEN),
        ("DELETE", {"sec-fetch-site": "same-site"}, FORBIDDEN),
        ("GET", {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}, OK),
    ],
)
def test_who_may_change_something(
    client: TestClient, method: str, headers: dict[str, str], status: int
) -> None:
    assert client.request(method, "/", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:3000", OK),
        ("LOCALHOST", OK),
        ("clicks.localhost:3000", OK),
        ("127.0.0.1", OK),
        ("[::1]:3000", OK),
        ("192.168.1.7:3000", OK),
        ("rebound.example:3000", FORBIDDEN),
        ("localhost.example", FORBIDDEN),
        ("127.0.0.1.example:3000", FORBIDDEN),
    ],
)
def test_by_which_name_a_local_server_may_be_asked(client: TestClient, host: str, status: int) -> None:
    assert client.get("/", headers={"host": host}).status_code == status


def test_a_server_on_the_network_may_have_any_name() -> None:
    client = _client(local_only=False)
    assert client.get("/", headers={"host": "stats.example"}).status_code == OK
