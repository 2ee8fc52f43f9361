"""Runs one sink task: a thread that reads one topic and hands chunks to the task."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from clickstream.connectors.base import SinkTask, TopicReader, TopicTail
from clickstream.core.errors import NotFound
from clickstream.core.records import Chunk

__all__ = ["SinkLimits", "SinkRunner"]

LOG = logging.getLogger(__name__)

IDLE_WAIT_S = 1.0
"""How long a quiet topic is waited for at a time; also how often a missing topic is looked for."""


@dataclass(frozen=True)
class SinkLimits:
    """How many records are put together, and how long the first of them waits for others.

    Units: `linger_s` — 0.1 s keeps a click's way to its document well under a second, and nine sinks at
        under a hundred commits a second.
    """

    batch_size: int = 2_000
    linger_s: float = 0.1


class SinkRunner:
    """One topic of one task. `stop` returns at once; `join` waits for the last put."""

    def __init__(
        self,
        topic: str,
        make_task: Callable[[Callable[[float], bool]], SinkTask],
        topics: TopicReader,
        end_offset: Callable[[str], int],
        on_failure: Callable[["SinkRunner", Exception], None],
        *,
        limits: SinkLimits = SinkLimits(),
        after: "SinkRunner | None" = None,
    ) -> None:
        self.topic = topic
        self._make_task = make_task
        self._topics = topics
        self._end_offset = end_offset
        self._on_failure = on_failure
        self._limits = limits
        self._after = after
        self._stopping = threading.Event()
        self._tail: TopicTail | None = None
        self._thread = threading.Thread(target=self._run, name=f"sink-{topic}", daemon=True)

    def start(self) -> None:
        """Begin, once the runner this one follows has ended."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end after the put it is in."""
        self._stopping.set()
        tail = self._tail
        if tail is not None:
            tail.close()

    def join(self, timeout_s: float | None = None) -> None:
        """Wait for the thread's end."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        if self._after is not None:
            self._after.join()
            self._after = None
        try:
            self._work()
        except Exception as error:
            if not self._stopping.is_set():
                LOG.warning("sink of %s failed: %s", self.topic, error)
                self._on_failure(self, error)

    def _work(self) -> None:
        task = self._make_task(self._stopping.wait)
        try:
            offset = task.start()
            tail = self._open(offset)
            while tail is not None and not self._stopping.is_set():
                chunks = self._gather(tail)
                if chunks:
                    task.put(chunks)
                elif tail.closed:
                    # the topic is gone; one of the same name begins anew
                    tail = self._open(None)
        finally:
            if self._tail is not None:
                self._tail.close()
            task.close()

    def _open(self, offset: int | None) -> TopicTail | None:
        while not self._stopping.is_set():
            try:
                if offset is not None and offset > self._end_offset(self.topic):
                    # the topic was deleted and made anew since
                    offset = None
                self._tail = self._topics.tail(self.topic, from_beginning=offset is None, offset=offset)
            except NotFound:
                self._stopping.wait(IDLE_WAIT_S)
            else:
                return self._tail
        return None

    def _gather(self, tail: TopicTail) -> list[Chunk]:
        first = tail.next(IDLE_WAIT_S)
        if first is None:
            return []
        chunks, count = [first], len(first)
        deadline_s = time.monotonic() + self._limits.linger_s
        while count < self._limits.batch_size and not self._stopping.is_set():
            left_s = deadline_s - time.monotonic()
            chunk = tail.next(left_s) if left_s > 0 else None
            if chunk is None:
                break
            chunks.append(chunk)
            count += len(chunk)
        return chunks
