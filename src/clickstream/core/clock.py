"""The clock, as a value that can be passed and faked. Window logic never asks it."""

import time
from typing import Protocol

__all__ = ["Clock", "FakeClock", "SystemClock"]


class Clock(Protocol):
    """What code that needs the time is given."""

    def now_ms(self) -> int:
        """Return the wall clock in epoch milliseconds."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds of a clock that never goes back; only differences mean anything."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Return the wall clock in epoch milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Return seconds of a clock that never goes back."""
        return time.monotonic()


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self, now_ms: int = 0) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Return the time it was set to, in epoch milliseconds."""
        return self._now_ms

    def monotonic_s(self) -> float:
        """Return the same time in seconds."""
        return self._now_ms / 1000

    def advance(self, ms: int) -> None:
        """Move the clock on by `ms` milliseconds."""
        self._now_ms += ms
