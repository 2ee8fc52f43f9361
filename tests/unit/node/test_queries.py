from typing import Any

import pytest

from clickstream.node.queries import _sources_first
from tests.helpers.fake_queries import persistent


class Named:
    def __init__(self, name: str, topics: str, sink: str) -> None:
        self.query_id, self.topics, self.sink_topic = name, tuple(topics), sink


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        ("1:a>b 2:b>c 3:c>d", "1 2 3"),
        ("3:c>d 2:b>c 1:a>b", "1 2 3"),
        ("1:bc>d 2:a>c 3:a>b", "3 2 1"),
        ("1:a>b 2:x>y", "1 2"),
        ("1:b>a 2:a>b 3:b>c", "2 1 3"),
        ("1:a>a", "1"),
    ],
)
def test_queries_run_after_those_they_read_from(queries: str, expected: str) -> None:
    made: list[Any] = []
    for text in queries.split():
        name, flow = text.split(":")
        made.append(Named(name, *flow.split(">")))
    assert [q.query_id for q in _sources_first(made)] == expected.split()


def test_plans_of_the_fakes_name_their_topics() -> None:
    plan = persistent("Q", "copy", ["a", "b"], "c")
    assert (plan.sources, plan.root.topic) == (("A", "B"), "c")
