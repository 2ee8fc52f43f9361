"""What is known of one topic: its settings, its bounds, and its newest chunks in memory."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from clickstream.core.records import Chunk

__all__ = ["DEFAULT_CONFIG", "Bounds", "Topic", "TopicInfo"]

DEFAULT_CONFIG: Mapping[str, str] = {
    "cleanup.policy": "delete",
    "retention.ms": "604800000",
    "retention.bytes": "4294967296",
}
"""A topic's settings where it says nothing. Seven days is Kafka's own default. Kafka sets no limit of
size; a laptop's disk needs one, and 4 GiB is some 12 million clicks."""

UNLIMITED = -1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a topic holds: offsets from `begin` up to but not `end`. `bytes` counts frames.

    `newest_ms` is the largest record timestamp ever appended, -1 while there is none.
    """

    begin: int = 0
    end: int = 0
    bytes: int = 0
    newest_ms: int = -1

    def grown(self, end: int, size: int, newest_ms: int) -> "Bounds":
        """Return the bounds after an append."""
        return Bounds(self.begin, end, self.bytes + size, max(self.newest_ms, newest_ms))

    def cut(self, begin: int, size: int) -> "Bounds":
        """Return the bounds after `size` bytes at the old end were deleted."""
        return replace(self, begin=begin, bytes=self.bytes - size)


@dataclass(frozen=True, slots=True)
class TopicInfo:
    """A description of a topic, as of the last commit. `config` has only what was set."""

    name: str
    partitions: int
    replicas: int
    config: Mapping[str, str]
    begin: int
    end: int
    bytes: int
    newest_ms: int

    @property
    def messages(self) -> int:
        """How many records it holds."""
        return self.end - self.begin


@dataclass(slots=True, eq=False)
class Topic:
    """One topic. `bounds` includes the transaction under way, `committed` does not."""

    id: int
    name: str
    partitions: int
    replicas: int
    config: Mapping[str, str]
    bounds: Bounds = field(default_factory=Bounds)
    committed: Bounds = field(default_factory=Bounds)
    recent: deque[Chunk] = field(default_factory=deque)

    def setting(self, name: str) -> str:
        """Return a setting, or its default."""
        return self.config.get(name, DEFAULT_CONFIG[name])

    def limit(self, name: str) -> int | None:
        """Return a numeric setting, None for "no limit"."""
        value = int(self.setting(name))
        return None if value == UNLIMITED else value

    @property
    def deletes(self) -> bool:
        """Whether old records may be deleted: a table's topic that is only compacted keeps them."""
        return "delete" in self.setting("cleanup.policy").split(",")

    def info(self) -> TopicInfo:
        """Return the description of the committed state."""
        at = self.committed
        return TopicInfo(
            self.name,
            self.partitions,
            self.replicas,
            dict(self.config),
            at.begin,
            at.end,
            at.bytes,
            at.newest_ms,
        )

    def recent_from(self, offset: int, end: int) -> list[Chunk]:
        """Return the chunks in memory that hold records from `offset` on and below `end`."""
        found: list[Chunk] = []
        for chunk in reversed(self.recent):
            if chunk.end_offset <= offset:
                break
            if chunk.first_offset < end:
                found.append(chunk)
        found.reverse()
        return found
