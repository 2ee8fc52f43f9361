import pytest

from clickstream.node.metrics import KEPT, Timings


def test_no_times_are_zero() -> None:
    assert Timings().percentile_ms(99) == 0


def test_percentiles_are_of_the_newest_times() -> None:
    timings = Timings()
    for _ in range(10):
        timings.add(100.0)
    for ms in range(KEPT):
        timings.add(ms / 1000)
    assert timings.percentile_ms(0) == 0
    assert timings.percentile_ms(50) == pytest.approx(KEPT / 2)
    assert timings.percentile_ms(100) == pytest.approx(KEPT - 1)
    assert timings.count == KEPT + 10
