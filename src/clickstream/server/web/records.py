"""A topic's records as lines of JSON, as they come: what PRINT shows, with offsets and headers.

A flood is thinned out, not queued: what a page cannot show in time is counted and left out. Filtering is
done here, before that, so a rare record is found in a busy topic.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import anyio
import orjson

from clickstream.core.records import Chunk, Record
from clickstream.engine.serde.codec import Codec, DecodeError
from clickstream.node.node import Node
from clickstream.node.subscriptions import TopicTail
from clickstream.sql.catalog import DataSource

__all__ = ["KeyReader", "RecordLines"]

BURST = 500
"""Records sent at most in one go; a person reads fewer."""

GATHERED = 10_000
"""Records looked at in one go."""

PAUSE_S = 0.25
"""Time between two goes."""

IDLE_S = 5.0
"""An idle topic sends an empty line this often, to see whether its reader is there."""


class KeyReader:
    """Writes the keys of a topic as a person reads them, by the format of the source over it, if any."""

    def __init__(self, source: DataSource | None) -> None:
        self._names = [column.name for column in source.schema.key] if source else []
        self._codec = Codec(source.schema, source.formats, source.window) if source else None

    def read(self, raw: bytes | None) -> object:
        """Return an object of key columns (and `window`), else text, else hexadecimal digits."""
        if raw is None:
            return None
        if self._codec is not None and self._names:
            with suppress(DecodeError):
                values = tuple(self._codec.decode_key(raw))
                key = dict(zip(self._names, map(_plain, values), strict=False))
                if len(values) > len(self._names):
                    key["window"] = {"start": values[-2], "end": values[-1]}
                return key
        return _text(raw)


@dataclass
class RecordLines:
    """The lines of one reader. `contains` is looked for in keys, values and headers, whatever the case."""

    tail: TopicTail
    keys: KeyReader
    contains: str = ""
    until: int | None = None

    @classmethod
    def of(cls, node: Node, topic: str, *, last: int | None, contains: str, follow: bool) -> "RecordLines":
        """Return lines of `topic`: from its `last` records on, or all it has if that is None.

        Raises: NotFound.
        """
        begin, end = node.topics.begin_offset(topic), node.topics.end_offset(topic)
        offset = begin if last is None else max(begin, end - last)
        with node.lock:
            source = next((s for s in node.catalog.sources.values() if s.topic == topic), None)
        tail = node.tail(topic, offset=offset)
        return cls(tail, KeyReader(source), contains.casefold(), None if follow else end)

    async def lines(self) -> AsyncGenerator[bytes]:
        """Yield lines until the end that was set, or until the topic is gone."""
        ready = self._ready_event()
        while not self._is_over():
            ready.clear()
            chunks = await anyio.to_thread.run_sync(self._gather)
            if chunks:
                if lines := await anyio.to_thread.run_sync(self.written, chunks):
                    yield lines
                    await anyio.sleep(PAUSE_S if self.until is None else 0)
            elif not self.tail.closed:
                with anyio.move_on_after(IDLE_S) as waited:
                    await ready.wait()
                if waited.cancelled_caught:
                    yield b"\n"

    def _gather(self) -> list[Chunk]:
        """Return what waits, so much at most that writing it is quick."""
        chunks: list[Chunk] = []
        while sum(map(len, chunks)) < GATHERED and not self._is_over():
            chunk = self.tail.next(0)
            if chunk is None:
                break
            chunks.append(chunk)
        return chunks

    def _is_over(self) -> bool:
        return self.tail.closed or (self.until is not None and self.tail.offset >= self.until)

    def _ready_event(self) -> asyncio.Event:
        ready = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(ready.set)

        self.tail.on_ready(wake)
        return ready

    def written(self, chunks: Sequence[Chunk]) -> bytes:
        """Return the lines of chunks: the newest that fit, after a line that counts the others."""
        end = self.until
        wanted = [
            (offset, record)
            for chunk in chunks
            for offset, record in enumerate(chunk.records, chunk.first_offset)
            if (end is None or offset < end) and self._is_wanted(record)
        ]
        skipped = max(0, len(wanted) - BURST)
        head = [orjson.dumps({"skipped": skipped})] if skipped else []
        lines = [*head, *(orjson.dumps(self._shown(*entry)) for entry in wanted[skipped:])]
        return b"".join(line + b"\n" for line in lines)

    def _is_wanted(self, record: Record) -> bool:
        if not self.contains:
            return True
        parts = [orjson.dumps(self.keys.read(record.key)).decode(), _text(record.value) or ""]
        parts += [f"{name}={_text(value)}" for name, value in record.headers]
        return any(self.contains in part.casefold() for part in parts)

    def _shown(self, offset: int, record: Record) -> dict[str, object]:
        return {
            "offset": offset,
            "timeMs": record.timestamp_ms,
            "key": self.keys.read(record.key),
            "value": _text(record.value),
            "headers": [[name, _text(value)] for name, value in record.headers],
        }


def _text(raw: bytes | None) -> str | None:
    """Return bytes as text, or as hexadecimal digits where they are none."""
    if raw is None:
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return f"0x{raw.hex()}"


def _plain(value: object) -> object:
    """Return a key column's value as JSON can carry it."""
    return value if isinstance(value, str | int | float | bool | None) else str(value)
