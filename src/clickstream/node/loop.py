"""The thread that runs ticks whenever there is something to do, and sleeps otherwise. No polling."""

import threading
from collections.abc import Callable

__all__ = ["CommitLoop"]

PAUSE_AFTER_FAILURE_S = 1.0
"""A full disk does not get emptier by trying at once."""

LONGEST_SLEEP_S = 3600.0


class CommitLoop:
    """Runs `tick` until it has nothing to do, then sleeps until `wake()` or a failed query's retry."""

    def __init__(
        self,
        tick: Callable[[], int],
        *,
        failed: Callable[[], bool],
        sleep_s: Callable[[], float | None],
        pending: Callable[[], int],
    ) -> None:
        self._tick = tick
        self._failed = failed
        self._sleep_s = sleep_s
        self._pending = pending
        self._changed = threading.Condition()
        self._woken = False
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; the first tick comes at once."""
        self._stopping, self._woken = False, True
        self._thread = threading.Thread(target=self._run, name="commit-loop", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def stop(self) -> None:
        """Commit what was produced, then end the thread; harmless if it does not run."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopping:
            self._woken = False
            if self._tick():
                continue
            if self._failed():
                self._pause(PAUSE_AFTER_FAILURE_S)
            else:
                self._sleep()
        self._drain()

    def _drain(self) -> None:
        while self._pending() and not self._failed():
            self._tick()

    def _sleep(self) -> None:
        timeout = self._sleep_s()
        with self._changed:
            self._changed.wait_for(
                lambda: self._woken or self._stopping,
                LONGEST_SLEEP_S if timeout is None else max(0.0, timeout),
            )
            self._woken = False

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, seconds)
