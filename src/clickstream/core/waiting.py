"""Waiting with a deadline, a reason and the last state seen.

Nothing here sleeps blindly: a probe is asked again until it is content, and whoever watches sees what is
awaited, for how long, and what the probe saw last.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from clickstream.core.clock import Clock, SystemClock
from clickstream.core.errors import ClickstreamError, ServiceUnavailable
from clickstream.core.progress import Progress, Silent

__all__ = ["NotYet", "Waiter"]

T = TypeVar("T")


class NotYet(Exception):
    """A probe is not content yet; its text is the state it saw."""


@dataclass(frozen=True)
class Waiter:
    """Asks probes until they are content or the deadline has passed.

    Units: `deadline_s` — seconds for one wait; `interval_s` — seconds between two probes.
    """

    deadline_s: float = 60.0
    interval_s: float = 0.1
    clock: Clock = field(default_factory=SystemClock)
    sleep: Callable[[float], None] = time.sleep
    progress: Progress = field(default_factory=Silent)

    def until(
        self,
        probe: Callable[[], T],
        what: str,
        *,
        error: Callable[[str], ClickstreamError] = ServiceUnavailable,
        retry: tuple[type[Exception], ...] = (NotYet, ServiceUnavailable),
    ) -> T:
        """Return what `probe` returns once it raises none of `retry`.

        Raises: `error` when the deadline has passed, naming `what` and the last state seen.
        """
        start = self.clock.monotonic_s()
        while True:
            try:
                return probe()
            except retry as reason:
                waited = self.clock.monotonic_s() - start
                state = str(reason) or type(reason).__name__
            if waited >= self.deadline_s:
                raise error(f"gave up after {self.deadline_s:.0f} s waiting until {what}; last seen: {state}")
            self.progress.waiting(f"waiting until {what} ({waited:.0f} of {self.deadline_s:.0f} s): {state}")
            self.sleep(self.interval_s)
