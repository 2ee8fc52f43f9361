"""Readers outside the commit loop: push queries' clients, and followers of a topic (PRINT, sinks)."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from clickstream.core.errors import NotFound
from clickstream.core.records import Chunk
from clickstream.node.running import Running
from clickstream.storage.topics.log import TopicLog

__all__ = ["ReaderHub", "Subscription", "TopicTail"]

QUEUE_ROWS = 10_000
"""Rows kept for a slow client; until it takes some, its query reads no further."""

ROWS_A_TAKE = 1_000

TAIL_RECORDS = 5_000
"""Records read ahead for a follower of a topic."""

Wake = Callable[[], object]


class _Reader:
    """Someone who waits: by blocking, or by asking to be called."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._closed = False
        self._listener: Wake | None = None

    def on_ready(self, listener: Wake) -> None:
        """Call `listener` (from the commit loop: it must be quick) when there may be something to take.

        It is called once now, for what is there already.
        """
        self._listener = listener
        listener()

    @property
    def closed(self) -> bool:
        """Whether it was closed, from either side."""
        return self._closed

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()
        if self._listener is not None:
            self._listener()

    def _end(self) -> bool:
        """Close; return whether it was open."""
        with self._changed:
            was_open, self._closed = not self._closed, True
        self._notify()
        return was_open


