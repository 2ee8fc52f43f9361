"""EMIT FINAL: each window's row once, when the window has closed.

Source: org.apache.kafka.streams.kstream.internals.KStreamWindowAggregate and
KStreamSessionWindowAggregate with EmitStrategy.onWindowClose.
"""

from clickstream.engine.context import QueryContext
from clickstream.engine.operators.table_state import load_row
from clickstream.engine.rows import Key, Row
from clickstream.engine.state import Clock, KeyedStore
from clickstream.engine.windows import grace_ms
from clickstream.sql.plan import WindowSpec

__all__ = ["Suppress"]


class Suppress:
    """Holds the rows of open windows. `clock` is the aggregate's stream time."""

    def __init__(self, context: QueryContext, clock: Clock, spec: WindowSpec) -> None:
        self._store = context.keep(KeyedStore("suppress", load_row))
        self._clock = clock
        self._grace = grace_ms(spec)
        self._gap = spec.size_ms if spec.kind == "SESSION" else None
        self._next_close = 0

    def process(self, rows: list[Row]) -> list[Row]:
        """Take changes in; return the rows of windows that have closed, oldest first."""
        put = self._store.put
        for key, value, time_ms, _, _ in rows:
            put(key, None if value is None else (value, time_ms))
        headers = rows[-1][3] if rows else ()
        closed = [key for key in self._store.data if self._is_closed(key)]
        closed.sort(key=lambda key: key[-1] if self._gap is not None else key[-2])
        out: list[Row] = []
        for key in closed:
            value, time_ms = self._store.data[key]
            put(key, None)
            out.append((key, value, time_ms, headers, None))
        return out

    def _is_closed(self, key: Key) -> bool:
        now = self._clock.now_ms - self._grace
        return key[-1] < now - self._gap if self._gap is not None else key[-1] <= now

    def flush(self) -> list[Row]:
        """Nothing is held back beyond what waits for its window."""
        return []
