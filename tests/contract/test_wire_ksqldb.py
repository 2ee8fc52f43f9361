"""Our ksqlDB API against the recorded answers of a real server, over real sockets, in the recorded order."""

from pathlib import Path

import pytest

from tests.helpers.embedded import EmbeddedServer
from tests.helpers.recordings import Rules, differences, load
from tests.helpers.replay import create_topics, replay, send

DIFFERENT = {
    "ksql": {},
    "query": {
        "014_qs_push_agg_window": "rows of one batch come by key, from the real cache by first touch",
    },
    "http2": {},
}
"""Recordings that are answered differently, each with the reason."""


@pytest.mark.slow
@pytest.mark.parametrize("folder", DIFFERENT)
def test_recorded_requests_are_answered_alike(folder: str, shared: Path) -> None:
    failed = dict(replay(shared / "golden" / "rest", folder).failed)
    unexpected = {name: lines for name, lines in failed.items() if name not in DIFFERENT[folder]}
    assert unexpected == {}
    assert set(failed) == set(DIFFERENT[folder])


OF_THE_PIPELINE = {
    "001_create-connector_datagen_clickstream_codes": "maxInterval is no setting, and here a warning says so",
    "002_create-connector_datagen_clickstream_users": "the same",
    "003_create-connector_datagen_clickstream": "the same",
    "009_SHOW_CONNECTORS": "the sinks were created through another API",
}


@pytest.mark.slow
def test_the_pipelines_statements_and_what_they_made_are_told_alike(shared: Path) -> None:
    """The whole pipeline: connectors, statements, then every SHOW, DESCRIBE and EXPLAIN about it."""
    folder = shared / "golden" / "clickstream"
    failed = {}
    with EmbeddedServer() as server:
        create_topics(server)
        for recording in [*load(folder / "rest"), *load(folder / "meta")]:
            if recording.path == "/ksql":
                found = differences(recording, send(server, recording), Rules())
                if found:
                    failed[recording.name] = found
    assert {name: lines for name, lines in failed.items() if name not in OF_THE_PIPELINE} == {}
    assert set(failed) == set(OF_THE_PIPELINE)
