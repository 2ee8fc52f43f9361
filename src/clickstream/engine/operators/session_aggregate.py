"""Aggregates over session windows.

Source: org.apache.kafka.streams.kstream.internals.KStreamSessionWindowAggregate.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.core.records import Header, StateChange
from clickstream.engine.aggregates import Accumulator
from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.islands import IslandFinder
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
"""`[start_ms, end_ms, state, shown]`; `shown`: a row with these bounds was handed on."""


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
                yield self.name, pack([*key, start]), None if session is None else pack(session[:3])

    def restore(self, key: bytes, value: bytes) -> None:
        """Put back one stored session."""
        group = unpack_key(key)[:-1]
        sessions = self.data.setdefault(group, [])
        session = [*unpack(value), True]
        sessions.append(session)
        sessions.sort(key=lambda s: int(s[0]))
        self.register(group, session[1])


@dataclass(frozen=True, slots=True)
class _Gone:
    """A session that was shown and is no more."""

    key: Key
    start_ms: int
    end_ms: int
    old: Value | None
    headers: tuple[Header, ...]


@dataclass(slots=True)
class _Touched:
    """A session that changed. `old` is what was shown under the same bounds before, if that is asked for."""

    key: Key
    session: Session
    headers: tuple[Header, ...]
    old: Value | None


class SessionAggregate:
    """One state per group and session; sessions that a row bridges become one.

    A session that grew is deleted under its old bounds (at its old end's time) before the new one is
    written. A row is late if its session would end before stream time less gap and grace.
    """

    def __init__(
        self,
        context: QueryContext,
        accumulator: Accumulator,
        grouping: Grouping,
        spec: WindowSpec,
        *,
        with_old: bool,
    ) -> None:
        self._context = context
        self._with_old = with_old
        self._group = grouping.group
        self._accumulator = accumulator
        self._gap = spec.size_ms
        self._open = spec.size_ms + grace_ms(spec)
        self._store = context.keep(SessionStore("session", retention_ms(spec)))
        self._clock = context.keep(Clock("session-time"))
        self._gone: list[_Gone] = []
        self._touched: dict[int, _Touched] = {}
        self._ranks: dict[Key, int] = {}
        self._islands: IslandFinder | None = None
        self._fold: Callable[..., None] | None = None

    @property
    def clock(self) -> Clock:
        """Stream time of this stage."""
        return self._clock

    def process(self, rows: list[Row]) -> list[Row]:
        """Take `rows` in; return the changes, or hold them back while coalescing."""
        out: list[Row] = []
        clock, data, group = self._clock, self._store.data, self._group
        for key, value, time_ms, headers in rows:
            if value is None or (owner := group(key, value, time_ms)) is None:
                continue
            if time_ms > clock.now_ms:
                clock.now_ms = time_ms
            sessions = data.get(owner, [])
            if not (sessions and self._extend(owner, sessions[-1], value, time_ms, headers)):
                self._one(owner, sessions, value, time_ms, headers)
            if not self._context.coalesce:
                out += self.flush()
        return out

    def use_columns(self, islands: IslandFinder, fold: Callable[..., None]) -> None:
        """Take batches too: reduced to parts of sessions, these folded into the states."""
        self._islands, self._fold = islands, fold

    def process_columns(self, batch: Batch) -> list[Row] | None:
        """Take `batch` in, as `process` does."""
        if self._islands is None or self._fold is None or not (self._context.coalesce or len(batch) == 1):
            return None
        found = self._islands(batch, self._clock.now_ms)
        if found is None:
            return None
        self._clock.now_ms = found.latest_ms
        keys, data, fold = found.keys, self._store.data, self._fold
        for group, start, end, *parts in zip(
            found.groups, found.starts, found.ends, *found.parts, strict=True
        ):
            key = keys[group]
            sessions = data.get(key, [])
            session = self._session(key, sessions, self._overlapping(sessions, start, end), (start, end), ())
            fold(session[2], *parts)
        return [] if self._context.coalesce else self.flush()

    def _extend(
        self, key: Key, session: Session, value: Value, time_ms: int, headers: tuple[Header, ...]
    ) -> bool:
        """Take the common row: one in or right after the last session, whose bounds nobody has seen yet."""
        start, end, state, shown = session
        if shown or time_ms < start or time_ms > end + self._gap or end < self._clock.now_ms - self._open:
            return False
        if time_ms > end:
            session[1] = state[0] = time_ms
        self._accumulator.add(state, key, value, time_ms)
        self._touched[id(session)].headers = headers
        return True

    def _one(
        self,
        key: Key,
        sessions: list[Session],
        value: Value,
        time_ms: int,
        headers: tuple[Header, ...],
    ) -> None:
        first, last = self._overlapping(sessions, time_ms, time_ms)
        end = max(time_ms, sessions[last - 1][1]) if first < last else time_ms
        if end < self._clock.now_ms - self._open:
            self._context.metrics.late += 1
            return
        state = self._session(key, sessions, (first, last), (time_ms, time_ms), headers)[2]
        self._accumulator.add(state, key, value, time_ms)

    def _session(
        self,
        key: Key,
        sessions: list[Session],
        overlapping: tuple[int, int],
        span: tuple[int, int],
        headers: tuple[Header, ...],
    ) -> Session:
        """Return the session that events of `span` belong to, with its new bounds and noted as touched."""
        (first, last), (start, end) = overlapping, span
        if first < last:
            start, end = min(start, sessions[first][0]), max(end, sessions[last - 1][1])
        self._ranks.setdefault(key, len(self._ranks))
        if first == last:
            session: Session = [start, end, self._accumulator.initial(end), False]
            sessions.insert(first, session)
            self._store.data[key] = sessions
        else:
            session = self._joined(key, sessions, first, last, (start, end), headers)
        old = self._shown(session)
        session[2][0] = end
        self._touched[id(session)] = _Touched(key, session, headers, old)
        return session

    def _overlapping(self, sessions: list[Session], start_ms: int, end_ms: int) -> tuple[int, int]:
        """Return the range of sessions within the gap of the span from `start_ms` to `end_ms`."""
        low, high = start_ms - self._gap, end_ms + self._gap
        last = len(sessions)
        while last and sessions[last - 1][0] > high:
            last -= 1
        first = last
        while first and sessions[first - 1][1] >= low:
            first -= 1
        return first, last

    def _joined(
        self,
        key: Key,
        sessions: list[Session],
        first: int,
        last: int,
        bounds: tuple[int, int],
        headers: tuple[Header, ...],
    ) -> Session:
        """Make the sessions `first … last - 1` one with `bounds`; return it."""
        session = sessions[first]
        same = last - first == 1 and bounds == (session[0], session[1])
        if not (same and (self._context.coalesce or bounds[0] == bounds[1])):
            for old in sessions[first:last]:
                self._leave(key, old, headers)
        for other in sessions[first + 1 : last]:
            session[2] = self._accumulator.merge(session[2], other[2])
        del sessions[first + 1 : last]
        session[0], session[1] = bounds
        return session

    def _leave(self, key: Key, session: Session, headers: tuple[Header, ...]) -> None:
        """Note that a session is not shown any more under its bounds."""
        if session[3]:
            self._gone.append(_Gone(key, session[0], session[1], self._shown(session), headers))
            session[3] = False
        self._touched.pop(id(session), None)

    def _shown(self, session: Session) -> Value | None:
        """Return what is shown downstream under the session's bounds, where that is asked for."""
        if not (self._with_old and session[3]):
            return None
        touched = self._touched.get(id(session))
        return self._accumulator.result(session[2]) if touched is None else touched.old

    def flush(self) -> list[Row]:
        """Return the sessions that went, then those that came, since the last flush.

        Both by group, in the order the groups were first touched in, then by start.
        """
        out: list[Row] = []
        store, result = self._store, self._accumulator.result
        ranks = self._ranks
        for gone in sorted(self._gone, key=lambda g: (ranks[g.key], g.start_ms)):
            store.mark(gone.key, gone.start_ms)
            key = (*gone.key, gone.start_ms, gone.end_ms)
            out.append((key, None, gone.end_ms, gone.headers, gone.old))
        for touched in sorted(self._touched.values(), key=lambda t: (ranks[t.key], t.session[0])):
            group, session = touched.key, touched.session
            start, end, state, _ = session
            session[3] = True
            store.mark(group, start)
            store.register(group, end)
            out.append(((*group, start, end), result(state), end, touched.headers, touched.old))
        self._gone, self._touched, self._ranks = [], {}, {}
        store.expire(self._clock.now_ms)
        return out

    def scan(self, keys: Sequence[Key] | None) -> Iterator[TableRow]:
        """Return the sessions of `keys`, or all, that are within the retention; ascending starts."""
        data, result = self._store.data, self._accumulator.result
        oldest = self._clock.now_ms - self._store.retention_ms
        for key in list(data) if keys is None else keys:
            for start, end, state, _ in data.get(key, ()):
                if end >= oldest:
                    yield (*key, start, end), result(state), end
