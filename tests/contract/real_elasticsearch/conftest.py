"""A real Elasticsearch beside our app, both with the same data.

The jars are fetched in CI only, or with CLICKSTREAM_REAL_ELASTICSEARCH=required. Where they, Java or Maven
cannot be had the tests are skipped; if required, they fail.
"""

import os
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from clickstream.server.elasticsearch.routes import create_app
from clickstream.storage.documents.store import DocumentStore
from tests.helpers.real_elasticsearch.compare import Pair, ndjson
from tests.helpers.real_elasticsearch.generate import MAPPINGS, documents
from tests.helpers.real_elasticsearch.start import Unavailable, real_elasticsearch

ROWS = {"rows-a": (1, 400), "rows-b": (2, 150)}
"""Index → seed and number of its documents."""


@pytest.fixture(scope="session")
def real_url() -> Iterator[str]:
    required = os.environ.get("CLICKSTREAM_REAL_ELASTICSEARCH") == "required"
    try:
        with real_elasticsearch(download=required or bool(os.environ.get("CI"))) as url:
            yield url
    except Unavailable as error:
        if required:
            pytest.fail(str(error))
        pytest.skip(f"no real Elasticsearch: {error}")


@pytest.fixture(scope="session")
def empty_pair(real_url: str) -> Iterator[Pair]:
    """Both servers; tests make their own indices."""
    store = DocumentStore(None)
    with TestClient(create_app(store)) as client:
        pair = Pair(real_url, client)
        yield pair
        pair.close()
    store.close()


@pytest.fixture(scope="session")
def pair(empty_pair: Pair) -> Pair:
    """Both servers with the made-up documents in `rows-a` and `rows-b`."""
    for index, (seed, count) in ROWS.items():
        settings = {"number_of_shards": 1, "number_of_replicas": 0}
        empty_pair.agree("PUT", f"/{index}", {"settings": settings, "mappings": MAPPINGS})
        lines = []
        for number, document in enumerate(documents(seed, count)):
            lines += [{"index": {"_index": index, "_id": str(number)}}, document]
        empty_pair.agree("POST", "/_bulk?refresh=true", ndjson(*lines))
    # Without any pipeline a real server does not say that one is missing.
    empty_pair.agree("PUT", "/_ingest/pipeline/some", {"processors": []})
    return empty_pair
