"""The newest chunks of all topics in memory, so that live readers neither read nor decode them again."""

from collections import deque

from clickstream.core.records import Chunk
from clickstream.storage.topics.topic import Topic

__all__ = ["RecentChunks"]

BUDGET_BYTES = 24 * 1024 * 1024
"""Room for all topics together. Live readers are at most a few ticks behind."""

RECORD_BYTES = 200
"""About what the Python objects of a record take beside its bytes."""

CHUNK_BYTES = 700
"""About what the objects of a chunk take."""


class RecentChunks:
    """Keeps `Topic.recent` of all topics within one budget, oldest out first."""

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._used = 0
        self._order: deque[tuple[Topic, Chunk, int]] = deque()
        self._decoded: deque[Chunk] = deque()

    def add(self, topic: Topic, chunk: Chunk, frame_bytes: int) -> None:
        """Keep a chunk that was just appended."""
        cost = frame_bytes + RECORD_BYTES * len(chunk) + CHUNK_BYTES
        topic.recent.append(chunk)
        self._order.append((topic, chunk, cost))
        self._decoded.append(chunk)
        self._used += cost
        while self._used > self._budget and len(self._order) > 1:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        topic, chunk, cost = self._order.popleft()
        self._used -= cost
        # A topic that was deleted or cut short no longer has it.
        if topic.recent and topic.recent[0] is chunk:
            topic.recent.popleft()

    def take_back(self, topic: Topic, end: int) -> None:
        """Drop the chunks at and after `end`: their transaction was rolled back."""
        while topic.recent and topic.recent[-1].first_offset >= end:
            topic.recent.pop()

    def cut(self, topic: Topic, begin: int) -> None:
        """Drop the chunks below `begin`: they were deleted."""
        while topic.recent and topic.recent[0].end_offset <= begin:
            topic.recent.popleft()

    def forget_decoded(self, before_sequence: int) -> None:
        """Drop the decoded rows of chunks older than `before_sequence`: they are larger than the bytes."""
        while self._decoded and self._decoded[0].sequence < before_sequence:
            self._decoded.popleft().decoded.clear()
