import pytest

from clickstream.core.errors import NotFound, ServiceUnavailable
from clickstream.steps.sessionize import SessionPlan, sessionize
from tests.helpers.fake_stack import FakeStack

NAME = "DATAGEN_CLICKSTREAM"


@pytest.fixture
def clicking(stack: FakeStack) -> FakeStack:
    stack.connect.put_config(NAME, {})
    stack.connect.calls.clear()
    return stack


def test_it_pauses_and_resumes_as_often_and_as_long_as_planned(clicking: FakeStack) -> None:
    done = sessionize(clicking.context(), SessionPlan(warm_up_s=5, pause_s=35, run_s=20, cycles=2))
    assert [call for call, _ in clicking.connect.calls] == ["pause", "resume", "pause", "resume", "resume"]
    assert clicking.clock.now_ms() == (5 + 2 * (35 + 20)) * 1000
    assert (done.connector, done.cycles) == (NAME, 2)
    assert clicking.connect.states[NAME] == "RUNNING"


def test_the_plan_of_the_seed_is_the_default() -> None:
    plan = SessionPlan()
    assert (plan.connector, plan.warm_up_s, plan.pause_s, plan.run_s, plan.cycles) == (NAME, 90, 35, 90, 100)


def test_it_shows_where_it_is(clicking: FakeStack) -> None:
    sessionize(clicking.context(), SessionPlan(warm_up_s=1, pause_s=2, run_s=1, cycles=1))
    assert "warming up (1 s left)" in clicking.told.waits
    assert any("cycle 1 of 1: DATAGEN_CLICKSTREAM paused" in text for text in clicking.told.waits)


@pytest.mark.parametrize("at_s", [0, 3, 6, 39, 42, 61, 90])
def test_interrupted_anywhere_it_leaves_the_connector_running(clicking: FakeStack, at_s: int) -> None:
    def sleep(seconds: float) -> None:
        if clicking.clock.now_ms() >= at_s * 1000:
            raise KeyboardInterrupt
        FakeStack.sleep(clicking, seconds)

    clicking.sleep = sleep  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        sessionize(clicking.context(), SessionPlan(warm_up_s=5, pause_s=35, run_s=20, cycles=2))
    assert clicking.connect.states[NAME] == "RUNNING"
    assert clicking.connect.calls[-1] == ("resume", NAME)


def test_resuming_is_tried_until_connect_answers(
    clicking: FakeStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([ServiceUnavailable("gone"), ServiceUnavailable("gone"), None])
    resume = clicking.connect.resume

    def unreliable(name: str) -> None:
        if (failure := next(failures)) is not None:
            raise failure
        resume(name)

    monkeypatch.setattr(clicking.connect, "pause", lambda name: 1 / 0)
    monkeypatch.setattr(clicking.connect, "resume", unreliable)
    with pytest.raises(ZeroDivisionError):
        sessionize(clicking.context(), SessionPlan(warm_up_s=0, cycles=1))
    assert clicking.connect.calls == [("resume", NAME)]


def test_any_case_finds_the_connector_and_an_unknown_one_lists_the_known(clicking: FakeStack) -> None:
    plan = SessionPlan(connector="datagen_clickstream", warm_up_s=0, pause_s=0, run_s=0, cycles=1)
    assert sessionize(clicking.context(), plan).connector == NAME
    with pytest.raises(NotFound, match="no connector nope") as caught:
        sessionize(clicking.context(), SessionPlan(connector="nope"))
    assert NAME in str(caught.value.hint)
