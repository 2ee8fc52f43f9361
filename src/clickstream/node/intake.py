"""Records on their way in: batches that wait for the next tick, and producers that wait for its commit."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from clickstream.core.errors import StateError
from clickstream.core.records import Record
from clickstream.storage.topics.frame import Packed, pack

__all__ = ["CHUNK_RECORDS", "Batch", "Intake", "TopicRecords"]

TopicRecords = tuple[str, Sequence[Record]]
"""A topic and records for it."""

CAPACITY_RECORDS = 40_000
"""Producers wait while this many records are on their way: two ticks' worth."""


CHUNK_RECORDS = 10_000
"""Longer runs are cut into chunks of this many records, so that readers can stop in between."""


class Batch:
    """What one `produce` call brought: committed as a whole, together with its source offsets.

    It packs the records, so that what does not fit is the producer's error and not the loop's.
    """

    __slots__ = ("_done", "_size", "error", "parts", "source_offsets", "waited_for")

    def __init__(
        self, batches: Sequence[TopicRecords], source_offsets: Mapping[str, bytes], *, waited_for: bool
    ) -> None:
        self.parts: list[tuple[str, Packed]] = [
            (topic, pack(records[at : at + CHUNK_RECORDS]))
            for topic, records in batches
            for at in range(0, len(records), CHUNK_RECORDS)
        ]
        self.source_offsets = source_offsets
        self.waited_for = waited_for
        self.error: BaseException | None = None
        self._size = sum(len(packed.records) for _, packed in self.parts)
        self._done = threading.Event()

    def __len__(self) -> int:
        return self._size

    def __bool__(self) -> bool:
        return True

    @property
    def is_done(self) -> bool:
        """Whether it was committed, or failed."""
        return self._done.is_set()

    def finish(self, error: BaseException | None = None) -> None:
        """Let the producer go on, with the reason if the batch was not committed."""
        self.error = error
        self._done.set()

    def wait(self) -> None:
        """Return once the batch is committed.

        Raises: what kept it from being committed.
        """
        self._done.wait()
        if self.error is not None:
            raise self.error


class Intake:
    """A queue of batches with room for `capacity` records; one larger batch still fits into an empty one."""

    def __init__(self, wake: Callable[[], None], *, capacity: int = CAPACITY_RECORDS) -> None:
        self._wake = wake
        self._capacity = capacity
        self._batches: deque[Batch] = deque()
        self._records = 0
        self._changed = threading.Condition()
        self._closed = False

    @property
    def pending_records(self) -> int:
        """How many records wait."""
        return self._records

    def put(self, batch: Batch) -> None:
        """Queue a batch, waiting for room.

        Raises: StateError if the node is closing.
        """
        size = len(batch)
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or not self._records or self._records + size <= self._capacity
            )
            if self._closed:
                raise StateError("the server is shutting down")
            self._batches.append(batch)
            self._records += size
        self._wake()

    def take(self, max_records: int) -> list[Batch]:
        """Return the oldest batches, whole ones, with about `max_records` in all."""
        taken: list[Batch] = []
        count = 0
        with self._changed:
            while self._batches and count < max_records:
                batch = self._batches.popleft()
                taken.append(batch)
                count += len(batch)
            self._records -= count
            if taken:
                self._changed.notify_all()
        return taken

    def put_back(self, batches: Sequence[Batch]) -> None:
        """Queue again, in front, batches whose commit failed."""
        with self._changed:
            self._batches.extendleft(reversed(batches))
            self._records += sum(map(len, batches))

    def close(self) -> None:
        """Refuse further batches; those that are queued can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
