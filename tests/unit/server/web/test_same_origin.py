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


@pytest.fixture
def client() -> TestClient:
    app = Starlette(
        routes=[Route("/", _done, methods=["GET", "POST", "DELETE"])], middleware=[Middleware(SameOrigin)]
    )
    return TestClient(app, base_url="http://127.0.0.1:3000")


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
