"""State by group and window start, with what is too old removed.

`data[group][start]` is a window's state. Windows are also listed by the span of time their start falls
in, so that removing a span costs what it holds and not a walk over everything.
"""

from collections.abc import Iterator
from typing import Any

from clickstream.core.records import StateChange
from clickstream.engine.rows import Key
from clickstream.engine.state import pack, unpack, unpack_key

__all__ = ["WindowStore"]

_SPANS_KEPT = 24
"""Retention is cut into this many spans: removal lags by at most a 24th of it."""

_SHORTEST_SPAN_MS = 60_000


class WindowStore:
    """Windows of all groups. Writers add to `data`, `register` new windows and mark them dirty."""

    def __init__(self, name: str, retention_ms: int) -> None:
        self.name = name
        self.data: dict[Key, dict[int, Any]] = {}
        self.dirty: dict[Key, dict[int, Any]] = {}
        self.retention_ms = retention_ms
        self._span_ms = max(retention_ms // _SPANS_KEPT, _SHORTEST_SPAN_MS)
        self._spans: dict[int, dict[Key, None]] = {}
        self._expired_to = 0

    def group(self, key: Key) -> dict[int, Any]:
        """Return the windows of `key`, to be added to."""
        windows = self.data.get(key)
        if windows is None:
            windows = self.data[key] = {}
        return windows

    def register(self, key: Key, start_ms: int) -> None:
        """Note that `key` has a window that starts at `start_ms`."""
        span = start_ms // self._span_ms
        groups = self._spans.get(span)
        if groups is None:
            groups = self._spans[span] = {}
        groups[key] = None

    def mark(self, key: Key, start_ms: int) -> None:
        """Note that a window changed."""
        starts = self.dirty.get(key)
        if starts is None:
            starts = self.dirty[key] = {}
        starts[start_ms] = None

    def expire(self, stream_time_ms: int) -> None:
        """Remove the spans whose last window start is older than the retention."""
        limit = (stream_time_ms - self.retention_ms) // self._span_ms
        if limit <= self._expired_to:
            return
        self._expired_to = limit
        for span in [s for s in self._spans if s < limit]:
            for key in self._spans.pop(span):
                self._drop(key, span)

    def _drop(self, key: Key, span: int) -> None:
        windows = self.data.get(key)
        if windows is None:
            return
        for start in [s for s in windows if s // self._span_ms == span]:
            del windows[start]
            self.mark(key, start)
        if not windows:
            del self.data[key]

    def changes(self) -> Iterator[StateChange]:
        """Return what changed since the last call."""
        dirty, self.dirty = self.dirty, {}
        for key, starts in dirty.items():
            windows = self.data.get(key, {})
            for start in starts:
                state = windows.get(start)
                yield self.name, pack([*key, start]), None if state is None else pack(state)

    def restore(self, key: bytes, value: bytes) -> None:
        """Put back one stored window."""
        *group, start = unpack_key(key)
        self.group(tuple(group))[start] = unpack(value)
        self.register(tuple(group), start)
