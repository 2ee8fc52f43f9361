"""Counters and times of the node, read as plain numbers."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["NodeMetrics", "Timings", "TopicPosition"]

KEPT = 1024
"""Times kept for the percentiles: the last few seconds to minutes."""


class Timings:
    """The newest times of something that happens again and again."""

    def __init__(self) -> None:
        self._newest: deque[float] = deque(maxlen=KEPT)
        self.count = 0
        self.total_s = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self._newest.append(seconds)
        self.count += 1
        self.total_s += seconds

    def percentile_ms(self, percent: float) -> float:
        """Return the milliseconds that `percent` of the kept times do not exceed, 0 if there are none."""
        if not self._newest:
            return 0.0
        ordered = sorted(self._newest)
        rank = min(len(ordered) - 1, int(len(ordered) * percent / 100))
        return ordered[rank] * 1000


@dataclass(frozen=True, slots=True)
class TopicPosition:
    """Where a query stands in one of its topics."""

    topic: str
    begin: int
    end: int
    offset: int

    @property
    def lag(self) -> int:
        """How many records it has still to read."""
        return self.end - self.offset


@dataclass(frozen=True, slots=True)
class NodeMetrics:
    """A snapshot of the commit loop.

    `commit_ms` is the time from the first write to the end of the sync; `tick_ms` also has the queries' work.
    """

    ticks: int
    produced_records: int
    consumed_records: int
    pending_records: int
    failed_ticks: int
    commit_ms: Mapping[str, float]
    tick_ms: Mapping[str, float]
    subscriptions: int
    tails: int
