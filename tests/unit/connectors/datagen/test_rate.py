from math import inf

from clickstream.connectors.datagen.rate import LATEST_MS, QUANTUM_MS, UNPACED_BATCH, Rate


def test_each_record_is_due_a_random_wait_after_the_one_before() -> None:
    waits = iter([0.5, 0.25, 0.99])
    rate = Rate(40, lambda: next(waits), now_ms=1000)
    assert rate.due(1019) == []
    assert rate.due(1031) == [1020, 1030]


def test_generators_look_at_common_times_so_that_they_are_committed_together() -> None:
    looks = [Rate(100, lambda wait=wait: wait, now_ms=0).next_due_ms(0) for wait in (0.41, 0.5, 0.6)]
    assert looks == [3 * QUANTUM_MS] * 3
    assert Rate(100, lambda: 0.5, now_ms=0).next_due_ms(61) == 4 * QUANTUM_MS


def test_a_generator_that_was_held_up_briefly_catches_up() -> None:
    rate = Rate(100, lambda: 0.5, now_ms=0)
    assert rate.due(260) == [50, 100, 150, 200, 250]


def test_a_generator_that_slept_long_starts_anew() -> None:
    rate = Rate(100, lambda: 0.5, now_ms=0)
    now = 50 + LATEST_MS + 1
    assert rate.due(now) == [now]


def test_a_clock_that_is_set_back_does_not_silence_a_generator() -> None:
    rate = Rate(100, lambda: 0.5, now_ms=10_000_000)
    assert rate.due(5) == [5]


def test_at_most_so_many_are_given_as_asked_for() -> None:
    rate = Rate(10, lambda: 0.5, now_ms=0)
    assert rate.due(100, most=3) == [5, 10, 15]


def test_without_a_wait_records_come_as_fast_as_they_are_taken() -> None:
    rate = Rate(0, lambda: 0.5, now_ms=0)
    assert rate.due(7) == [7] * UNPACED_BATCH
    assert rate.due(7, most=2) == [7, 7]
    assert rate.due(7, most=inf) == [7] * UNPACED_BATCH
    assert rate.next_due_ms(7) == 7
