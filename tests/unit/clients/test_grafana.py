import base64
import json

import pytest
import responses

from clickstream.clients.grafana import GrafanaClient
from clickstream.core.errors import ServiceRejected

URL = "http://127.0.0.1:3000"


@pytest.fixture
def client() -> GrafanaClient:
    return GrafanaClient(URL, auth=("user", "secret"))


@responses.activate
def test_a_dashboard_is_posted_for_replacement_and_its_path_returned(client: GrafanaClient) -> None:
    responses.post(f"{URL}/api/dashboards/db", json={"uid": "u", "url": "/d/u/title", "status": "success"})
    assert client.put_dashboard({"uid": "u", "id": 7, "title": "T"}) == "/d/u/title"
    request = responses.calls[0].request
    assert json.loads(request.body) == {
        "dashboard": {"uid": "u", "id": None, "title": "T"},
        "overwrite": True,
    }
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"user:secret").decode()


@responses.activate
def test_what_is_not_there_is_none(client: GrafanaClient) -> None:
    responses.get(f"{URL}/api/datasources/uid/x", json={"message": "Data source not found"}, status=404)
    responses.get(f"{URL}/api/dashboards/uid/x", json={"message": "Dashboard not found"}, status=404)
    assert client.datasource("x") is None
    assert client.dashboard("x") is None


@responses.activate
def test_a_wrong_login_says_so(client: GrafanaClient) -> None:
    responses.get(
        f"{URL}/api/datasources/uid/x", json={"message": "Invalid username or password"}, status=401
    )
    with pytest.raises(ServiceRejected, match="Invalid username or password") as caught:
        client.datasource("x")
    assert "login" in str(caught.value.hint)


@responses.activate
def test_datasources_are_created_and_changed(client: GrafanaClient) -> None:
    responses.post(f"{URL}/api/datasources", json={"id": 1})
    responses.put(f"{URL}/api/datasources/uid/x", json={"id": 1})
    client.create_datasource({"uid": "x"})
    client.update_datasource("x", {"uid": "x"})
    assert [json.loads(call.request.body) for call in responses.calls] == [{"uid": "x"}, {"uid": "x"}]


@responses.activate
def test_a_search_goes_through_the_datasource_as_lines(client: GrafanaClient) -> None:
    url = f"{URL}/api/datasources/proxy/uid/EVENTS_PER_MIN/_msearch"
    responses.post(url, json={"responses": [{"hits": {"total": {"value": 3}}}]})
    answer = client.search("EVENTS_PER_MIN", "events_per_min", {"size": 0})
    assert answer == {"hits": {"total": {"value": 3}}}
    request = responses.calls[0].request
    head, body = (json.loads(line) for line in request.body.decode().splitlines())
    assert (head["index"], body) == ("events_per_min", {"size": 0})
    assert request.headers["Content-Type"] == "application/x-ndjson"


@responses.activate
def test_a_search_that_fails_behind_the_datasource_says_why(client: GrafanaClient) -> None:
    failed = {"error": {"type": "parsing_exception", "reason": "bad query"}, "status": 400}
    responses.post(f"{URL}/api/datasources/proxy/uid/x/_msearch", json={"responses": [failed]})
    with pytest.raises(ServiceRejected, match="bad query"):
        client.search("x", "x", {})
