"""Every address of a page gives the one HTML file; modules and libraries are served beside it."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from clickstream.server.web import pages


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=pages.page_routes()), follow_redirects=False)


@pytest.mark.parametrize(
    "path",
    [
        "/dashboards",
        "/d/any",
        "/d/any/title",
        "/flow",
        "/connectors",
        "/topics",
        "/topics/a",
        "/query",
        "/alerts",
        "/log",
    ],
)
def test_pages_allow_only_our_own_scripts(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.text.startswith("<!doctype html>")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe-eval" not in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("path", ["/lib/echarts/index.js", "/lib/codemirror/index.js", "/static/app.js"])
def test_modules_are_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]


def test_no_module_of_ours_parses_markup_or_asks_another_host() -> None:
    forbidden = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "https://",
        "new Function",
    )
    found = {
        (path.name, word)
        for path in Path(pages.STATIC).rglob("*.js")
        for word in forbidden
        if word in path.read_text("utf-8")
    }
    assert found == set()
