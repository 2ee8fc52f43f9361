import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from clickstream.core.errors import StateError
from clickstream.server.elasticsearch.routes import create_app
from clickstream.storage.documents.store import DocumentStore
from tests.helpers.sample_documents import T, sample_store


@pytest.fixture
def store() -> Iterator[DocumentStore]:
    store = sample_store()
    yield store
    store.close()


@pytest.fixture
def client(store: DocumentStore) -> Iterator[TestClient]:
    with TestClient(create_app(store)) as client:
        yield client


def ndjson(*lines: Any) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_the_root_says_version_and_product(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.json()["version"]["number"].startswith("7.17.")
    assert answer.headers["x-elastic-product"] == "Elasticsearch"
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert client.head("/").status_code == 200
    assert "\n" in client.get("/?pretty").text


@pytest.mark.parametrize(
    "path", ["/rows", "/rows/", "/rows/_mapping/", "/_cluster/health/rows", "/_cat/indices/"]
)
def test_a_slash_at_the_end_does_not_matter(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_health_is_red_for_an_index_that_is_not_there(client: TestClient) -> None:
    assert client.get("/_cluster/health").json()["status"] == "green"
    answer = client.get("/_cluster/health/none")
    assert (answer.status_code, answer.json()["status"]) == (408, "red")


def test_what_is_no_path_or_method(client: TestClient) -> None:
    answer = client.get("/rows/_zzz/a/b")
    assert answer.status_code == 400
    assert answer.json()["error"] == "no handler found for uri [/rows/_zzz/a/b] and method [GET]"
    answer = client.post("/rows")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET,DELETE,PUT,HEAD"
    assert "allowed: [GET, DELETE, PUT, HEAD]" in answer.json()["error"]


def test_bodies_that_are_no_json_are_refused(client: TestClient) -> None:
    answer = client.post("/rows/_search", content=b"{}", headers={"content-type": "text/plain"})
    assert answer.status_code == 406
    answer = client.post("/rows/_search", content=b"{not", headers={"content-type": "application/json"})
    assert answer.json()["error"]["type"] == "json_parse_exception"
    answer = client.post("/rows/_search", json=[1])
    assert answer.json()["error"]["type"] == "parsing_exception"
    answer = client.post(
        "/rows/_search",
        content=b"nonsense",
        headers={"content-encoding": "gzip", "content-type": "application/json"},
    )
    assert answer.status_code == 400


def test_bodies_may_be_packed(client: TestClient) -> None:
    body = gzip.compress(b'{"query":{"term":{"U":"amy"}}}')
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    assert client.post("/rows/_count", content=body, headers=headers).json()["count"] == 2


def test_a_refusal_names_root_cause_and_status(client: TestClient) -> None:
    body = client.post("/rows/_search", json={"query": {"foo": {}}}).json()
    assert body["status"] == 400
    assert body["error"]["root_cause"] == [{"type": "parsing_exception", "reason": "unknown query [foo]"}]
    assert body["error"]["caused_by"]["type"] == "named_object_not_found_exception"
    failed = client.post("/rows/_search", json={"query": {"term": {"N": "x"}}}).json()["error"]
    assert failed["type"] == "search_phase_execution_exception"
    assert failed["root_cause"][0]["type"] == "query_shard_exception"
    assert failed["failed_shards"][0]["reason"]["caused_by"]["type"] == "number_format_exception"
    many = client.post(
        "/rows/_search", json={"aggs": {"h": {"date_histogram": {"field": "T", "fixed_interval": "1ms"}}}}
    )
    assert many.status_code == 503
    assert many.json()["error"]["caused_by"]["type"] == "too_many_buckets_exception"


def test_a_failing_disk_is_an_error_of_the_server(
    client: TestClient, store: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StateError("disk full")

    monkeypatch.setattr(store, "bulk", full)
    answer = client.put("/rows/_doc/1", json={"N": 1})
    assert answer.status_code == 500
    assert answer.json()["error"]["reason"] == "disk full"


def test_what_nobody_expected_is_an_error_of_the_server(
    client: TestClient, store: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "summaries", lambda *_: 1 / 0)
    answer = client.get("/_cat/indices")
    assert (answer.status_code, answer.json()["status"]) == (500, 500)


def test_search_by_body_and_parameters(client: TestClient) -> None:
    answer = client.get("/rows/_search?q=U:amy&sort=T:desc&size=1&_source=N&docvalue_fields=T").json()
    (hit,) = answer["hits"]["hits"]
    assert (hit["_id"], hit["_source"], hit["sort"]) == ("2", {"N": 5}, [T + 61_000])
    assert hit["fields"] == {"T": ["2026-11-24T07:19:01.000Z"]}
    answer = client.post("/_search?rest_total_hits_as_int=true", json={"size": 0}).json()
    assert answer["hits"]["total"] == 6
    assert client.get("/none/_search").status_code == 404
    assert client.get("/none/_search?ignore_unavailable=true").json()["_shards"]["total"] == 0
    assert client.get("/none*/_search?allow_no_indices=false").status_code == 404
    assert client.get("/rows/_search?scroll=1m").status_code == 400
    assert client.get("/rows/_search?track_total_hits=3&size=0").json()["hits"]["total"]["relation"] == "gte"
    assert client.get("/rows/_search?q=amy%20carl&df=U&default_operator=and").json()["hits"]["hits"] == []
    assert client.get("/rows/_count?q=abc&df=N&lenient=true").json()["count"] == 0


def test_deprecated_intervals_are_warned_about(client: TestClient) -> None:
    histogram = {"date_histogram": {"field": "T", "interval": "1m"}}
    inner = {"aggs": {"u": {"terms": {"field": "U"}, "aggs": {"h": histogram}}}}
    assert (
        "[interval] on [date_histogram] is deprecated"
        in client.post("/rows/_search", json=inner).headers["warning"]
    )
    assert (
        "warning" not in client.post("/rows/_search", json={"aggs": {"u": {"terms": {"field": "U"}}}}).headers
    )


def test_many_searches(client: TestClient) -> None:
    lines = ndjson({"index": ["rows"]}, {"size": 0}, {}, {"size": 1}, {"index": "none"}, {"size": 0})
    headers = {"content-type": "application/x-ndjson"}
    answers = client.post("/rows/_msearch", content=lines, headers=headers).json()["responses"]
    assert [answer["status"] for answer in answers] == [200, 200, 404]
    assert len(answers[1]["hits"]["hits"]) == 1
    totals = client.post("/_msearch?rest_total_hits_as_int=true", content=lines, headers=headers).json()[
        "responses"
    ]
    assert totals[0]["hits"]["total"] == 6
    empty = client.post("/_msearch", content=b"\n{}\n", headers=headers)
    assert empty.json()["responses"][0]["status"] == 200
    for wrong in (b"", b"{}", b"[]\n{}\n", b"{}\n3\n"):
        assert client.post("/_msearch", content=wrong, headers=headers).status_code == 400


def test_bulk(client: TestClient) -> None:
    lines = ndjson(
        {"index": {"_id": "9", "_type": "_doc"}},
        {"N": 1},
        {"create": {"_index": "rows", "_id": "9"}},
        {"N": 2},
        {"update": {"_id": "9"}},
        {"doc": {"N": 3}},
        {"delete": {"_id": "nope"}},
        {"index": {"_id": "10"}},
        {"N": "x"},
    )
    body = client.post(
        "/rows/_bulk?refresh", content=lines, headers={"content-type": "application/x-ndjson"}
    ).json()
    assert body["errors"] is True
    statuses = [next(iter(item.values()))["status"] for item in body["items"]]
    assert statuses == [201, 409, 200, 404, 400]
    assert body["items"][0]["index"]["forced_refresh"] is True
    assert body["items"][0]["index"]["_shards"] == {"total": 1, "successful": 1, "failed": 0}
    assert body["items"][4]["index"]["error"]["caused_by"]["type"] == "illegal_argument_exception"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\n",
        b'{"zap":{}}\n{}\n',
        b"[]\n{}\n",
        b'{"index":{"zzz":1}}\n{}\n',
        b'{"index":{}}\n',
        b'{"index":3}\n{}\n',
        b"x\n{}\n",
    ],
)
def test_wrong_bulks_are_refused_whole(client: TestClient, content: bytes) -> None:
    answer = client.post("/rows/_bulk", content=content, headers={"content-type": "application/x-ndjson"})
    assert answer.status_code == 400
    assert client.get("/rows/_count").json()["count"] == 6


def test_a_bulk_needs_an_index(client: TestClient) -> None:
    answer = client.post(
        "/_bulk", content=ndjson({"index": {}}, {"N": 1}), headers={"content-type": "application/json"}
    )
    assert answer.json()["error"]["reason"] == "Validation Failed: 1: index is missing;"


def test_one_document(client: TestClient) -> None:
    created = client.put("/rows/_doc/a%2Fb%20c", json={"N": 1})
    assert created.status_code == 201
    assert created.headers["location"] == "/rows/_doc/a%2Fb%20c"
    assert client.get("/rows/_doc/a%2Fb%20c?_source_excludes=X").json()["_source"] == {"N": 1}
    assert client.get("/rows/_doc/a%2Fb%20c?_source=false").json()["found"] is True
    assert client.get("/rows/_source/a%2Fb%20c").json() == {"N": 1}
    assert client.get("/rows/_source/nope").status_code == 404
    assert client.head("/rows/_doc/nope").status_code == 404
    assert client.head("/rows/_doc/0").status_code == 200
    assert client.put("/rows/_doc/0?op_type=create", json={}).status_code == 409
    assert client.put("/rows/_create/new", json={"N": 1}).status_code == 201
    assert client.post("/rows/_doc?refresh=true", json={"N": 1}).json()["forced_refresh"] is True
    assert client.post("/rows/_update/0", json={"doc": {"N": 1}}).json()["_shards"]["total"] == 0
    assert client.post("/rows/_update/0", json={"script": "x"}).status_code == 400
    assert client.delete("/rows/_doc/0").json()["result"] == "deleted"
    assert client.delete("/rows/_doc/0").status_code == 404
    assert client.get("/none/_doc/0").status_code == 404


def test_several_documents(client: TestClient) -> None:
    body = {"docs": [{"_id": "0", "_source": ["N"]}, {"_index": "none", "_id": "1"}, {"_id": "nope"}]}
    first, second, third = client.post("/rows/_mget", json=body).json()["docs"]
    assert first["_source"] == {"N": 1}
    assert second["error"]["type"] == "index_not_found_exception"
    assert third["found"] is False
    assert client.post("/rows/_mget", json={}).status_code == 400


def test_documents_deleted_by_query(client: TestClient) -> None:
    assert (
        client.post("/rows/_delete_by_query", json={"query": {"term": {"U": "amy"}}}).json()["deleted"] == 2
    )
    assert client.post("/rows/_delete_by_query?q=U:bob").json()["deleted"] == 2
    assert client.post("/rows/_delete_by_query", json={}).status_code == 400


def test_indices(client: TestClient) -> None:
    assert (
        client.put("/new", json={"mappings": {"properties": {"n": {"type": "long"}}}}).json()["index"]
        == "new"
    )
    assert client.head("/new").status_code == 200
    assert client.head("/none").status_code == 404
    shown = client.get("/new").json()["new"]
    assert shown["mappings"] == {"properties": {"n": {"type": "long"}}}
    assert shown["settings"]["index"]["provided_name"] == "new"
    assert client.put("/new/_mapping", json={"properties": {"k": {"type": "keyword"}}}).json() == {
        "acknowledged": True
    }
    assert client.put("/new/_settings", json={"refresh_interval": "5s"}).json() == {"acknowledged": True}
    assert client.get("/new/_settings").json()["new"]["settings"]["index"]["refresh_interval"] == "5s"
    fields = client.get("/new/_mapping/field/n,k,_id").json()["new"]["mappings"]
    assert fields["n"] == {"full_name": "n", "mapping": {"n": {"type": "long"}}}
    assert set(fields) == {"n", "k", "_id"}
    assert client.get("/_mapping").json().keys() == {"new", "rows"}
    assert client.get("/new/_alias").json() == {"new": {"aliases": {}}}
    assert client.post("/new,rows/_refresh").json()["_shards"]["total"] == 2
    assert client.get("/_resolve/index/n*").json()["indices"][0]["name"] == "new"
    assert client.get("/_stats/docs").json()["indices"]["rows"]["primaries"]["docs"]["count"] == 6
    assert client.delete("/n*").json() == {"acknowledged": True}
    assert client.delete("/none?ignore_unavailable=true").status_code == 200


def test_field_capabilities(client: TestClient) -> None:
    client.put("/other", json={"mappings": {"properties": {"N": {"type": "keyword"}}}})
    fields = client.get("/rows,other/_field_caps?fields=N,NOTE,O*,_id").json()["fields"]
    assert fields["N"]["long"]["indices"] == ["rows"]
    assert fields["N"]["keyword"]["indices"] == ["other"]
    assert fields["NOTE"]["text"]["aggregatable"] is False
    assert fields["O"]["object"]["searchable"] is False
    assert fields["_id"]["_id"]["searchable"] is True


def test_templates_and_pipelines(client: TestClient) -> None:
    for path, body in (
        ("/_template/t", {"index_patterns": ["a*"]}),
        ("/_index_template/t", {"index_patterns": ["b*"]}),
        ("/_component_template/t", {"template": {}}),
        ("/_ingest/pipeline/t", {"processors": []}),
    ):
        collection = path.rpartition("/")[0]
        assert client.get(path).status_code == 404
        assert client.delete(path).status_code == 404
        assert client.put(path, json=body).json() == {"acknowledged": True}
        assert client.get(path).status_code == client.get(collection).status_code == 200
        assert client.head(path).status_code == 200
        assert client.delete(path).json() == {"acknowledged": True}
        assert client.get(path).status_code == 404


def test_a_template_that_hides_another_is_warned_about(client: TestClient) -> None:
    client.put("/_template/old", json={"index_patterns": ["a*"]})
    answer = client.put("/_index_template/new", json={"index_patterns": ["ab*"]})
    assert "this template [new] will take precedence" in answer.headers["warning"]


def test_pipelines_can_be_tried(client: TestClient) -> None:
    processors = [
        {"set": {"field": "_id", "value": "{{{A}}}"}},
        {"rename": {"field": "A", "target_field": "B"}},
    ]
    docs = [{"_source": {"A": "x"}}, {"_source": {}}]
    body = client.post(
        "/_ingest/pipeline/_simulate", json={"pipeline": {"processors": processors}, "docs": docs}
    ).json()
    assert body["docs"][0]["doc"]["_id"] == "x"
    assert body["docs"][0]["doc"]["_source"] == {"B": "x"}
    assert body["docs"][1]["error"]["type"] == "illegal_argument_exception"
    client.put("/_ingest/pipeline/p", json={"processors": processors})
    assert client.post("/_ingest/pipeline/p/_simulate", json={"docs": docs}).json() == body
    assert client.post("/_ingest/pipeline/none/_simulate", json={"docs": docs}).status_code == 400


def test_queries_can_be_checked(client: TestClient) -> None:
    assert (
        client.post("/rows/_validate/query?explain", json={"query": {"match_all": {}}}).json()["valid"]
        is True
    )
    assert client.get("/rows/_validate/query?q=U:(").json()["valid"] is False
    assert client.get("/none/_validate/query?q=x").status_code == 404


def test_lists_as_text(client: TestClient) -> None:
    client.put("/another-index")
    lines = client.get("/_cat/indices?v&h=index,docs.count&s=docs.count:desc").text.splitlines()
    assert lines == ["index         docs.count", "rows                   6", "another-index          0"]
    assert client.get("/_cat/indices/rows?format=json").json()[0]["docs.count"] == "6"
    assert client.get("/_cat/count/rows").text.split()[-1] == "6"
    assert client.get("/_cat/health?v").text.splitlines()[0].split()[:4] == [
        "epoch",
        "timestamp",
        "cluster",
        "status",
    ]
    assert client.get("/_cat/nodes").text.split()[0] == "127.0.0.1"
    assert "/_cat/indices" in client.get("/_cat").text
    client.put("/_template/t", json={"index_patterns": ["a*", "b*"], "order": 3})
    client.put("/_index_template/u", json={"index_patterns": ["c*"], "priority": 5, "version": 2})
    assert client.get("/_cat/templates/t").text.split() == ["t", "[a*,", "b*]", "3"]
    assert client.get("/_cat/templates?format=json").json()[1]["composed_of"] == "[]"


def test_settings_of_the_cluster_are_empty(client: TestClient) -> None:
    assert client.get("/_cluster/settings").json() == {"persistent": {}, "transient": {}}
    assert client.put("/_cluster/settings", json={"transient": {}}).json()["acknowledged"] is True
    assert client.get("/_nodes/http").json()["_nodes"]["total"] == 1
