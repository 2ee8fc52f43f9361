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
