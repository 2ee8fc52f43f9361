"""What went wrong with single records: counted, and the recent ones kept.

Queries write entries as they meet bad records; the node takes them and appends them to the
processing log's topic. Nothing here stops a query. Entries are bounded: a flood of bad records
costs counting, not memory.
"""

from collections import Counter, deque
from dataclasses import dataclass
from typing import Literal

__all__ = ["LogEntry", "LogKind", "ProcessingLog"]

LogKind = Literal[
    "DESERIALIZATION_ERROR", "RECORD_PROCESSING_ERROR", "PRODUCTION_ERROR", "SERIALIZATION_ERROR"
]

_RECENT = 1000
"""Entries kept until they are taken; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One bad record.

    `logger` names the query and the step, such as `CSAS_X_1.KsqlTopic.Source.deserializer`. `record`
    is the record's raw bytes for a deserialization error, else its text. `target` is key or value.
    """

    logger: str
    kind: LogKind
    message: str
    cause: tuple[str, ...] = ()
    topic: str = ""
    offset: int | None = None
    target: str = ""
    record: bytes | str | None = None
    level: str = "ERROR"


class ProcessingLog:
    """Counts by logger and kind, and a bounded run of entries not taken yet."""

    def __init__(self, capacity: int = _RECENT) -> None:
        self.counts: Counter[tuple[str, LogKind]] = Counter()
        self._waiting: deque[LogEntry] = deque()
        self._capacity = capacity
        self.dropped = 0

    def add(self, entry: LogEntry) -> None:
        """Count `entry` and keep it if there is room."""
        self.counts[entry.logger, entry.kind] += 1
        if len(self._waiting) < self._capacity:
            self._waiting.append(entry)
        else:
            self.dropped += 1

    def take(self) -> list[LogEntry]:
        """Return the entries kept since the last call, oldest first."""
        taken = list(self._waiting)
        self._waiting.clear()
        return taken

    def total(self, kind: LogKind | None = None) -> int:
        """Return how many entries of `kind`, or of all kinds, were added."""
        return sum(n for (_, k), n in self.counts.items() if kind is None or k == kind)
