"""When generated records are due: after a random wait below the maximum, each after the one before."""

from collections.abc import Callable
from math import ceil, inf

__all__ = ["Rate"]

LATEST_MS = 1_000
"""A generator that is further behind than this (a suspended machine, a long pause, a clock that was set)
starts anew instead of catching up."""

QUANTUM_MS = 20
"""Generators wake at multiples of this, all at the same ones: one commit for all, and at most 50 a second."""

UNPACED_BATCH = 500
"""Records a poll when there is no wait at all."""


class Rate:
    """The pace of one task. Unlike the data, it is not seeded, as in the real connector.

    Units:  `max_interval_ms` — a wait is a whole number of milliseconds from 0 to below it.
    Source: confluentinc/kafka-connect-datagen, DatagenTask: a sleep before each record.
    """

    def __init__(self, max_interval_ms: int, fraction: Callable[[], float], now_ms: float) -> None:
        self._max_interval_ms = max_interval_ms
        self._fraction = fraction
        self._next_ms = now_ms
        self._advance()

    def _advance(self) -> None:
        self._next_ms += int(self._max_interval_ms * self._fraction())

    def due(self, now_ms: int, most: float = inf) -> list[int]:
        """Return the times, up to now, at which records were due; at most `most` of them."""
        if self._max_interval_ms <= 1:
            return [now_ms] * int(min(UNPACED_BATCH, most))
        behind_ms = now_ms - self._next_ms
        if behind_ms > LATEST_MS or -behind_ms > LATEST_MS + self._max_interval_ms:
            self._next_ms = now_ms
        times: list[int] = []
        while self._next_ms <= now_ms and len(times) < most:
            times.append(int(self._next_ms))
            self._advance()
        return times

    def next_due_ms(self, now_ms: int) -> float:
        """Return when to look again."""
        if self._max_interval_ms <= 1:
            return now_ms
        return ceil(max(self._next_ms, now_ms + 1) / QUANTUM_MS) * QUANTUM_MS
