"""Whatever is sent is answered: found, or refused with a reason, but never by a failure of the server."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from clickstream.server.elasticsearch.routes import create_app
from clickstream.storage.documents.store import BulkOperation, DocumentStore
from tests.helpers.mutated_requests import mutated
from tests.helpers.real_elasticsearch.generate import MAPPINGS, Generator, documents
from tests.helpers.real_elasticsearch.wrong_requests import WRONG_REQUESTS, WRONG_SEARCHES

REFUSED_WITH_500 = ("aggregation_execution_exception", "aggregation_initialization_exception")
"""Kinds that a real Elasticsearch answers with 500 too."""


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    store = DocumentStore(None)
    store.create_index("rows-a", {"mappings": MAPPINGS})
    rows = enumerate(documents(1, 60))
    store.bulk([BulkOperation("index", "rows-a", str(number), row) for number, row in rows])
    with TestClient(create_app(store)) as client:
        yield client
    store.close()


def request(seed: int) -> tuple[str, str, Any]:
    rng = random.Random(seed)
    kind = rng.randrange(8)
    if kind < 4:
        return "POST", "/rows-a/_search", mutated(rng, Generator(seed).search())
    if kind < 6:
        return "POST", "/rows-a/_search", mutated(rng, rng.choice(WRONG_SEARCHES))
    if kind == 6:
        return "PUT", f"/made-{seed % 20}/_doc/1", mutated(rng, rng.choice(documents(seed, 3)))
    method, path, body = rng.choice([wrong for wrong in WRONG_REQUESTS if isinstance(wrong[2], dict)])
    return method, path, mutated(rng, body)


@pytest.mark.parametrize("block", range(8))
def test_nothing_that_is_sent_fails_the_server(client: TestClient, block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        method, path, body = request(seed)
        headers = {"content-type": "application/json"}
        answer = client.request(method, path, content=json.dumps(body), headers=headers)
        if answer.status_code == 500:
            root = answer.json()["error"]["root_cause"][0]["type"]
            assert root in REFUSED_WITH_500, (
                f"{seed}: {method} {path} {json.dumps(body)[:1000]}\n{answer.text}"
            )
        assert answer.status_code in (200, 201, 400, 404, 405, 409, 500, 503)


def test_a_request_that_is_nested_too_deeply_is_refused(client: TestClient) -> None:
    body = '{"bool":{"must":' * 600 + '{"match_all":{}}' + "}}" * 600
    answer = client.post(
        "/rows-a/_search", content='{"query":' + body + "}", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400


def test_a_document_that_is_nested_too_deeply_is_refused(client: TestClient) -> None:
    for depth in (30, 3000):
        body = '{"a":' * depth + "1" + "}" * depth
        answer = client.put("/deep/_doc/1", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400


def test_an_index_has_a_bounded_number_of_fields(client: TestClient) -> None:
    answer = client.put("/wide/_doc/1", json={f"f{number}": 1 for number in range(1_100)})
    assert "Limit of total fields" in answer.json()["error"]["reason"]
