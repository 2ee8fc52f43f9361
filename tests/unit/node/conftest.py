"""A node in memory whose queries are fakes, stepped by hand, with a clock that stands."""

from collections.abc import Iterator

import pytest

from clickstream.core.clock import FakeClock
from clickstream.node.node import Node
from tests.helpers.fake_queries import Fakes


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_700_000_000_000)


@pytest.fixture
def node(fakes: Fakes, clock: FakeClock) -> Iterator[Node]:
    node = Node(None, clock=clock, build_query=fakes)
    yield node
    node.close()
