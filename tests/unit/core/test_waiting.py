import pytest

from clickstream.core.clock import FakeClock
from clickstream.core.errors import BackendError, ServiceUnavailable
from clickstream.core.waiting import NotYet, Waiter


def waiter(clock: FakeClock, deadline_s: float = 5) -> Waiter:
    return Waiter(deadline_s, 1.0, clock, lambda seconds: clock.advance(int(seconds * 1000)))


def test_it_returns_what_the_probe_returns_in_the_end() -> None:
    answers = iter([NotYet("starting"), ServiceUnavailable("refused"), "up"])

    def probe() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock = FakeClock()
    assert waiter(clock).until(probe, "a service") == "up"
    assert clock.now_ms() == 2000


def test_the_deadline_names_what_was_awaited_and_the_last_state() -> None:
    def probe() -> None:
        raise NotYet("still loading")

    words = "gave up after 5 s waiting until the index is there; last seen: still loading"
    with pytest.raises(ServiceUnavailable, match=words):
        waiter(FakeClock()).until(probe, "the index is there")
    with pytest.raises(BackendError):
        waiter(FakeClock()).until(probe, "the index", error=BackendError)


def test_other_errors_pass_at_once() -> None:
    clock = FakeClock()
    with pytest.raises(ZeroDivisionError):
        waiter(clock).until(lambda: 1 / 0, "a number")
    assert clock.now_ms() == 0
