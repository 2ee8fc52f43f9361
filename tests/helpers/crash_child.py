"""A process to be killed: a node on a folder that is fed a fixed input from where it left off.

    python -m tests.helpers.crash_child FOLDER RECORDS MODE

Prints `from N` when it begins, N being the position it resumed at, and `done` when all is committed. MODE
`waiting` produces a batch and waits for its commit, so ticks are the same in every run; `flood` waits now and
then, so they differ.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from clickstream.core.records import Record
from clickstream.node.command_log import Command
from clickstream.node.node import Node
from tests.helpers.fake_queries import Fakes, persistent

QUERIES = [
    ("CSAS_NAMED_1", "join users", ["clicks", "users"], "named"),
    ("CSAS_COPY_3", "copy", ["named"], "copied"),
    ("CTAS_COUNTS_5", "count", ["clicks"], "counts"),
    ("CTAS_NAME_COUNTS_7", "count", ["copied"], "name_counts"),
]


class Replayer:
    def __init__(self, node: Node) -> None:
        self.node = node

    def replay(self, command: Command) -> None:
        ((query_id, text, topics, sink),) = [q for q in QUERIES if q[0] == command.query_id]
        self.node.start_query(persistent(query_id, text, topics, sink))


def batches(start: int, records: int) -> Iterator[tuple[list[tuple[str, list[Record]]], int]]:
    """Yield batches from position `start` on, with the position after each; the same ones in every run."""
    at = start
    while at < records:
        size = min(random.Random(at).randint(1, 60), records - at)
        parts = []
        for n in range(at, at + size):
            key = b"user%d" % (n * 7919 % 97)
            # A user record is followed by clicks; the order over both topics matters to the join.
            topic = "users" if n % 10 == 0 else "clicks"
            parts.append((topic, [Record(key, b"%s %d" % (topic.encode(), n), 1000 + n)]))
        at += size
        yield parts, at


def set_up(node: Node) -> None:
    """Start the queries, as statements would; on a folder that has them, there is nothing to do."""
    for query_id, text, topics, sink in QUERIES:
        if any(command.query_id == query_id for command in node.command_log.all()):
            continue
        with node.change():
            for topic in topics:
                if not node.topics.exists(topic):
                    node.create_topic(topic)
            node.start_query(persistent(query_id, text, topics, sink))
            node.command_log.append(f"stream/`{sink}`/create", text, query_id=query_id)


def feed(folder: Path, records: int, *, wait: bool) -> None:
    node = Node(folder, build_query=Fakes())
    failures = node.recover(Replayer(node))
    assert not failures, failures
    set_up(node)
    while node.step():
        pass  # All states are back before the first batch, so that ticks are the same in every run.
    node.start()
    start = int(node.source_offset("input") or b"0")
    print(f"from {start}", flush=True)
    for parts, position in batches(start, records):
        now = wait or random.random() < 0.05
        node.produce(parts, source_offsets={"input": b"%d" % position}, wait=now)
    node.produce([], source_offsets={"finished": b"1"})
    node.close()
    print("done", flush=True)


if __name__ == "__main__":
    feed(Path(sys.argv[1]), int(sys.argv[2]), wait=sys.argv[3] == "waiting")
