"""The thread that compacts topics, beside the commit loop and at half speed."""

import logging
import threading
import time

from clickstream.core.errors import ClickstreamError
from clickstream.storage.topics.compaction import compact, is_due
from clickstream.storage.topics.log import TopicLog

__all__ = ["Housekeeping"]

log = logging.getLogger(__name__)


class _Stopped(Exception):
    """The node is closing."""


class Housekeeping:
    """Compacts the topics that are due, when told that there may be some."""

    def __init__(self, topics: TopicLog) -> None:
        self._topics = topics
        self._woken = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._step_began_s = 0.0

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the step it is in; harmless if it does not run."""
        self._stopping = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        """Look whether topics are due."""
        self._woken.set()

    def run_once(self) -> int:
        """Compact what is due; return how many bytes that freed."""
        freed = 0
        for topic in self._topics.topics():
            if not is_due(topic):
                continue
            try:
                freed += compact(self._topics, topic.name, between_steps=self._rest)
            except ClickstreamError as error:
                log.warning("topic %s could not be compacted: %s", topic.name, error)
        return freed

    def _rest(self) -> None:
        """Sleep as long as the last step took: the commit loop needs the interpreter too."""
        if self._stopping:
            raise _Stopped
        if self._thread is not None:
            time.sleep(min(0.1, max(0.0, time.monotonic() - self._step_began_s)))
        self._step_began_s = time.monotonic()

    def _run(self) -> None:
        while not self._stopping:
            self._woken.wait()
            self._woken.clear()
            try:
                self.run_once()
            except _Stopped:
                return
