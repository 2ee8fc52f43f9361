"""The official Python client works against our Elasticsearch API, over a real socket."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from clickstream.server.elasticsearch.routes import create_app
from clickstream.storage.documents.store import DocumentStore

elasticsearch = pytest.importorskip("elasticsearch")


@pytest.fixture
def url() -> Iterator[str]:
    store = DocumentStore(None)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(create_app(store), log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)
    store.close()


def test_info_template_bulk_search_count_delete(url: str) -> None:
    from elasticsearch import Elasticsearch, NotFoundError, helpers

    with Elasticsearch(url, http_compress=True) as client:
        assert client.info()["tagline"] == "You Know, for Search"
        assert client.ping()
        assert client.cluster.health()["status"] == "green"
        client.ingest.put_pipeline(
            id="rows", processors=[{"set": {"field": "_id", "value": "{{{USERNAME}}}|{{{EVENT_TS}}}"}}]
        )
        client.indices.put_index_template(
            name="rows",
            index_patterns=["rows"],
            template={
                "settings": {"index.default_pipeline": "rows"},
                "mappings": {"properties": {"EVENT_TS": {"type": "date"}, "USERNAME": {"type": "keyword"}}},
            },
        )
        assert client.indices.exists_index_template(name="rows")
        rows = [
            {"USERNAME": f"u{at % 3}", "EVENT_TS": 1_795_504_680_000 + at % 6, "EVENTS": at}
            for at in range(90)
        ]
        done, failed = helpers.bulk(
            client, ({"_index": "rows", "_source": row} for row in rows), refresh=True
        )
        assert (done, failed) == (90, [])
        assert client.count(index="rows")["count"] == 6
        found = client.search(
            index="rows",
            query={"query_string": {"query": "USERNAME:u1 AND EVENTS:>=80"}},
            aggs={"users": {"terms": {"field": "USERNAME"}, "aggs": {"most": {"max": {"field": "EVENTS"}}}}},
            sort=[{"EVENT_TS": "asc"}],
        )
        assert [hit["_source"]["EVENTS"] for hit in found["hits"]["hits"]] == [85, 88]
        assert found["aggregations"]["users"]["buckets"] == [
            {"key": "u1", "doc_count": 2, "most": {"value": 88.0}}
        ]
        id_ = found["hits"]["hits"][0]["_id"]
        assert client.get(index="rows", id=id_)["_version"] == 15
        assert client.delete(index="rows", id=id_)["result"] == "deleted"
        with pytest.raises(NotFoundError):
            client.get(index="rows", id=id_)
        assert (
            client.msearch(searches=[{"index": "rows"}, {"size": 0}])["responses"][0]["hits"]["total"][
                "value"
            ]
            == 5
        )
        client.indices.delete(index="rows")
        assert not client.indices.exists(index="rows")


def test_a_refusal_reaches_the_client(url: str) -> None:
    from elasticsearch import BadRequestError, Elasticsearch

    with Elasticsearch(url) as client:
        client.indices.create(index="rows")
        with pytest.raises(BadRequestError) as refused:
            client.search(index="rows", query={"nope": {}})
        assert refused.value.body["error"]["type"] == "parsing_exception"
