"""Every store that keeps the same contract, as one parametrised fixture."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickstream.storage.database import Database


@pytest.fixture(params=["memory", "file"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    opened = Database.in_memory() if request.param == "memory" else Database.open(tmp_path)
    yield opened
    opened.close()