class Subscription(_Reader):
    """The rows of one push query. The commit loop fills it, one client empties it.

    It ends when the client closes it, the LIMIT is reached, the query fails, its end was fixed and is
    reached (a pull query over a stream), or the node closes.
    """

    def __init__(
        self,
        hub: "ReaderHub",
        query_id: str,
        running: Running,
        offsets: Mapping[str, int],
        *,
        limit: int | None = None,
        until: Mapping[str, int] | None = None,
        columns: tuple[str, ...] = (),
        one_by_one: bool = False,
    ) -> None:
        super().__init__()
        self.query_id = query_id
        self.columns = columns
        self._hub = hub
        self._running = running
        self._offsets = dict(offsets)
        self._until = None if until is None else dict(until)
        self._left = limit
        self._rows: deque[Any] = deque()
        self._finished = False
        self._one_by_one = one_by_one
        self.error: Exception | None = None

    # ---- the client's side

    def take(self, max_rows: int = ROWS_A_TAKE, timeout: float | None = None) -> list[Any] | None:
        """Return waiting rows; wait up to `timeout` seconds for the first (None: for ever).

        An empty list means none came in time; None means that there will be no more.

        Raises: what made the query fail, after the rows before it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._rows or self._finished or self._closed, timeout)
            if self._rows:
                full = len(self._rows) >= QUEUE_ROWS
                rows = [self._rows.popleft() for _ in range(min(max_rows, len(self._rows)))]
                go_on = full and len(self._rows) < QUEUE_ROWS
            elif self.error is not None:
                raise self.error
            else:
                return None if self._finished or self._closed else []
        if go_on:
            self._hub.wake()
        return rows

    def __iter__(self) -> Iterator[Any]:
        while (rows := self.take()) is not None:
            yield from rows

    def close(self) -> None:
        """End the query; a waiting `take` returns. Harmless if it has ended."""
        if self._end():
            self._hub.remove(self)

    # ---- the commit loop's side

    @property
    def wants_rows(self) -> bool:
        """Whether it goes on and has room."""
        return not self._closed and not self._finished and len(self._rows) < QUEUE_ROWS

    def feed(self, topics: TopicLog, max_records: int) -> int:
        """Read on, queue the rows; return how many records were read."""
        try:
            chunks = self._within_end(topics.read_together(self._offsets, max_records))
            count = sum(map(len, chunks))
            for chunk in chunks:
                self._offsets[chunk.topic] = chunk.end_offset
            rows = self._process(chunks) if chunks else ()
        except Exception as error:
            self._finish(error)
            return 0
        self._offer(rows)
        if self._until is not None and all(self._offsets[t] >= end for t, end in self._until.items()):
            self._finish(None)
        return count

    def _process(self, chunks: Sequence[Chunk]) -> Sequence[Any]:
        if not self._one_by_one:
            return self._running.process_rows(chunks)
        singles = (single for chunk in chunks for single in _singles(chunk))
        return [row for single in singles for row in self._running.process_rows([single])]

    def _within_end(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        if self._until is None:
            return list(chunks)
        kept = []
        for chunk in chunks:
            left = self._until[chunk.topic] - chunk.first_offset
            if left >= len(chunk):
                kept.append(chunk)
            elif left > 0:
                kept.append(Chunk(chunk.topic, chunk.first_offset, chunk.sequence, chunk.records[:left]))
        return kept

    def _offer(self, rows: Sequence[Any]) -> None:
        if self._left is not None:
            rows = rows[: self._left]
            self._left -= len(rows)
        if rows:
            with self._changed:
                self._rows.extend(rows)
            self._notify()
        if self._left == 0:
            self._finish(None)

    def _finish(self, error: Exception | None) -> None:
        self.error = error
        self._finished = True
        self._hub.remove(self)
        self._notify()


def _singles(chunk: Chunk) -> list[Chunk]:
    """Return a chunk a record."""
    return [
        Chunk(chunk.topic, chunk.first_offset + n, chunk.sequence, [record])
        for n, record in enumerate(chunk.records)
    ]


class TopicTail(_Reader):
    """A follower of one topic: committed chunks, one after the other."""

    def __init__(self, hub: "ReaderHub", topics: TopicLog, topic: str, offset: int) -> None:
        super().__init__()
        self.topic = topic
        self.offset = offset
        self._hub = hub
        self._topics = topics
        self._ahead: deque[Chunk] = deque()

    def next(self, timeout: float | None = None) -> Chunk | None:
        """Return the next chunk; wait up to `timeout` seconds for it (None: for ever, 0: not at all).

        None means that none came in time, or that the tail is closed or its topic gone (`closed`).
        """
        chunk = self._read()
        if chunk is not None or timeout == 0:
            return chunk
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._has_more(), timeout)
        return self._read()

    def _has_more(self) -> bool:
        try:
            return self._topics.end_offset(self.topic) > self.offset
        except NotFound:
            return True

    def _read(self) -> Chunk | None:
        if self._closed:
            return None
        if not self._ahead:
            try:
                self._ahead.extend(self._topics.read(self.topic, self.offset, TAIL_RECORDS))
            except NotFound:
                self.close()
                return None
        if not self._ahead:
            return None
        chunk = self._ahead.popleft()
        self.offset = chunk.end_offset
        return chunk

    def committed(self) -> None:
        """There are new records (the commit loop's side)."""
        self._notify()

    def close(self) -> None:
        """Stop; a waiting `next` returns None. Harmless if it is closed."""
        if self._end():
            self._hub.remove_tail(self)


class ReaderHub:
    """All readers of a node, so that a commit wakes those it concerns and no others."""

    def __init__(self, wake: Wake) -> None:
        self.wake = wake
        self._lock = threading.Lock()
        self._subscriptions: dict[Subscription, None] = {}
        self._tails: dict[str, dict[TopicTail, None]] = {}

    def add(self, subscription: Subscription) -> None:
        """Feed a push query from the next tick on."""
        with self._lock:
            self._subscriptions[subscription] = None
        self.wake()

    def remove(self, subscription: Subscription) -> None:
        """Feed a push query no more."""
        with self._lock:
            self._subscriptions.pop(subscription, None)

    def add_tail(self, tail: TopicTail) -> None:
        """Wake a follower when its topic grows."""
        with self._lock:
            self._tails.setdefault(tail.topic, {})[tail] = None

    def remove_tail(self, tail: TopicTail) -> None:
        """Wake a follower no more."""
        with self._lock:
            followers = self._tails.get(tail.topic, {})
            followers.pop(tail, None)
            if not followers:
                self._tails.pop(tail.topic, None)

    def subscriptions(self) -> list[Subscription]:
        """Return the push queries that run."""
        with self._lock:
            return list(self._subscriptions)

    def tails(self, topic: str | None = None) -> list[TopicTail]:
        """Return the followers of a topic, or of all."""
        with self._lock:
            if topic is not None:
                return list(self._tails.get(topic, ()))
            return [tail for followers in self._tails.values() for tail in followers]

    def close(self) -> None:
        """End them all."""
        for subscription in self.subscriptions():
            subscription.close()
        for tail in self.tails():
            tail.close()
