import pytest

from clickstream.connectors.base import Polled
from clickstream.connectors.source_loop import ROUND_S, SourceLoop
from clickstream.core.clock import FakeClock
from clickstream.core.records import Record
from tests.helpers.fake_topics import FakeTopics


class Ticker:
    """Makes one record every `every_ms`; its number is its offset."""

    def __init__(self, topic: str, every_ms: int) -> None:
        self.topic = topic
        self.every_ms = every_ms
        self.count = 0
        self.commits = 0
        self.failure: Exception | None = None

    def poll(self, now_ms: int) -> Polled:
        if self.failure is not None:
            raise self.failure
        self.count += 1
        record = Record(None, str(self.count).encode(), now_ms)
        return Polled(
            [(self.topic, [record])], {self.topic: str(self.count).encode()}, now_ms + self.every_ms
        )

    def committed(self) -> None:
        self.commits += 1

    def close(self) -> None:
        pass


def test_tasks_are_polled_when_they_are_due() -> None:
    clock, topics = FakeClock(1000), FakeTopics()
    loop = SourceLoop(topics, clock)
    assert loop.wait_s() is None
    loop.add(("a", 0), Ticker("a", 200))
    loop.add(("b", 0), Ticker("b", 400))
    assert loop.wait_s() == 0
    loop.step()
    assert loop.wait_s() == pytest.approx(0.2)
    clock.advance(201)
    loop.step()
    clock.advance(200)
    loop.step()
    assert [len(topics.records[topic]) for topic in "ab"] == [2, 2]


def test_tasks_that_wait_are_polled_in_common_rounds() -> None:
    clock, topics = FakeClock(1000), FakeTopics()
    loop = SourceLoop(topics, clock)
    loop.add(("a", 0), Ticker("a", 3))
    loop.add(("b", 0), Ticker("b", 17))
    loop.step()
    clock.advance(20)
    loop.step()
    assert loop.wait_s() == pytest.approx(ROUND_S - 0.02)
    clock.advance(181)
    loop.step()
    assert topics.produced == [["a", "b"], ["a", "b"]]


def test_a_task_that_has_more_is_polled_again_at_once() -> None:
    loop = SourceLoop(FakeTopics(), FakeClock(1000))
    loop.add(("a", 0), Ticker("a", 0))
    loop.step()
    assert loop.wait_s() == 0


def test_what_is_due_together_is_committed_together() -> None:
    clock, topics = FakeClock(0), FakeTopics()
    loop = SourceLoop(topics, clock)
    for name in "ab":
        loop.add((name, 0), Ticker(name, 30))
    done = loop.step()
    assert topics.produced == [["a", "b"]]
    assert done.topics == {("a", 0): {"a"}, ("b", 0): {"b"}}
    assert topics.offsets == {"a": b"1", "b": b"1"}


def test_a_task_that_fails_takes_no_other_with_it() -> None:
    topics = FakeTopics()
    loop = SourceLoop(topics, FakeClock(0))
    bad, good = Ticker("a", 30), Ticker("b", 30)
    bad.failure = ValueError("broken")
    loop.add(("a", 0), bad)
    loop.add(("b", 0), good)
    assert loop.step().failures == {("a", 0): bad.failure}
    assert (good.commits, len(topics.records["b"])) == (1, 1)


def test_a_commit_that_fails_fails_the_tasks_it_was_for() -> None:
    clock, topics = FakeClock(0), FakeTopics()
    loop = SourceLoop(topics, clock)
    ticker = Ticker("a", 30)
    loop.add(("a", 0), ticker)
    topics.fail_with = OSError("disk full")
    assert isinstance(loop.step().failures["a", 0], OSError)
    assert ticker.commits == 0


def test_paused_tasks_wait_and_removed_ones_are_gone() -> None:
    clock, topics = FakeClock(0), FakeTopics()
    loop = SourceLoop(topics, clock)
    ticker = Ticker("a", 30)
    loop.add(("a", 0), ticker)
    loop.pause(("a", 0))
    loop.step()
    assert (ticker.count, loop.wait_s()) == (0, None)
    loop.resume(("a", 0))
    loop.step()
    assert ticker.count == 1
    assert loop.remove(("a", 0)) is ticker
    assert loop.remove(("a", 0)) is None
    clock.advance(99)
    loop.step()
    assert ticker.count == 1
