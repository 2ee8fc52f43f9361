"""The dashboards' API: saving, versions, search, datasources, and the way through to Elasticsearch."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from clickstream.server.grafana import create_app

DASHBOARD = {"uid": "clicks", "title": "Clicks, live", "tags": ["web"], "panels": []}


async def _echo(request: Request) -> Response:
    body = (await request.body()).decode()
    return JSONResponse({"path": request.url.path, "query": str(request.query_params), "body": body})


def _elasticsearch() -> Starlette:
    return Starlette(routes=[Route("/{path:path}", _echo, methods=["GET", "POST"])])


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(tmp_path, _elasticsearch()), follow_redirects=False) as client:
        yield client


def _save(client: TestClient, dashboard: dict[str, object], **more: object) -> httpx.Response:
    return client.post("/api/dashboards/db", json={"dashboard": dashboard, **more})


def test_health_says_the_database_is_ok(client: TestClient) -> None:
    assert client.get("/api/health").json()["database"] == "ok"


def test_a_saved_dashboard_is_found_by_uid_and_by_search(client: TestClient) -> None:
    answer = _save(client, DASHBOARD).json()
    assert answer["status"] == "success"
    assert answer["url"] == "/d/clicks/clicks-live"
    assert client.get("/api/dashboards/uid/clicks").json()["dashboard"]["title"] == "Clicks, live"
    assert [hit["uid"] for hit in client.get("/api/search?query=CLICKS&tag=web").json()] == ["clicks"]
    assert client.get("/api/search?tag=other").json() == []


def test_saving_the_same_content_again_keeps_the_version(client: TestClient) -> None:
    assert _save(client, DASHBOARD).json()["version"] == 1
    assert _save(client, DASHBOARD, overwrite=True).json()["version"] == 1
    assert _save(client, {**DASHBOARD, "title": "New"}, overwrite=True).json()["version"] == 2


def test_an_outdated_version_is_refused_unless_overwritten(client: TestClient) -> None:
    _save(client, DASHBOARD)
    refused = _save(client, {**DASHBOARD, "title": "Mine", "version": 7})
    assert refused.status_code == 412
    assert "changed by someone else" in refused.json()["message"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"{}", b'{"dashboard": {"title": " "}}', b'{"dashboard": {"title": "x", "uid": "../x"}}'],
)
def test_bodies_that_are_no_dashboard_get_400_and_a_message(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/dashboards/db", content=body)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_dashboards_and_datasources_survive_a_restart(tmp_path: Path) -> None:
    with TestClient(create_app(tmp_path, _elasticsearch())) as client:
        _save(client, DASHBOARD)
        client.post("/api/datasources", json={"name": "T", "uid": "T", "type": "elasticsearch"})
    with TestClient(create_app(tmp_path, _elasticsearch())) as client:
        assert client.get("/api/dashboards/uid/clicks").status_code == 200
        assert client.get("/api/datasources/uid/T").json()["name"] == "T"


def test_a_datasource_is_created_once_and_then_updated(client: TestClient) -> None:
    body = {"name": "T", "uid": "T", "type": "elasticsearch", "url": "http://x:9200"}
    assert client.post("/api/datasources", json=body).json()["message"] == "Datasource added"
    assert client.post("/api/datasources", json=body).status_code == 409
    assert client.put("/api/datasources/uid/T", json={**body, "url": "http://y:9200"}).status_code == 200
    assert client.get("/api/datasources/name/T").json()["url"] == "http://y:9200"
    assert client.get("/api/datasources/uid/none").json() == {"message": "Data source not found"}


def test_the_proxy_hands_path_query_and_body_to_elasticsearch(client: TestClient) -> None:
    client.post("/api/datasources", json={"name": "T", "uid": "T", "type": "elasticsearch"})
    url = "/api/datasources/proxy/uid/T/_msearch?max_concurrent_shard_requests=5"
    answer = client.post(url, content=b"{}\n{}\n").json()
    assert answer == {"path": "/_msearch", "query": "max_concurrent_shard_requests=5", "body": "{}\n{}\n"}
    assert client.post("/api/datasources/proxy/uid/none/_msearch", content=b"").status_code == 404


def test_the_page_loads_only_files_of_this_server(client: TestClient) -> None:
    assert client.get("/").headers["location"] == "/d/clickstream-analysis"
    page = client.get("/d/clickstream-analysis")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text
    for path in ("/static/app.js", "/static/style.css", "/lib/echarts/index.js"):
        assert client.get(path).status_code == 200


def test_the_shipped_dashboard_can_be_saved_and_names_known_datasources(client: TestClient) -> None:
    root = Path(__file__).parents[4]
    dashboard = json.loads((root / "grafana/dashboards/clickstream-analysis.json").read_text())
    assert _save(client, dashboard).status_code == 200
    provisioned = (root / "grafana/datasources/clickstream.yaml").read_text()
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            assert f"uid: {target['datasource']['uid']}\n" in provisioned
