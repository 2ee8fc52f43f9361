"""Short ways to drive a node in tests."""

from collections.abc import Sequence

from clickstream.core.records import Record
from clickstream.node.node import Node
from tests.helpers.fake_queries import persistent


def records(*values: str, key: str = "k", at: int = 1) -> list[Record]:
    return [Record(key.encode(), value.encode(), at) for value in values]


def values(node: Node, topic: str) -> list[str]:
    return [(r.value or b"").decode() for c in node.topics.read(topic, 0, 1 << 40) for r in c.records]


def pairs(node: Node, topic: str) -> list[tuple[str, str]]:
    return [
        ((r.key or b"").decode(), (r.value or b"").decode())
        for c in node.topics.read(topic, 0, 1 << 40)
        for r in c.records
    ]


def run(node: Node, query_id: str, text: str, topics: Sequence[str], sink: str) -> None:
    """Start a fake query, creating the topics it reads."""
    with node.change():
        for topic in topics:
            if not node.topics.exists(topic):
                node.create_topic(topic)
        node.start_query(persistent(query_id, text, topics, sink))


def settle(node: Node) -> int:
    """Step until there is nothing left to do; return how many ticks that took."""
    ticks = 0
    while node.step():
        ticks += 1
    return ticks
