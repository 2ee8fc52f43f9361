"""The SQL tests of the pipeline's own statements, as `clickstream test tests/sql/pipeline` runs them."""

from pathlib import Path

import pytest

from clickstream.node.sqltest.discover import find_tests
from clickstream.node.sqltest.failure_text import failure_lines
from clickstream.node.sqltest.run import FoundTest

FOUND = find_tests([Path(__file__).parent / "pipeline"])


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.name)
def test_pipeline(found: FoundTest) -> None:
    failure = found.run()
    assert failure is None, "\n".join(failure_lines(failure))
