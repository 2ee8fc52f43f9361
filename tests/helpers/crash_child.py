"""A process to be killed: a node on a folder that is fed a fixed input from where it left off.

    python -m tests.helpers.crash_child FOLDER RECORDS MODE QUERIES

Prints `from N` when it begins, N being the position it resumed at, a dot a batch, and `done` when all is
committed. MODE
`waiting` produces a batch and waits for its commit, so ticks are the same in every run; `flood` waits now and
then, so they differ. QUERIES is `fakes`, or `pipeline` for the statements of the click pipeline.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from clickstream.core.records import Record
from clickstream.node.command_log import Command
from clickstream.node.node import Node
from clickstream.node.statements import StatementExecutor
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


Parts = list[tuple[str, list[Record]]]


class FakeInput:
    """Fake queries over clicks and users, produced in turns."""

    sizes = (1, 60)

    def open(self, folder: Path) -> Node:
        node = Node(folder, build_query=Fakes())
        assert node.recover(Replayer(node)) == []
        for query_id, text, topics, sink in QUERIES:
            if query_id not in {command.query_id for command in node.command_log.all()}:
                with node.change():
                    for topic in topics:
                        if not node.topics.exists(topic):
                            node.create_topic(topic)
                    node.start_query(persistent(query_id, text, topics, sink))
                    node.command_log.append(f"stream/`{sink}`/create", text, query_id=query_id)
        return node

    def record(self, n: int) -> tuple[str, Record]:
        # A user record is followed by clicks; the order over both topics matters to the join.
        topic = "users" if n % 10 == 0 else "clicks"
        return topic, Record(b"user%d" % (n * 7919 % 97), b"%s %d" % (topic.encode(), n), 1000 + n)


class PipelineInput:
    """The click pipeline's own statements over clicks, users and codes."""

    sizes = (1, 40)
    statements = Path(__file__).resolve().parents[2] / "ksql" / "statements.sql"

    def open(self, folder: Path) -> Node:
        node = Node(folder)
        executor = StatementExecutor(node)
        assert node.recover(executor) == []
        for topic in ("clickstream", "clickstream_codes", "clickstream_users"):
            if not node.topics.exists(topic):
                node.create_topic(topic)
        if not node.command_log.all():
            executor.execute(self.statements.read_text())
        return node

    def record(self, n: int) -> tuple[str, Record]:
        random_ = random.Random(n)
        time_ms = 1_700_000_000_000 + 200 * n - random_.randrange(5_000)
        if n % 50 == 0:
            code = random_.choice([200, 302, 404, 405, 406, 407])
            value: dict[str, object] = {"code": code, "definition": f"definition {n}"}
            return "clickstream_codes", Record(code.to_bytes(4, "big"), json.dumps(value).encode(), time_ms)
        if n % 20 == 0:
            user = random_.randrange(1, 30)
            value = {"user_id": user, "username": f"user {user % 9}", "city": f"city {n % 5}"}
            return "clickstream_users", Record(user.to_bytes(4, "big"), json.dumps(value).encode(), time_ms)
        ip = f"10.0.0.{random_.randrange(20)}"
        value = {
            "ip": ip,
            "userid": random_.randrange(1, 34),
            "request": random_.choice(["GET /index.html HTTP/1.1", "GET /logo.png HTTP/1.1"]),
            "status": random_.choice(["200", "302", "404", "405", "500"]),
            "bytes": str(random_.randrange(20_000)),
        }
        if random_.random() < 0.01:
            value["bytes"] = "no number"
        return "clickstream", Record(ip.encode(), json.dumps(value).encode(), time_ms)


INPUTS: dict[str, FakeInput | PipelineInput] = {"fakes": FakeInput(), "pipeline": PipelineInput()}


def batches(source: FakeInput | PipelineInput, start: int, records: int) -> Iterator[tuple[Parts, int]]:
    """Yield batches from position `start` on, with the position after each; the same ones in every run."""
    at = start
    while at < records:
        end = min(at + random.Random(at).randint(*source.sizes), records)
        yield [(topic, [record]) for topic, record in map(source.record, range(at, end))], end
        at = end


def feed(source: FakeInput | PipelineInput, folder: Path, records: int, *, wait: bool) -> None:
    node = source.open(folder)
    while node.step():
        pass  # All states are back before the first batch, so that ticks are the same in every run.
    node.start()
    start = int(node.source_offset("input") or b"0")
    print(f"from {start}", flush=True)
    for parts, position in batches(source, start, records):
        now = wait or random.random() < 0.05
        node.produce(parts, source_offsets={"input": b"%d" % position}, wait=now)
        print(".", end="", flush=True)
    node.produce([], source_offsets={"finished": b"1"})
    node.close()
    print("\ndone", flush=True)


if __name__ == "__main__":
    folder, records, mode, queries = sys.argv[1:]
    feed(INPUTS[queries], Path(folder), int(records), wait=mode == "waiting")
