import threading

import pytest

from clickstream.core.clock import FakeClock
from clickstream.core.errors import Conflict, NotFound, StateError
from clickstream.core.records import Record
from clickstream.node.command_log import Command
from clickstream.node.node import Node
from clickstream.node.queries import FIRST_RETRY_S, QueryState
from tests.helpers.fake_queries import Fakes, persistent
from tests.helpers.node_driver import pairs, records, run, settle, values


def test_a_record_passes_through_all_queries_in_one_tick(node: Node) -> None:
    # Started against the flow, they still run with the flow.
    run(node, "Q3", "count", ["b"], "c")
    run(node, "Q2", "copy", ["a"], "b")
    run(node, "Q1", "copy", ["in"], "a")
    node.produce([("in", records("x"))])
    assert node.metrics().ticks == 1
    assert (values(node, "a"), values(node, "b"), values(node, "c")) == (["x"], ["x"], ["1"])


def test_each_produce_is_a_batch_of_its_own_when_it_is_waited_for(node: Node) -> None:
    run(node, "Q", "count", ["in"], "out")
    for value in "xyz":
        node.produce([("in", records(value))])
    assert values(node, "out") == ["1", "2", "3"]


def test_what_waits_together_is_one_batch(node: Node, fakes: Fakes) -> None:
    run(node, "Q", "count", ["in"], "out")
    for value in "xyz":
        node.produce([("in", records(value))], wait=False)
    settle(node)
    assert fakes.built["Q"].calls == [3]
    assert values(node, "out") == ["3"]


def test_records_of_several_topics_come_in_the_order_they_were_produced(node: Node) -> None:
    run(node, "Q", "join users", ["clicks", "users"], "out")
    for topic, value in [
        ("clicks", "c1"), ("users", "alice"), ("clicks", "c2"), ("users", "bob"), ("clicks", "c3"),
    ]:  # fmt: skip
        node.produce([(topic, records(value))], wait=False)
    settle(node)
    assert values(node, "out") == ["c1|?", "c2|alice", "c3|bob"]


def test_a_new_query_begins_at_the_oldest_record_or_after_the_newest(node: Node) -> None:
    node.produce([("in", records("old"))])
    run(node, "Q1", "copy", ["in"], "all")
    with node.change():
        node.start_query(persistent("Q2", "copy", ["in"], "new"), from_beginning=False)
    node.produce([("in", records("fresh"))])
    assert values(node, "all") == ["old", "fresh"]
    assert values(node, "new") == ["fresh"]


def test_a_query_that_feeds_itself_does_not_keep_the_tick(node: Node) -> None:
    run(node, "Q", "copy", ["in"], "in")
    node.produce([("in", records("a"))])
    assert values(node, "in") == ["a", "a"]
    assert node.step()
    assert values(node, "in") == ["a", "a", "a"]


def test_catching_up_shares_time_and_does_not_stop_live_queries(node: Node, fakes: Fakes) -> None:
    node.produce([("big", [Record(b"k", b"%d" % n, n) for n in range(100_000)])])
    run(node, "LIVE", "copy", ["live"], "live_out")
    run(node, "SLOW", "count", ["big"], "out")
    node.produce([("live", records("x"))], wait=False)
    node.step()
    assert values(node, "live_out") == ["x"]
    settle(node)
    assert sum(fakes.built["SLOW"].calls) == 100_000
    assert max(fakes.built["SLOW"].calls) <= 30_000
    assert values(node, "out")[-1] == "100000"


def test_source_offsets_are_committed_with_the_records(node: Node) -> None:
    assert node.source_offset("file") is None
    node.produce([("in", records("x"))], source_offsets={"file": b"7"})
    assert node.source_offset("file") == b"7"
    node.drop_source_offset("file")
    assert node.source_offset("file") is None


