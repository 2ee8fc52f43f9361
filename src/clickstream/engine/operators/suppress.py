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

    def process(self, rows: list[Row]) -> list[Row]:
        """Take changes in; return the rows of windows that have closed, oldest first."""
        put = self._store.put
        for key, value, time_ms, _, _ in rows:
            put(key, None if value is None else (value, time_ms))
        headers = rows[-1][3] if rows else ()
        latest = max((key[-2] for key in self._store.data), default=0)
        closed = [key for key in self._store.data if self._is_closed(key)]
        closed.sort(key=lambda key: key[-1] if self._gap is not None else key[-2])
        out: list[Row] = []
        for key in closed:
            value, time_ms = self._store.data[key]
            put(key, None)
            if self._gap is not None or key[-2] >= latest - self._kept_ms:
                out.append((key, value, time_ms, headers, None))
        return out

    def _is_closed(self, key: Key) -> bool:
        now = self._clock.now_ms - self._grace
        end: int = key[-1]
        return end < now - self._gap if self._gap is not None else end <= now

    def flush(self) -> list[Row]:
        """Nothing is held back beyond what waits for its window."""
        return []
