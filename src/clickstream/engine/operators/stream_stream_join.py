"""Events of two streams joined when their times are near enough.

Source: org.apache.kafka.streams.kstream.internals.KStreamKStreamJoin, KStreamJoinWindow; the meaning of
no GRACE PERIOD: JoinWindows.of, which gives unmatched events of outer joins at once, and 24 h of grace.
"""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass

from clickstream.core.records import StateChange
from clickstream.engine.context import QueryContext
from clickstream.engine.operators.join_window import JoinWindow
from clickstream.engine.rows import Key, NullKey, Row, Value
from clickstream.engine.state import Clock, pack, unpack, unpack_key
from clickstream.engine.windows import DAY_MS
from clickstream.sql.plan import StreamStreamJoin as Plan

__all__ = ["StreamStreamJoin"]

_LEFT, _RIGHT = 1, 0
"""Sides as they sort among unmatched events of one time: the right one first."""


class Unmatched:
    """Events that wait for a partner until their window closes, by time, side and key."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._order: list[tuple[int, int]] = []
        self._values: dict[tuple[int, int], dict[Key, list[Value]]] = {}
        self._dirty: dict[tuple[int, int, Key], None] = {}

    def add(self, side: int, key: Key, value: Value, time_ms: int) -> None:
        """Let an event wait."""
        place = (time_ms, side)
        keys = self._values.get(place)
        if keys is None:
            insort(self._order, place)
            keys = self._values[place] = {}
        keys.setdefault(key, []).append(value)
        self._dirty[time_ms, side, key] = None

    def matched(self, side: int, key: Key, time_ms: int) -> None:
        """Let the events of that side, key and time wait no longer."""
        keys = self._values.get((time_ms, side))
        if keys is not None and keys.pop(key, None) is not None:
            self._dirty[time_ms, side, key] = None

    def take_closed(self, closed_before: dict[int, int]) -> Iterator[tuple[int, Key, Value, int]]:
        """Remove and return (side, key, value, time) of events whose time is before their side's limit."""
        kept: list[tuple[int, int]] = []
        for place in self._order:
            time_ms, side = place
            keys = self._values[place]
            if time_ms >= closed_before[side]:
                if keys:
                    kept.append(place)
                else:
                    del self._values[place]
                continue
            del self._values[place]
            for key, values in keys.items():
                self._dirty[time_ms, side, key] = None
                for value in values:
                    yield side, key, value, time_ms
        self._order = kept

    def changes(self) -> Iterator[StateChange]:
        """Return what changed since the last call."""
        dirty, self._dirty = self._dirty, {}
        for time_ms, side, key in dirty:
            values = self._values.get((time_ms, side), {}).get(key)
            yield self.name, pack([time_ms, side, *key]), None if values is None else pack(values)

    def restore(self, key: bytes, value: bytes) -> None:
        """Put back waiting events."""
        time_ms, side, *inner = unpack_key(key)
        for item in unpack(value):
            self.add(side, tuple(inner), tuple(item), time_ms)
        self._dirty.clear()


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far a side looks for partners, and whether its unmatched events count."""

    side: int
    before_ms: int
    after_ms: int
    outer: bool


class StreamStreamJoin:
    """`left` and `right` are the stages of the two sides."""

    def __init__(self, context: QueryContext, plan: Plan, left_columns: int, right_columns: int) -> None:
        before, after = plan.before_ms, plan.after_ms
        grace = max(DAY_MS - before - after, 0) if plan.grace_ms is None else plan.grace_ms
        retention = before + after + grace
        self._grace = grace
        self._windows = {
            _LEFT: context.keep(JoinWindow("join-left", retention)),
            _RIGHT: context.keep(JoinWindow("join-right", retention)),
        }
        self._clock = context.keep(Clock("join-time"))
        outer = plan.join != "INNER"
        self._unmatched: Unmatched | None = None
        if outer and plan.grace_ms is not None:
            self._unmatched = context.keep(Unmatched("join-unmatched"))
        self._missing = {_LEFT: (None,) * left_columns, _RIGHT: (None,) * right_columns}
        left = _Reach(_LEFT, before, after, outer=plan.join in ("LEFT", "OUTER"))
        right = _Reach(_RIGHT, after, before, outer=plan.join in ("RIGHT", "OUTER"))
        self._reach = {_LEFT: left, _RIGHT: right}
        self.left = _Side(self, left)
        self.right = _Side(self, right)

    def meet(self, reach: _Reach, row: Row, out: list[Row]) -> None:
        """Join one event of a side with the other's; append the results to `out`."""
        key, value, time_ms, headers = row
        if value is None or key.__class__ is NullKey:
            return
        self._windows[reach.side].put(key, value, time_ms)
        self._clock.now_ms = max(self._clock.now_ms, time_ms)
        if time_ms == self._clock.now_ms:
            self._emit_closed(row, out)
        other = 1 - reach.side
        low, high = max(0, time_ms - reach.before_ms), max(0, time_ms + reach.after_ms)
        found = False
        for other_ms, partner in self._windows[other].fetch(key, low, high):
            found = True
            if self._unmatched is not None:
                self._unmatched.matched(other, key, other_ms)
            out.append((key, self._pair(reach.side, value, partner), max(time_ms, other_ms), headers))
        if not found and reach.outer:
            self._alone(reach, row, high, out)

    def _alone(self, reach: _Reach, row: Row, high_ms: int, out: list[Row]) -> None:
        """Give an event without a partner at once, or let it wait until its window closes."""
        key, value, time_ms, headers = row
        if self._unmatched is None or high_ms < self._clock.now_ms:
            missing = self._missing[1 - reach.side]
            out.append((key, self._pair(reach.side, value, missing), time_ms, headers))
        else:
            self._unmatched.add(reach.side, key, value, time_ms)

    def _pair(self, side: int, value: Value, partner: Value) -> Value:
        return value + partner if side == _LEFT else partner + value

    def _emit_closed(self, row: Row, out: list[Row]) -> None:
        if self._unmatched is None:
            return
        now = self._clock.now_ms - self._grace
        limits = {side: now - reach.after_ms for side, reach in self._reach.items()}
        for side, key, value, time_ms in self._unmatched.take_closed(limits):
            out.append((key, self._pair(side, value, self._missing[1 - side]), time_ms, row[3]))


class _Side:
    """The stage of one side."""

    def __init__(self, join: StreamStreamJoin, reach: _Reach) -> None:
        self._join = join
        self._reach = reach

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the joined rows that `rows` cause."""
        out: list[Row] = []
        for row in rows:
            self._join.meet(self._reach, row, out)
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
