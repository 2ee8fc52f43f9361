"""What connectors and the process around them expect of each other.

The process gives a place to produce to, topics to read and a small durable store (`RecordSink`,
`TopicReader`, `ConnectorStore`); the node satisfies them without being imported here. A connector gives
source tasks, which are polled, or sink tasks, which are handed chunks. `supervisor.py` runs both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from clickstream.core.clock import Clock
from clickstream.core.records import Chunk, Record

__all__ = [
    "Batch",
    "Config",
    "ConnectorStore",
    "MemoryConnectorStore",
    "Polled",
    "RecordSink",
    "SinkContext",
    "SinkTask",
    "SourceContext",
    "SourceTask",
    "TopicReader",
    "TopicTail",
]

Config = dict[str, str]
"""A connector's settings; Connect knows text only."""

Batch = tuple[str, Sequence[Record]]
"""A topic and the records for it."""


class RecordSink(Protocol):
    """Where source tasks' records go; records and the offsets behind them are committed together."""

    def produce(
        self,
        batches: Sequence[Batch],
        *,
        source_offsets: Mapping[str, bytes] | None = None,
        wait: bool = True,
    ) -> object:
        """Append the records; return after the commit if `wait`."""
        ...

    def source_offset(self, name: str) -> bytes | None:
        """Return what was last committed under `name`."""
        ...


class TopicTail(Protocol):
    """A reader of one topic that waits at its end."""

    @property
    def closed(self) -> bool:
        """Whether it was closed, by `close` or because its topic was deleted."""
        ...

    def next(self, timeout: float | None = None) -> Chunk | None:
        """Return the next records, or None if there were none for `timeout` seconds."""
        ...

    def close(self) -> None:
        """Stop; a waiting `next` returns None."""
        ...


class TopicReader(Protocol):
    """The topics that sink tasks read."""

    def tail(self, topic: str, *, from_beginning: bool = False, offset: int | None = None) -> TopicTail:
        """Return a reader from `offset`, from the beginning, or from the end."""
        ...


class ConnectorStore(Protocol):
    """Durable names and bytes."""

    def get(self, name: str) -> bytes | None:
        """Return the bytes kept under `name`."""
        ...

    def put(self, name: str, value: bytes) -> None:
        """Keep `value` under `name`; it is durable on return."""
        ...

    def delete(self, name: str) -> None:
        """Forget `name`."""
        ...

    def items(self) -> Iterable[tuple[str, bytes]]:
        """Return all names and bytes."""
        ...


class MemoryConnectorStore:
    """A store that lasts as long as the process."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        """Return the bytes kept under `name`."""
        return self._values.get(name)

    def put(self, name: str, value: bytes) -> None:
        """Keep `value` under `name`."""
        self._values[name] = value

    def delete(self, name: str) -> None:
        """Forget `name`."""
        self._values.pop(name, None)

    def items(self) -> Iterable[tuple[str, bytes]]:
        """Return all names and bytes."""
        return list(self._values.items())


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll of a source task gave.

    Units:  `due_ms` — when to poll again, epoch milliseconds; None when there is nothing more to come.
    """

    batches: Sequence[Batch] = ()
    offsets: Mapping[str, bytes] = field(default_factory=dict)
    due_ms: float | None = None


class SourceTask(Protocol):
    """Makes records. One thread polls all source tasks, so a poll must not wait."""

    def poll(self, now_ms: int) -> Polled:
        """Return the records that are due, with the offsets behind them.

        Raises: TaskFailed ends the task.
        """
        ...

    def committed(self) -> None:
        """The last poll's records and offsets are durable."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source task is started with. `offset_name` is the name of the offset that is its own."""

    connector: str
    task_id: int
    offset_name: str
    read_offset: Callable[[str], bytes | None]
    now_ms: int


class SinkTask(Protocol):
    """Takes the records of one topic, on a thread of its own."""

    def start(self) -> int | None:
        """Connect, and return the offset to go on from; None is the topic's beginning.

        Raises: TaskFailed ends the task.
        """
        ...

    def put(self, chunks: Sequence[Chunk]) -> None:
        """Write the records; on return they and the offset behind them are safe.

        Raises: TaskFailed ends the task.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class SinkContext:
    """What a sink task is started with: one topic, and how rows of that topic are windowed.

    `wait` waits seconds, and says whether the task is to stop meanwhile.
    """

    connector: str
    topic: str
    store: ConnectorStore
    clock: Clock
    wait: Callable[[float], bool]
    windowed: Callable[[str], str | None]
