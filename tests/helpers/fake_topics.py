"""Topics in memory: what connectors produce to and read from, without a node."""

import threading
from collections.abc import Mapping, Sequence

from clickstream.core.errors import NotFound
from clickstream.core.records import Chunk, Record


class FakeTopics:
    """Keeps records and source offsets; `fail_with` makes the next produce raise."""

    def __init__(self) -> None:
        self.records: dict[str, list[Record]] = {}
        self.offsets: dict[str, bytes] = {}
        self.produced: list[list[str]] = []
        self.fail_with: Exception | None = None
        self.changed = threading.Condition()

    def produce(
        self,
        batches: Sequence[tuple[str, Sequence[Record]]],
        *,
        source_offsets: Mapping[str, bytes] | None = None,
        wait: bool = True,
    ) -> None:
        if self.fail_with is not None:
            error, self.fail_with = self.fail_with, None
            raise error
        with self.changed:
            for topic, records in batches:
                self.records.setdefault(topic, []).extend(records)
            self.offsets.update(source_offsets or {})
            self.produced.append([topic for topic, _ in batches])
            self.changed.notify_all()

    def source_offset(self, name: str) -> bytes | None:
        return self.offsets.get(name)

    def tail(self, topic: str, *, from_beginning: bool = False, offset: int | None = None) -> "FakeTail":
        if topic not in self.records:
            raise NotFound(f"topic {topic} does not exist")
        end = len(self.records[topic])
        return FakeTail(self, topic, offset if offset is not None else 0 if from_beginning else end)


class FakeTail:
    """Follows one topic of FakeTopics."""

    def __init__(self, topics: FakeTopics, topic: str, offset: int) -> None:
        self._topics = topics
        self._topic = topic
        self.offset = offset
        self.closed = False

    def next(self, timeout: float | None = None) -> Chunk | None:
        topics = self._topics
        with topics.changed:
            topics.changed.wait_for(
                lambda: self.closed or len(topics.records[self._topic]) > self.offset, timeout
            )
            records = topics.records[self._topic][self.offset :]
            if self.closed or not records:
                return None
            chunk = Chunk(self._topic, self.offset, self.offset, records)
            self.offset = chunk.end_offset
            return chunk

    def close(self) -> None:
        with self._topics.changed:
            self.closed = True
            self._topics.changed.notify_all()
