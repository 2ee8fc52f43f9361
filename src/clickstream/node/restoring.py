"""The thread that gives queries their state back after a start, while the node already serves.

Half a million rows take seconds. They are read without the node's lock: a query that does not run yet
has a state that nobody changes.
"""

import threading
from collections.abc import Callable

from clickstream.node.queries import Query, QueryRegistry
from clickstream.node.turn_lock import TurnLock

__all__ = ["Restoring"]


class Restoring:
    """Restores the queries that a start left without state, sources first, then ends."""

    def __init__(
        self,
        queries: QueryRegistry,
        lock: TurnLock,
        *,
        wake: Callable[[], None],
        failed: Callable[[Query, Exception], None],
    ) -> None:
        self._queries = queries
        self._lock = lock
        self._wake = wake
        self._failed = failed
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether the thread is at work: then ticks leave queries without state to it."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the thread if there is something to do."""
        if self._queries.next_to_restore() is not None:
            self._thread = threading.Thread(target=self._run, name="restoring", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread after the query it is at; harmless if it does not run."""
        self._stopping = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopping and self._restore_next():
            self._wake()
        # The loop takes over what comes later.
        self._wake()

    def _restore_next(self) -> bool:
        with self._lock:
            query = self._queries.next_to_restore()
        if query is None:
            return False
        try:
            running = self._queries.rebuilt(query)
        except Exception as error:
            with self._lock:
                self._failed(query, error)
            return True
        with self._lock:
            if not query.is_restored:
                query.running, query.is_restored = running, True
        return True
