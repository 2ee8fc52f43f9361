"""What is known of one topic: its settings, its bounds, and its newest chunks in memory."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from clickstream.core.records import Chunk

__all__ = ["DEFAULT_CONFIG", "Bounds", "Topic", "TopicInfo"]

DEFAULT_CONFIG: Mapping[str, str] = {
    "cleanup.policy": "delete",
    "retention.ms": "604800000",
    "retention.bytes": "1073741824",
}
"""A topic's settings where it says nothing. Seven days is Kafka's own default. Kafka sets no limit of
size; a laptop's disk needs one, and 1 GiB is some 3 million clicks."""

UNLIMITED = -1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a topic holds: records at offsets from `begin` up to but not `end`, `messages` of them.

    `bytes` counts frames. `newest_ms` is the largest record timestamp ever appended, -1 while there is none.
    Below `clean_end` compaction has been; `clean_bytes` is what it left.
    """

    begin: int = 0
    end: int = 0
    messages: int = 0
    bytes: int = 0
    newest_ms: int = -1
    clean_end: int = 0
    clean_bytes: int = 0

    def grown(self, count: int, size: int, newest_ms: int) -> "Bounds":
        """Return the bounds after an append."""
        return replace(
            self,
            end=self.end + count,
            messages=self.messages + count,
            bytes=self.bytes + size,
            newest_ms=max(self.newest_ms, newest_ms),
        )

    def shrunk(self, count: int, size: int) -> "Bounds":
        """Return the bounds after `count` records in between were deleted."""
        return replace(self, messages=self.messages - count, bytes=self.bytes - size)

    def cleaned(self, end: int, size: int) -> "Bounds":
        """Return the bounds after everything below `end` was compacted to `size` bytes."""
        return replace(self, clean_end=max(end, self.clean_end), clean_bytes=size)

    def cut(self, begin: int, count: int, size: int) -> "Bounds":
        """Return the bounds after `count` records at the old end were deleted."""
        return replace(
            self,
            begin=begin,
            messages=self.messages - count,
            bytes=self.bytes - size,
            clean_end=max(self.clean_end, begin),
            clean_bytes=max(0, self.clean_bytes - size),
        )


@dataclass(frozen=True, slots=True)
class TopicInfo:
    """A description of a topic, as of the last commit. `config` has only what was set."""

    name: str
    partitions: int
    replicas: int
    config: Mapping[str, str]
    begin: int
    end: int
    messages: int
    bytes: int
    newest_ms: int


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

    @property
    def compacts(self) -> bool:
        """Whether of several records of a key only the newest needs to be kept."""
        return "compact" in self.setting("cleanup.policy").split(",")

    def info(self) -> TopicInfo:
        """Return the description of the committed state."""
        at = self.committed
        return TopicInfo(
            name=self.name,
            partitions=self.partitions,
            replicas=self.replicas,
            config=dict(self.config),
            begin=at.begin,
            end=at.end,
            messages=at.messages,
            bytes=at.bytes,
            newest_ms=at.newest_ms,
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
