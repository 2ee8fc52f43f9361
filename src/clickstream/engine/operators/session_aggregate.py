"""Aggregates over session windows.

Source: org.apache.kafka.streams.kstream.internals.KStreamSessionWindowAggregate.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from clickstream.core.records import Header, StateChange
from clickstream.engine.aggregates import Accumulator, State
from clickstream.engine.context import QueryContext
from clickstream.engine.operators.group_by import Grouping
from clickstream.engine.rows import Key, Row, TableRow, Value
from clickstream.engine.state import Clock, pack, unpack, unpack_key
from clickstream.engine.windows import grace_ms, retention_ms
from clickstream.sql.plan import WindowSpec

__all__ = ["SessionAggregate", "SessionStore"]

_SPANS_KEPT = 24
_SHORTEST_SPAN_MS = 60_000
"""As in `window_store.py`: removal lags by at most a 24th of the retention."""

Session = list[Any]
"""`[start_ms, end_ms, state]`"""


class SessionStore:
    """Sessions by group, sorted by start."""

    def __init__(self, name: str, retention_ms: int) -> None:
        self.name = name
        self.data: dict[Key, list[Session]] = {}
        self.dirty: dict[Key, dict[int, None]] = {}
        self.retention_ms = retention_ms
        self._span_ms = max(retention_ms // _SPANS_KEPT, _SHORTEST_SPAN_MS)
        self._spans: dict[int, dict[Key, None]] = {}
        self._expired_to = 0

    def register(self, key: Key, end_ms: int) -> None:
        """Note that `key` has a session that ends at `end_ms`."""
        self._spans.setdefault(end_ms // self._span_ms, {})[key] = None

    def mark(self, key: Key, start_ms: int) -> None:
        """Note that the session that starts, or started, at `start_ms` changed."""
        self.dirty.setdefault(key, {})[start_ms] = None

    def expire(self, stream_time_ms: int) -> None:
        """Remove sessions that ended before the retention, a span of time at once."""
        oldest = stream_time_ms - self.retention_ms
        limit = oldest // self._span_ms
        if limit <= self._expired_to:
            return
        self._expired_to = limit
        for span in [s for s in self._spans if s < limit]:
            for key in self._spans.pop(span):
                self._drop(key, oldest)

    def _drop(self, key: Key, oldest_ms: int) -> None:
        sessions = self.data.get(key, [])
        while sessions and sessions[0][1] < oldest_ms:
            self.mark(key, sessions.pop(0)[0])
        if not sessions:
            self.data.pop(key, None)

    def changes(self) -> Iterator[StateChange]:
        """Return what changed since the last call."""
        dirty, self.dirty = self.dirty, {}
        for key, starts in dirty.items():
            by_start = {s[0]: s for s in self.data.get(key, ())}
            for start in starts:
                session = by_start.get(start)
                yield self.name, pack([*key, start]), None if session is None else pack(session)

    def restore(self, key: bytes, value: bytes) -> None:
        """Put back one stored session."""
        group = unpack_key(key)[:-1]
        sessions = self.data.setdefault(group, [])
        session = unpack(value)
        sessions.append(session)
        sessions.sort(key=lambda s: int(s[0]))
        self.register(group, session[1])


class SessionAggregate:
    """One state per group and session; sessions that a row bridges become one.

    A session that grew is deleted under its old bounds (at its old end's time) before the new one is
    written. A row is late if its session would end before stream time less gap and grace.
    """

    def __init__(
        self, context: QueryContext, accumulator: Accumulator, grouping: Grouping, spec: WindowSpec
    ) -> None:
        self._context = context
        self._group = grouping.group
        self._accumulator = accumulator
        self._gap = spec.size_ms
        self._open = spec.size_ms + grace_ms(spec)
        self._store = context.keep(SessionStore("session", retention_ms(spec)))
        self._clock = context.keep(Clock("session-time"))
        self._gone: dict[tuple[Key, int, int], tuple[tuple[Header, ...], Value]] = {}
        self._born: dict[tuple[Key, int, int], tuple[Header, ...]] = {}

    @property
    def clock(self) -> Clock:
        """Stream time of this stage."""
        return self._clock

    def process(self, rows: list[Row]) -> list[Row]:
        """Take `rows` in; return the changes, or hold them back while coalescing."""
        out: list[Row] = []
        for key, value, time_ms, headers in rows:
            if value is None or (group := self._group(key, value, time_ms)) is None:
                continue
            self._one(group, value, time_ms, headers)
            if not self._context.coalesce:
                out += self.flush()
        return out

    def _one(self, key: Key, value: Value, time_ms: int, headers: tuple[Header, ...]) -> None:
        if time_ms > self._clock.now_ms:
            self._clock.now_ms = time_ms
        sessions = self._store.data.get(key, [])
        first, last = self._overlapping(sessions, time_ms)
        joined = sessions[first:last]
        start = min(time_ms, joined[0][0]) if joined else time_ms
        end = max(time_ms, joined[-1][1]) if joined else time_ms
        if end < self._clock.now_ms - self._open:
            self._context.metrics.late += 1
            return
        state = self._joined_state(joined, end)
        if (start, end) != (time_ms, time_ms):
            for old in joined:
                self._remove(key, old, headers)
        state[0] = end
        self._accumulator.add(state, key, value, time_ms)
        sessions[first:last] = [[start, end, state]]
        self._store.data[key] = sessions
        self._store.mark(key, start)
        self._born[key, start, end] = headers

    def _overlapping(self, sessions: list[Session], time_ms: int) -> tuple[int, int]:
        """Return the range of sessions within the gap of `time_ms`."""
        low, high = time_ms - self._gap, time_ms + self._gap
        last = len(sessions)
        while last and sessions[last - 1][0] > high:
            last -= 1
        first = last
        while first and sessions[first - 1][1] >= low:
            first -= 1
        return first, last

    def _joined_state(self, joined: list[Session], end: int) -> State:
        if not joined:
            return self._accumulator.initial(end)
        state: State = joined[0][2] if len(joined) == 1 else list(joined[0][2])
        for other in joined[1:]:
            state = self._accumulator.merge(state, other[2])
        return state

    def _remove(self, key: Key, session: Session, headers: tuple[Header, ...]) -> None:
        start, end, state = session
        self._store.mark(key, start)
        if self._born.pop((key, start, end), None) is None:
            self._gone[key, start, end] = (headers, self._accumulator.result(state))

    def flush(self) -> list[Row]:
        """Return the sessions that went, then those that came, since the last flush."""
        out: list[Row] = [
            ((*key, start, end), None, end, headers, old)
            for (key, start, end), (headers, old) in self._gone.items()
        ]
        result = self._accumulator.result
        for (key, start, end), headers in self._born.items():
            state = self._find(key, start)
            out.append(((*key, start, end), result(state), end, headers, None))
            self._store.register(key, end)
        self._gone, self._born = {}, {}
        self._store.expire(self._clock.now_ms)
        return out

    def _find(self, key: Key, start_ms: int) -> State:
        sessions = self._store.data[key]
        state: State = next(s for s in reversed(sessions) if s[0] == start_ms)[2]
        return state

    def scan(self, keys: Sequence[Key] | None) -> Iterator[TableRow]:
        """Return the sessions of `keys`, or all, that are within the retention; ascending starts."""
        data, result = self._store.data, self._accumulator.result
        oldest = self._clock.now_ms - self._store.retention_ms
        for key in list(data) if keys is None else keys:
            for start, end, state in data.get(key, ()):
                if end >= oldest:
                    yield (*key, start, end), result(state), end
