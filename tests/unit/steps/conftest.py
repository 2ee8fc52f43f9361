from pathlib import Path

import pytest

from tests.helpers.fake_stack import FakeStack


@pytest.fixture
def stack(project: Path) -> FakeStack:
    """Return services in memory, seen from an empty project folder."""
    return FakeStack(project)
