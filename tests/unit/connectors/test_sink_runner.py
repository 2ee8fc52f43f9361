import threading
from collections.abc import Callable, Sequence

import pytest

from clickstream.connectors.sink_runner import SinkLimits, SinkRunner
from clickstream.core.errors import TaskFailed
from clickstream.core.records import Chunk, Record
from tests.helpers.fake_topics import FakeTopics

RECORD = Record(None, b"x", 0)
SOON = SinkLimits(batch_size=10, linger_s=0.01)


class Collector:
    """A sink task that says when it has seen enough."""

    def __init__(self, offset: int | None = None, *, enough: int = 1) -> None:
        self.offset = offset
        self.enough = enough
        self.batches: list[list[int]] = []
        self.seen = threading.Event()
        self.closed = threading.Event()
        self.failure: Exception | None = None

    def start(self) -> int | None:
        return self.offset

    def put(self, chunks: Sequence[Chunk]) -> None:
        if self.failure is not None:
            raise self.failure
        self.batches.append([chunk.first_offset + i for chunk in chunks for i in range(len(chunk))])
        if sum(map(len, self.batches)) >= self.enough:
            self.seen.set()

    def close(self) -> None:
        self.closed.set()


def run(
    topics: FakeTopics,
    task: Collector,
    failures: list[Exception] | None = None,
    after: SinkRunner | None = None,
) -> SinkRunner:
    def make(wait: Callable[[float], bool]) -> Collector:
        return task

    runner = SinkRunner(
        "t",
        make,
        topics,
        lambda topic: len(topics.records.get(topic, ())),
        lambda runner, error: failures.append(error) if failures is not None else None,
        limits=SOON,
        after=after,
    )
    runner.start()
    return runner


@pytest.fixture
def topics() -> FakeTopics:
    topics = FakeTopics()
    topics.records["t"] = [RECORD] * 3
    return topics


def end(runner: SinkRunner) -> None:
    runner.stop()
    runner.join(5)


@pytest.mark.parametrize(("offset", "seen"), [(None, [0, 1, 2]), (2, [2]), (99, [0, 1, 2])])
def test_a_topic_is_read_from_its_beginning_or_where_the_task_was(
    topics: FakeTopics, offset: int | None, seen: list[int]
) -> None:
    task = Collector(offset, enough=len(seen))
    runner = run(topics, task)
    assert task.seen.wait(5)
    end(runner)
    assert [offset for batch in task.batches for offset in batch] == seen
    assert task.closed.is_set()


def test_new_records_are_handed_on(topics: FakeTopics) -> None:
    task = Collector(3, enough=2)
    runner = run(topics, task)
    topics.produce([("t", [RECORD, RECORD])])
    assert task.seen.wait(5)
    end(runner)


def test_a_task_that_fails_ends_and_says_why(topics: FakeTopics) -> None:
    failures: list[Exception] = []
    task = Collector()
    task.failure = TaskFailed("refused")
    runner = run(topics, task, failures)
    assert task.closed.wait(5)
    runner.join(5)
    assert failures == [task.failure]


def test_a_runner_begins_after_the_one_it_follows(topics: FakeTopics) -> None:
    first, second = Collector(), Collector()
    before = run(topics, first)
    assert first.seen.wait(5)
    after = run(topics, second, after=before)
    assert not second.seen.wait(0.05)
    end(before)
    assert second.seen.wait(5)
    end(after)
    assert first.closed.is_set()


def test_a_topic_that_is_made_anew_is_read_from_its_beginning(topics: FakeTopics) -> None:
    task = Collector(enough=4)
    runner = run(topics, task)
    while runner._tail is None:
        threading.Event().wait(0.01)
    topics.records["t"] = [RECORD]
    runner._tail.close()
    assert task.seen.wait(5)
    end(runner)
    assert task.batches[-1] == [0]
