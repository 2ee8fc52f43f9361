import threading

import pytest

from clickstream.core.errors import NotFound
from clickstream.core.records import Record
from clickstream.node.node import Node
from clickstream.node.subscriptions import QUEUE_ROWS
from tests.helpers.fake_queries import transient
from tests.helpers.node_driver import records, run, settle


def taken(rows: list[tuple[bytes, bytes]] | None) -> list[str]:
    assert rows is not None
    return [value.decode() for _, value in rows]


def test_a_push_query_begins_at_the_beginning_or_the_end(node: Node) -> None:
    node.produce([("in", records("old"))])
    everything = node.subscribe(transient(["in"]), from_beginning=True)
    fresh = node.subscribe(transient(["in"]), from_beginning=False)
    node.produce([("in", records("new"))])
    settle(node)
    assert taken(everything.take(timeout=0)) == ["old", "new"]
    assert taken(fresh.take(timeout=0)) == ["new"]
    assert fresh.columns == ("KEY", "VALUE")


def test_joined_tables_are_read_from_their_beginning(node: Node) -> None:
    for topic in ("clicks", "users"):
        node.produce([(topic, records(f"old {topic}"))])
    joined = node.subscribe(transient(["clicks", "users"]), from_beginning=False)
    settle(node)
    assert taken(joined.take(timeout=0)) == ["old users"]


def test_only_committed_rows_are_seen_and_none_twice(node: Node) -> None:
    run(node, "Q", "copy", ["in"], "out")
    rows = node.subscribe(transient(["out"]), from_beginning=False)
    node.produce([("in", records("x"))])
    node.produce([("in", records("y"))])
    settle(node)
    assert taken(rows.take(timeout=0)) == ["x", "y"]
    assert rows.take(timeout=0) == []


def test_a_limit_ends_the_query(node: Node) -> None:
    node.create_topic("in")
    rows = node.subscribe(transient(["in"], limit=3), from_beginning=True)
    node.produce([("in", records("a", "b"))])
    node.produce([("in", records("c", "d"))])
    assert [value for _, value in rows] == [b"a", b"b", b"c"]
    assert rows.take(timeout=0) is None
    assert node.metrics().subscriptions == 0


def test_with_a_fixed_end_it_reads_what_is_there_and_ends(node: Node) -> None:
    node.produce([("in", records("a", "b"))])
    rows = node.subscribe(transient(["in"]), from_beginning=True, until_end=True)
    node.produce([("in", records("later"))])
    settle(node)
    assert [value for _, value in rows] == [b"a", b"b"]


def test_with_a_fixed_end_an_empty_topic_ends_at_once(node: Node) -> None:
    node.create_topic("in")
    rows = node.subscribe(transient(["in"]), from_beginning=True, until_end=True)
    node.step()
    assert rows.take(timeout=0) is None


def test_a_slow_client_holds_its_query_and_nobody_else(node: Node) -> None:
    many = [Record(b"k", b"%d" % n, n) for n in range(3 * QUEUE_ROWS)]
    node.produce([("in", many)])
    slow = node.subscribe(transient(["in"]), from_beginning=True)
    settle(node)
    first = slow.take(max_rows=10 * QUEUE_ROWS, timeout=0)
    assert first is not None
    assert QUEUE_ROWS <= len(first) < len(many)
    seen = len(first)
    while rows := (settle(node), slow.take(max_rows=QUEUE_ROWS, timeout=0))[1]:
        seen += len(rows)
    assert seen == len(many)


def test_a_failure_comes_after_the_rows_before_it(node: Node) -> None:
    node.create_topic("in")
    rows = node.subscribe(transient(["in"]), from_beginning=True)
    node.produce([("in", records("fine"))])
    node.produce([("in", records("poison"))])
    assert taken(rows.take(timeout=0)) == ["fine"]
    with pytest.raises(ValueError, match="poison"):
        rows.take(timeout=0)


def test_closing_ends_a_waiting_client(node: Node) -> None:
    node.create_topic("in")
    rows = node.subscribe(transient(["in"]), from_beginning=True)
    got: list[object] = []
    waiting = threading.Thread(target=lambda: got.append(rows.take()))
    waiting.start()
    rows.close()
    waiting.join(10)
    assert got == [None]
    assert node.metrics().subscriptions == 0


def test_listeners_are_called_for_what_is_there_and_what_comes(node: Node) -> None:
    node.create_topic("in")
    rows = node.subscribe(transient(["in"]), from_beginning=True)
    calls: list[int] = []
    rows.on_ready(lambda: calls.append(1))
    assert len(calls) == 1
    node.produce([("in", records("x"))])
    settle(node)
    assert len(calls) == 2
    rows.close()
    assert len(calls) == 3


def test_an_unknown_topic_is_refused(node: Node) -> None:
    with pytest.raises(NotFound):
        node.subscribe(transient(["nope"]), from_beginning=True)
    with pytest.raises(NotFound):
        node.tail("nope")


def test_a_tail_begins_where_it_is_told(node: Node) -> None:
    node.produce([("in", records("a", "b", "c"))])
    tails = [node.tail("in"), node.tail("in", from_beginning=True), node.tail("in", offset=2)]
    node.produce([("in", records("d"))])
    seen = []
    for tail in tails:
        values = []
        while chunk := tail.next(timeout=0):
            values += [r.value for r in chunk.records]
        seen.append(values)
    assert seen == [[b"d"], [b"a", b"b", b"c", b"d"], [b"c", b"d"]]


def test_a_tail_waits_for_the_commit(node: Node) -> None:
    node.create_topic("in")
    tail = node.tail("in")
    got: list[object] = []
    waiting = threading.Thread(target=lambda: got.append(tail.next(timeout=10)))
    waiting.start()
    node.produce([("in", records("x"))])
    waiting.join(10)
    assert [chunk.records for chunk in got] == [records("x")]  # type: ignore[attr-defined]
    assert tail.offset == 1


def test_a_tail_ends_when_it_is_closed_or_its_topic_goes(node: Node) -> None:
    node.create_topic("a")
    node.create_topic("b")
    closed, orphan = node.tail("a"), node.tail("b")
    got: list[object] = []
    threads = [threading.Thread(target=lambda t=t: got.append(t.next(timeout=10))) for t in (closed, orphan)]
    for thread in threads:
        thread.start()
    closed.close()
    node.delete_topic("b")
    for thread in threads:
        thread.join(10)
    assert got == [None, None]
    assert (closed.closed, orphan.closed) == (True, True)
    assert node.metrics().tails == 0


def test_the_node_closing_ends_all_readers(node: Node) -> None:
    node.create_topic("in")
    rows, tail = node.subscribe(transient(["in"]), from_beginning=True), node.tail("in")
    node.close()
    assert rows.take(timeout=0) is None
    assert tail.next(timeout=0) is None
