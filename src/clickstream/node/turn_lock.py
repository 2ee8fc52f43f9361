"""A lock between the commit loop, which wants it all the time, and requests, which want it soon."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

__all__ = ["TurnLock"]

LONGEST_YIELD_S = 0.1
"""The loop goes on after this long even if requests keep coming, so that they cannot starve it."""


class TurnLock:
    """A reentrant lock. `with lock:` is a request's way in; the loop enters by `after_requests()`.

    Python's locks are not fair: a thread that releases one and takes it again at once wins nearly every
    time, and a busy loop would keep requests waiting for seconds.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._requests = 0
        self._calm = threading.Condition(threading.Lock())

    def __enter__(self) -> "TurnLock":
        with self._calm:
            self._requests += 1
        try:
            self._lock.acquire()
        finally:
            with self._calm:
                self._requests -= 1
                if not self._requests:
                    self._calm.notify_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    @contextmanager
    def after_requests(self) -> Iterator[None]:
        """Hold the lock once no request is waiting for it, or it has waited long enough."""
        with self._calm:
            self._calm.wait_for(lambda: not self._requests, LONGEST_YIELD_S)
        with self._lock:
            yield
