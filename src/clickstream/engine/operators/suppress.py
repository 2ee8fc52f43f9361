"""EMIT FINAL: each window's row once, when the window has closed.

Source: org.apache.kafka.streams.kstream.internals.KStreamWindowAggregate and
KStreamSessionWindowAggregate with EmitStrategy.onWindowClose.
"""

from collections.abc import Iterator
from heapq import heappop, heappush

from clickstream.engine.context import QueryContext
from clickstream.engine.operators.table_state import load_row
from clickstream.engine.rows import Key, Row, Value, in_order
from clickstream.engine.state import Clock, KeyedStore
from clickstream.engine.windows import grace_ms
from clickstream.sql.plan import WindowSpec

__all__ = ["Suppress"]


class Suppress:
    """Holds the rows of open windows. `clock` is the aggregate's stream time.

    A time window that starts more than its size and grace before the latest one has left the store by
    the time it closes, and never shows.
    """

    def __init__(self, context: QueryContext, clock: Clock, spec: WindowSpec) -> None:
        self._store = context.keep(KeyedStore("suppress", load_row))
        self._clock = clock
        self._grace = grace_ms(spec)
        self._gap = spec.size_ms if spec.kind == "SESSION" else None
        self._kept_ms = spec.size_ms + self._grace
        self._latest_start_ms = -1
        self._by_end: dict[int, dict[Key, None]] = {}
        self._ends: list[int] = []
        self._indexed = False

    def process(self, rows: list[Row]) -> list[Row]:
        """Take changes in; return the rows of windows that have closed, oldest first."""
        if not self._indexed:
            self._index()
        for key, value, time_ms, _, _ in rows:
            self._store.put(key, None if value is None else (value, time_ms))
            self._note(key)
        headers = rows[-1][3] if rows else ()
        return [(key, *row, headers, None) for key, row in self._take_closed()]

    def _index(self) -> None:
        """List what was restored."""
        self._indexed = True
        for key in self._store.data:
            self._note(key)

    def _note(self, key: Key) -> None:
        start, end = key[-2:]
        self._latest_start_ms = max(self._latest_start_ms, start)
        keys = self._by_end.get(end)
        if keys is None:
            keys = self._by_end[end] = {}
            heappush(self._ends, end)
        keys[key] = None

    def _take_closed(self) -> Iterator[tuple[Key, tuple[Value, int]]]:
        """Remove and return the rows whose window has closed and is still kept."""
        now = self._clock.now_ms - self._grace
        last_end = now if self._gap is None else now - self._gap - 1
        while self._ends and self._ends[0] <= last_end:
            for key in in_order(self._by_end.pop(heappop(self._ends))):
                row = self._store.data.get(key)
                if row is None:
                    continue
                self._store.put(key, None)
                if self._gap is not None or key[-2] >= self._latest_start_ms - self._kept_ms:
                    yield key, row

    def flush(self) -> list[Row]:
        """Nothing is held back beyond what waits for its window."""
        return []