def test_records_that_do_not_fit_are_the_producers_error_alone(node: Node) -> None:
    with pytest.raises(TypeError):
        node.produce([("in", records("good")), ("in", [Record(object(), b"", 1)])])  # type: ignore[arg-type]
    assert not node.topics.exists("in")
    node.produce([("in", records("next"))])
    assert values(node, "in") == ["next"]


def test_the_commit_is_one_for_records_output_state_and_offsets(
    node: Node, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(node, "Q", "count", ["in"], "out")
    node.produce([("in", records("x"))])
    with monkeypatch.context() as patch:
        patch.setattr(node.offsets, "commit", lambda *_: (_ for _ in ()).throw(StateError("disk full")))
        with pytest.raises(StateError, match="disk full"):
            node.produce([("in", records("lost"))], source_offsets={"file": b"1"})
        node.produce([("in", records("kept"))], wait=False)
        assert node.step() == 0
        assert node.failure is not None
    assert (values(node, "in"), values(node, "out"), node.source_offset("file")) == (["x"], ["1"], None)
    # The state that ran ahead is gone too: the next tick counts from the last commit.
    settle(node)
    assert (values(node, "in"), values(node, "out")) == (["x", "kept"], ["1", "2"])
    assert node.failure is None
    assert node.metrics().failed_ticks == 2


def test_a_query_that_raises_stops_alone_and_keeps_its_reason(node: Node) -> None:
    run(node, "BAD", "fail poison", ["in"], "bad_out")
    run(node, "GOOD", "copy", ["in"], "good_out")
    node.produce([("in", records("x"))])
    node.produce([("in", records("poison", "y"))])
    assert values(node, "good_out") == ["x", "poison", "y"]
    assert values(node, "bad_out") == ["x"]
    bad = node.query("BAD")
    assert bad.state is QueryState.ERROR
    assert [f.message for f in bad.failures] == ["met poison"]
    assert bad.lag == 2
    assert node.query("GOOD").state is QueryState.RUNNING


def test_a_failed_query_is_tried_again_after_a_growing_pause(node: Node, clock: FakeClock) -> None:
    run(node, "BAD", "fail poison", ["in"], "out")
    node.produce([("in", records("poison"))])
    for pause_s in (FIRST_RETRY_S, 2 * FIRST_RETRY_S):
        clock.advance(int(pause_s * 1000) - 1)
        node.step()
        tries = len(node.query("BAD").failures)
        clock.advance(1)
        node.step()
        assert len(node.query("BAD").failures) == tries + 1


def test_a_failed_query_goes_on_from_its_last_commit(node: Node, fakes: Fakes) -> None:
    run(node, "Q", "count", ["in"], "out")
    node.produce([("in", records("x", "y"))])
    fakes.built["Q"].text = "nonsense"
    node.produce([("in", records("z"))])
    assert node.query("Q").state is QueryState.ERROR
    node.resume("Q")
    settle(node)
    assert values(node, "out") == ["2", "3"]


def test_a_paused_query_reads_on_when_resumed(node: Node) -> None:
    run(node, "Q", "copy", ["in"], "out")
    node.pause("Q")
    node.produce([("in", records("x"))])
    assert (node.query("Q").state, node.query("Q").lag) == (QueryState.PAUSED, 1)
    node.resume("Q")
    settle(node)
    assert values(node, "out") == ["x"]


def test_terminating_forgets_the_query_and_keeps_its_sink(node: Node) -> None:
    run(node, "Q", "count", ["in"], "out")
    node.produce([("in", records("x"))])
    node.terminate("Q")
    assert node.queries() == []
    assert list(node.state.load("Q")) == []
    assert node.offsets.committed("Q") == {}
    assert values(node, "out") == ["1"]
    with pytest.raises(NotFound, match="Unknown queryId: Q"):
        node.terminate("Q")


def test_a_replaced_query_goes_on_where_the_old_one_was(node: Node) -> None:
    run(node, "Q", "count", ["in"], "out")
    node.produce([("in", records("x"))])
    run(node, "Q", "count", ["in"], "out2")
    node.produce([("in", records("y"))])
    assert (values(node, "out"), values(node, "out2")) == (["1"], ["2"])
    assert len(node.queries()) == 1


def test_a_change_that_fails_leaves_nothing_behind(node: Node) -> None:
    run(node, "OLD", "count", ["in"], "out")
    node.produce([("in", records("x"))])

    def fail() -> None:
        with node.change():
            node.create_topic("t")
            node.command_log.append("c", "CREATE …")
            node.start_query(persistent("NEW", "copy", ["t"], "u"))
            node.pause("OLD")
            node.delete_topic("in")
            node.terminate("OLD")
            node.catalog.drop("KSQL_PROCESSING_LOG")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not node.topics.exists("t")
    assert node.command_log.all() == []
    assert [q.query_id for q in node.queries()] == ["OLD"]
    assert node.catalog.get("KSQL_PROCESSING_LOG") is not None
    node.produce([("in", records("y"))])
    assert values(node, "out") == ["1", "2"]


def test_rows_of_a_table_are_looked_up_as_of_the_last_tick(node: Node) -> None:
    run(node, "Q", "count", ["in"], "out")
    node.produce([("in", records("x", "y", key="a") + records("z", key="b"))])
    assert node.look_up("Q", None) == [((b"a",), 2), ((b"b",), 1)]
    assert node.look_up("Q", [(b"b",)]) == [((b"b",), 1)]
    with pytest.raises(NotFound):
        node.look_up("NOPE", None)


def test_producing_inside_a_change_is_refused_rather_than_stuck(node: Node) -> None:
    with node.change(), pytest.raises(StateError, match="inside a change"):
        node.produce([("in", records("x"))])


def test_deleting_a_topic_lets_its_readers_begin_anew(node: Node) -> None:
    run(node, "Q", "copy", ["in"], "out")
    node.produce([("in", records("x", "y"))])
    node.delete_topic("in")
    settle(node)
    node.produce([("in", records("z"))])
    assert values(node, "out") == ["x", "y", "z"]
    with pytest.raises(Conflict):
        node.create_topic("in")


def test_positions_and_counts_are_told(node: Node) -> None:
    run(node, "Q", "count", ["in"], "out")
    node.produce([("in", records("x", "y"))])
    status = node.query("Q")
    (position,) = status.positions
    assert (position.topic, position.begin, position.end, position.offset, position.lag) == ("in", 0, 2, 2, 0)
    assert (status.records_in, status.records_out) == (2, 1)
    metrics = node.metrics()
    assert (metrics.produced_records, metrics.consumed_records, metrics.pending_records) == (2, 2, 0)


def test_bad_records_appear_in_the_processing_log(node: Node, clock: FakeClock) -> None:
    source = node.catalog.get("KSQL_PROCESSING_LOG")
    assert source is not None
    run(node, "Q", "log_bad", ["in"], "out")
    node.produce([("in", records("oops"))])
    (chunk,) = node.topics.read(source.topic, 0, 10)
    (record,) = chunk.records
    assert record.timestamp_ms == clock.now_ms()
    assert b'"recordB64":"b29wcw=="' in (record.value or b"")


def test_old_records_go_while_queries_still_get_theirs(node: Node, clock: FakeClock) -> None:
    node.create_topic("in", config={"retention.ms": "1000"})
    run(node, "Q", "copy", ["in"], "out")
    node.pause("Q")
    for age_ms in (60_000, 5_000, 0):
        node.produce([("in", [Record(b"k", b"v", clock.now_ms() - age_ms)])])
    clock.advance(20_000)
    node.step()
    assert node.topics.begin_offset("in") == 2, "a paused query holds nothing back"
    node.resume("Q")
    settle(node)
    assert values(node, "out") == ["v"]


class Replayer:
    """Runs a command's text as `query_id text topics sink`."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def replay(self, command: Command) -> None:
        text, topic, sink = command.text.rsplit(" ", 2)
        if text == "broken":
            raise ValueError("cannot")
        assert command.query_id is not None
        self.node.start_query(persistent(command.query_id, text, [topic], sink))


def test_recovery_replays_commands_and_goes_on_from_the_commit(tmp_path: object, fakes: Fakes) -> None:
    def open_node() -> Node:
        node = Node(tmp_path, build_query=fakes)  # type: ignore[arg-type]
        node.recover(Replayer(node))
        return node

    node = open_node()
    with node.change():
        node.create_topic("in")
        node.command_log.append("c", "count in out", query_id="Q")
        node.command_log.append("c", "broken in out", query_id="B")
        node.command_log.append("c", "copy in gone", query_id="D", subject="source:GONE")
        node.command_log.retire(["source:GONE"])
        node.start_query(persistent("Q", "count", ["in"], "out"))
    node.produce([("in", records("x", "y"))])
    node.close()

    node = open_node()
    assert [q.query_id for q in node.queries()] == ["Q"]
    ((command, error),) = node.recovery_failures
    assert (command.query_id, str(error)) == ("B", "cannot")
    node.produce([("in", records("z"))])
    assert pairs(node, "out") == [("k", "2"), ("k", "3")]
    node.close()


def test_closing_commits_what_was_produced(tmp_path: object, fakes: Fakes) -> None:
    node = Node(tmp_path, build_query=fakes)  # type: ignore[arg-type]
    node.start()
    for n in range(100):
        node.produce([("in", records(str(n)))], wait=False)
    node.close()
    node.close()
    with pytest.raises(StateError, match="shutting down"):
        node.produce([("in", records("late"))])
    node = Node(tmp_path, build_query=fakes)  # type: ignore[arg-type]
    assert values(node, "in") == [str(n) for n in range(100)]
    node.close()


def test_the_loop_runs_what_threads_produce(node: Node) -> None:
    run(node, "Q", "count", ["in"], "out")
    node.start()

    def send(name: str) -> None:
        for n in range(20):
            node.produce([("in", records(str(n), key=name))])

    threads = [threading.Thread(target=send, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    newest = dict(pairs(node, "out"))
    assert newest == dict.fromkeys("abcd", "20")


def test_the_loop_wakes_for_a_new_query(node: Node) -> None:
    node.start()
    node.produce([("in", records("x"))])
    tail = node.tail("in", from_beginning=True)
    node.create_topic("out")
    out = node.tail("out")
    run(node, "Q", "copy", ["in"], "out")
    chunk = out.next(timeout=10)
    assert chunk is not None
    assert chunk.records == records("x")
    tail.close()


class TickingClock(FakeClock):
    """A clock that moves on a little each time a tick looks at it."""

    step_ms = 0

    def monotonic_s(self) -> float:
        self.advance(self.step_ms)
        return super().monotonic_s()


def test_long_ticks_take_less_in_and_short_ones_more() -> None:
    clock = TickingClock(0)
    node = Node(None, clock=clock, build_query=Fakes())
    many = [Record(b"k", b"v", 1)] * 2_000

    def taken() -> int:
        while node.metrics().pending_records < 30_000:
            node.produce([("in", many)], wait=False)
        before = node.metrics().produced_records
        node.step()
        return node.metrics().produced_records - before

    clock.step_ms = 1_000
    assert [taken() for _ in range(6)] == [20_000, 10_000, 6_000, 4_000, 2_000, 2_000]
    clock.step_ms = 0
    assert [taken() for _ in range(5)] == [2_000, 4_000, 8_000, 16_000, 20_000]
    node.close()


def test_producers_wait_for_live_queries_whatever_they_read(node: Node, fakes: Fakes) -> None:
    run(node, "WIDE", "spread 30", ["in"], "wide")
    run(node, "NEXT", "count", ["wide"], "out")
    for _ in range(3):
        node.produce([("in", [Record(b"k", b"v", 1)] * 2_000)])
        assert node.query("NEXT").lag == 0
    assert values(node, "out")[-1] == str(3 * 30 * 2_000)
