"""Writing to an Elasticsearch over HTTP: bulk requests, retries, and what is given up on."""

import json
from collections.abc import Iterator

import pytest
import requests
import responses

from clickstream.connectors.base import MemoryConnectorStore
from clickstream.connectors.document_writers import Operation, RemoteDocuments, RemoteSettings
from clickstream.connectors.status import trace_text
from clickstream.core.errors import TaskFailed

URL = "http://es:9200"
OPERATIONS = [
    Operation("index", "t", "1", b'{"a":1}'),
    Operation("update", "t", "2", b'{"a":\n2}'),
    Operation("delete", "t", "3"),
]


class Waiting:
    """Waits by taking note."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.stop = False

    def __call__(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.stop


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def store() -> MemoryConnectorStore:
    return MemoryConnectorStore()


@pytest.fixture
def remote(waiting: Waiting, store: MemoryConnectorStore) -> Iterator[RemoteDocuments]:
    settings = RemoteSettings(
        urls=("http://gone:9200", URL),
        auth=("user", "secret"),
        proxy=None,
        type_name="kafkaconnect",
        connect_timeout_s=1,
        read_timeout_s=1,
        max_retries=3,
        backoff_s=0.1,
        wait=waiting,
    )
    writer = RemoteDocuments(settings, store, "sink/s/T")
    yield writer
    writer.close()


@pytest.fixture
def server() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get("http://gone:9200/", body=requests.ConnectionError("refused"))
        yield mock


def version(server: responses.RequestsMock, number: str) -> None:
    server.get(f"{URL}/", json={"version": {"number": number}})


def items(*statuses: int) -> dict[str, object]:
    return {
        "items": [
            {"index": {"_id": f"row {n}", "status": s, **({"error": {"type": "x"}} if s > 299 else {})}}
            for n, s in enumerate(statuses)
        ]
    }


def test_the_first_url_that_answers_is_taken(
    server: responses.RequestsMock, remote: RemoteDocuments, store: MemoryConnectorStore
) -> None:
    version(server, "8.19.0")
    server.post(f"{URL}/_bulk", json=items(200, 200, 200))
    remote.connect()
    outcomes = remote.write(OPERATIONS, 9)
    assert [outcome.id for outcome in outcomes] == ["row 0", "row 1", "row 2"]
    sent = server.calls[-1].request
    assert sent.headers["authorization"].startswith("Basic ")
    assert [json.loads(line) for line in sent.body.splitlines()] == [
        {"index": {"_index": "t", "_id": "1"}},
        {"a": 1},
        {"update": {"_index": "t", "_id": "2"}},
        {"doc": {"a": 2}, "doc_as_upsert": True},
        {"delete": {"_index": "t", "_id": "3"}},
    ]
    assert (remote.offset(), store.get("sink/s/T")) == (9, b"9")


def test_before_version_7_documents_have_the_type_that_is_set(
    server: responses.RequestsMock, remote: RemoteDocuments
) -> None:
    version(server, "6.3.0")
    server.post(f"{URL}/_bulk", json=items(200))
    remote.connect()
    remote.write(OPERATIONS[:1], None)
    head = json.loads(server.calls[-1].request.body.splitlines()[0])
    assert head["index"]["_type"] == "kafkaconnect"
    assert remote.offset() is None


def test_when_none_answers_the_trace_is_the_recorded_one(
    server: responses.RequestsMock, remote: RemoteDocuments
) -> None:
    server.get(f"{URL}/", body=requests.ConnectionError("refused"))
    with pytest.raises(TaskFailed) as failure:
        remote.connect()
    lines = trace_text(failure.value).splitlines()
    assert lines[0] == (
        "org.apache.kafka.connect.errors.ConnectException: "
        "Couldn't start ElasticsearchSinkTask due to connection error:"
    )
    assert any(line.startswith("Caused by: ") and f"Could not connect to {URL}" in line for line in lines)


def test_what_was_not_accepted_is_sent_again_and_only_that(
    server: responses.RequestsMock, remote: RemoteDocuments, waiting: Waiting
) -> None:
    version(server, "7.10.2")
    server.post(f"{URL}/_bulk", body=requests.ConnectionError("reset"))
    server.post(f"{URL}/_bulk", status=503)
    server.post(f"{URL}/_bulk", json=items(200, 429, 400))
    server.post(f"{URL}/_bulk", json=items(200))
    remote.connect()
    outcomes = remote.write(OPERATIONS, 5)
    assert [outcome.status for outcome in outcomes] == [200, 200, 400]
    assert waiting.waits == [0.1, 0.2, 0.1]
    assert len(server.calls[-1].request.body.splitlines()) == 2


def test_retries_end(
    server: responses.RequestsMock, remote: RemoteDocuments, waiting: Waiting, store: MemoryConnectorStore
) -> None:
    version(server, "7.10.2")
    server.post(f"{URL}/_bulk", status=503)
    remote.connect()
    with pytest.raises(TaskFailed, match="all 3 retries are used up"):
        remote.write(OPERATIONS, 5)
    assert len(waiting.waits) == 3
    assert store.get("sink/s/T") is None


def test_a_task_that_is_to_stop_does_not_wait_for_long(
    server: responses.RequestsMock, remote: RemoteDocuments, waiting: Waiting
) -> None:
    version(server, "7.10.2")
    server.post(f"{URL}/_bulk", status=503)
    remote.connect()
    waiting.stop = True
    with pytest.raises(TaskFailed, match="the task is to stop"):
        remote.write(OPERATIONS, 5)
    assert len(waiting.waits) == 1


def test_a_request_that_is_refused_ends_the_task(
    server: responses.RequestsMock, remote: RemoteDocuments
) -> None:
    version(server, "7.10.2")
    server.post(f"{URL}/_bulk", status=401, body="who are you?")
    remote.connect()
    with pytest.raises(TaskFailed, match="401: who are you"):
        remote.write(OPERATIONS, 5)


def test_an_index_that_exists_is_fine(server: responses.RequestsMock, remote: RemoteDocuments) -> None:
    version(server, "7.10.2")
    server.put(f"{URL}/t", status=400, json={"error": {"type": "resource_already_exists_exception"}})
    server.put(f"{URL}/u", status=400, json={"error": {"type": "invalid_index_name_exception"}})
    remote.connect()
    remote.create_index("t")
    with pytest.raises(TaskFailed, match="invalid_index_name_exception"):
        remote.create_index("u")
