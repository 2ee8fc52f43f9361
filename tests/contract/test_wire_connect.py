"""Our Connect API against the recorded answers of a real worker, in the order they were recorded."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from clickstream.connectors.base import MemoryConnectorStore
from clickstream.connectors.supervisor import Supervisor
from clickstream.server.connect.routes import create_app
from tests.helpers import recordings
from tests.helpers.fake_topics import FakeTopics
from tests.helpers.recordings import Answer, Recording, Rules

DIFFERENT = {
    "017_create_empty_body": "the words of a Java null pointer",
    "068_validate_es_sink": "type.name is not required, as since version 11 of the sink",
}
"""Recordings that are answered differently, each with the reason."""


@pytest.fixture
def client() -> Iterator[TestClient]:
    topics = FakeTopics()
    topics.records["clickstream"] = []
    supervisor = Supervisor(producer=topics, topics=topics, store=MemoryConnectorStore())
    supervisor.start()
    with TestClient(create_app(supervisor), base_url="http://127.0.0.1:8083") as client:
        yield client
    supervisor.close()


def ask(client: TestClient, recording: Recording) -> Answer:
    if recording.name[:3] in recordings.CONNECT_WAITS:
        time.sleep(recordings.CONNECT_WAIT_S)
    response = client.request(
        recording.method, recording.path, headers=dict(recording.headers), content=recording.body
    )
    content_type = recordings.media_type(response.headers.get("content-type"))
    return Answer(response.status_code, content_type, response.text)


def test_recorded_requests_are_answered_alike(client: TestClient, shared: Path) -> None:
    rules = Rules(installed=recordings.CONNECT_INSTALLED)
    found = {}
    for recording in recordings.load(shared / "golden" / "rest" / "connect"):
        lines = recordings.differences(recording, ask(client, recording), rules)
        if lines:
            found[recording.name] = lines
    unexpected = {name: lines for name, lines in found.items() if name not in DIFFERENT}
    assert unexpected == {}
    assert set(found) == set(DIFFERENT)
