"""Records as they stand in topics, and the chunks they travel in.

Every layer that touches a topic speaks in these two classes: storage writes and reads chunks, the
engine decodes a chunk once for all queries that read it, connectors and inserts produce records.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

__all__ = ["Chunk", "Header", "Record", "StateChange"]

Header = tuple[str, bytes | None]

StateChange = tuple[str, bytes, bytes | None]
"""A change of a query's state: the store's name, the key, and the new value, None where it is removed."""


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One record: the same bytes, timestamp and headers that Kafka would hold.

    Units:  `timestamp_ms` — epoch milliseconds, event time.
    """

    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    headers: tuple[Header, ...] = ()


class Chunk:
    """A run of records of one topic, appended together.

    `records[i]` has offset `first_offset + i`. `sequence` orders chunks of all topics by arrival
    (a later append has a larger one): a query with several sources reads their chunks in this order.
    `decoded` caches typed rows or columns per (schema, format) so that a chunk is decoded once;
    the engine owns its keys.
    """

    __slots__ = ("decoded", "first_offset", "records", "sequence", "topic")

    def __init__(self, topic: str, first_offset: int, sequence: int, records: Sequence[Record]) -> None:
        self.topic = topic
        self.first_offset = first_offset
        self.sequence = sequence
        self.records = records
        self.decoded: dict[Any, Any] = {}

    @property
    def end_offset(self) -> int:
        """The offset after the last record."""
        return self.first_offset + len(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def tail(self, offset: int) -> "Chunk":
        """Return the part of this chunk from `offset` on; this very chunk if that is all of it."""
        skip = offset - self.first_offset
        if skip <= 0:
            return self
        return Chunk(self.topic, offset, self.sequence, self.records[skip:])
