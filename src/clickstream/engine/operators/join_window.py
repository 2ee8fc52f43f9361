"""One side of a stream-stream join: its recent events by key and time.

Events that are older than the retention are not found any more, and are removed span by span.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import Any

from clickstream.core.records import StateChange
from clickstream.engine.rows import Key, Value
from clickstream.engine.state import pack, unpack, unpack_key

__all__ = ["JoinWindow"]

_SPANS_KEPT = 24
_SHORTEST_SPAN_MS = 60_000


class JoinWindow:
    """`data[key]` is the sorted times of its events and the events' values by time."""

    def __init__(self, name: str, retention_ms: int) -> None:
        self.name = name
        self._retention_ms = retention_ms
        self._data: dict[Key, tuple[list[int], dict[int, list[Value]]]] = {}
        self._dirty: dict[tuple[Key, int], None] = {}
        self._latest_ms = -1
        self._span_ms = max(retention_ms // _SPANS_KEPT, _SHORTEST_SPAN_MS)
        self._spans: dict[int, dict[Key, None]] = {}
        self._expired_to = 0

    def put(self, key: Key, value: Value, time_ms: int) -> None:
        """Add an event; one older than the retention is left out."""
        self._latest_ms = max(self._latest_ms, time_ms)
        if time_ms <= self._latest_ms - self._retention_ms:
            return
        self._add(key, value, time_ms)
        self._dirty[key, time_ms] = None
        self._expire()

    def _add(self, key: Key, value: Value, time_ms: int) -> None:
        times, values = self._data.setdefault(key, ([], {}))
        if time_ms not in values:
            insort(times, time_ms)
            values[time_ms] = []
            self._spans.setdefault(time_ms // self._span_ms, {})[key] = None
        values[time_ms].append(value)

    def fetch(self, key: Key, low_ms: int, high_ms: int) -> Iterator[tuple[int, Value]]:
        """Return the events of `key` in `low_ms … high_ms`, by time, then by arrival."""
        found = self._data.get(key)
        if found is None:
            return
        times, values = found
        low_ms = max(low_ms, self._latest_ms - self._retention_ms + 1)
        for time_ms in times[bisect_left(times, low_ms) : bisect_right(times, high_ms)]:
            for value in values[time_ms]:
                yield time_ms, value

    def _expire(self) -> None:
        limit = (self._latest_ms - self._retention_ms) // self._span_ms
        if limit <= self._expired_to:
            return
        self._expired_to = limit
        for span in [s for s in self._spans if s < limit]:
            for key in self._spans.pop(span):
                self._drop(key, limit * self._span_ms)

    def _drop(self, key: Key, before_ms: int) -> None:
        found = self._data.get(key)
        if found is None:
            return
        times, values = found
        cut = bisect_left(times, before_ms)
        for time_ms in times[:cut]:
            del values[time_ms]
            self._dirty[key, time_ms] = None
        del times[:cut]
        if not times:
            del self._data[key]

    def changes(self) -> Iterator[StateChange]:
        """Return what changed since the last call."""
        dirty, self._dirty = self._dirty, {}
        for key, time_ms in dirty:
            found = self._data.get(key)
            values = found[1].get(time_ms) if found else None
            yield self.name, pack([*key, time_ms]), None if values is None else pack(values)

    def restore(self, key: bytes, value: bytes) -> None:
        """Put back the events of one key and time."""
        *inner, time_ms = unpack_key(key)
        values: list[list[Any]] = unpack(value)
        for item in values:
            self._add(tuple(inner), tuple(item), time_ms)
        self._latest_ms = max(self._latest_ms, time_ms)
