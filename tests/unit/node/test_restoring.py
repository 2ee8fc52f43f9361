import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from clickstream.core.processing_log import ProcessingLog
from clickstream.core.records import StateChange
from clickstream.node.command_log import Command
from clickstream.node.node import Node
from clickstream.node.running import BuildQuery
from clickstream.sql.functions.registry import FunctionRegistry
from tests.helpers.fake_queries import FakeQuery, persistent
from tests.helpers.node_driver import pairs, records, values


class SlowQuery(FakeQuery):
    """Restores when it is let."""

    may_restore = threading.Event()

    def restore(self, changes: Iterable[StateChange]) -> None:
        assert self.may_restore.wait(20)
        super().restore(changes)


def slow_queries(functions: FunctionRegistry, log: ProcessingLog) -> BuildQuery:
    return lambda plan, _: SlowQuery(plan, log)


class Replayer:
    def __init__(self, node: Node) -> None:
        self.node = node

    def replay(self, command: Command) -> None:
        self.node.start_query(persistent(str(command.query_id), command.text, ["in"], str(command.query_id)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which two queries have counted to two."""
    SlowQuery.may_restore.set()
    node = Node(tmp_path, build_query=slow_queries)
    with node.change():
        node.create_topic("in")
        for name in ("ONE", "TWO"):
            node.command_log.append("c", "count", query_id=name)
            node.start_query(persistent(name, "count", ["in"], name))
    node.produce([("in", records("x", "y"))])
    node.close()
    return tmp_path


def test_the_node_serves_while_states_come_back(folder: Path) -> None:
    SlowQuery.may_restore.clear()
    node = Node(folder, build_query=slow_queries)
    assert node.recover(Replayer(node)) == []
    node.start()
    with node.lock:
        assert [query.lag for query in node.queries()] == [0, 0]
    node.produce([("in", records("z"))])
    assert values(node, "in") == ["x", "y", "z"]
    assert node.query("ONE").lag == 1
    tails = [node.tail(name, from_beginning=False) for name in ("ONE", "TWO")]
    SlowQuery.may_restore.set()
    for tail in tails:
        assert tail.next(timeout=20) is not None
    assert pairs(node, "ONE") == pairs(node, "TWO") == [("k", "2"), ("k", "3")]
    node.close()


def test_a_look_up_does_not_wait_for_the_thread(folder: Path) -> None:
    node = Node(folder, build_query=slow_queries)
    node.recover(Replayer(node))
    assert node.look_up("TWO", None) == [((b"k",), 2)]
    node.close()


def test_a_state_that_cannot_be_restored_stops_its_query_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restore(query: FakeQuery, changes: Iterable[StateChange]) -> None:
        if query.plan.query_id == "ONE":
            raise ValueError("cannot")
        FakeQuery.restore(query, changes)

    monkeypatch.setattr(SlowQuery, "restore", restore)
    node = Node(folder, build_query=slow_queries)
    node.recover(Replayer(node))
    node.start()
    node.produce([("in", records("z"))])
    tail = node.tail("TWO", offset=1)
    assert tail.next(timeout=20) is not None
    assert [failure.message for failure in node.query("ONE").failures] == ["cannot"]
    node.close()
