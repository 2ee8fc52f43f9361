"""Our ksqlDB API against the recorded answers of a real server, over real sockets, in the recorded order."""

from pathlib import Path

import pytest

from tests.helpers.replay import replay

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
