"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Recordings, conformance cases and data, beside the checkout."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder with `golden/`, `qtt/` and `data/`; skip the test where it is absent.

    CI must have it: there an absent folder is a failure, not a skip, so that tests cannot vanish.
    """
    if not SHARED.is_dir():
        reason = f"no recordings at {SHARED}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the working folder, with no settings in the environment."""
    for name in [name for name in os.environ if name.startswith("CLICKSTREAM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and all that share the one real Elasticsearch.

    Several processes run the tests (`pytest -n`), because they mostly wait for servers and browsers.
    """
    for item in items:
        folder = item.path.parent
        shared_by = folder.name if folder.name == "real_elasticsearch" else str(item.path)
        item.add_marker(pytest.mark.xdist_group(shared_by))
