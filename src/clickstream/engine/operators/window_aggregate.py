"""Aggregates over tumbling and hopping windows.

Source: org.apache.kafka.streams.kstream.internals.KStreamWindowAggregate.
"""

from collections.abc import Iterator, Sequence

from clickstream.core.records import Header
from clickstream.engine.aggregates import Accumulator, State
from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.window_fold import WindowFold
from clickstream.engine.context import QueryContext
from clickstream.engine.operators.window_store import WindowStore
from clickstream.engine.rows import Key, Row, TableRow, Value
from clickstream.engine.state import Clock
from clickstream.engine.window_loop import WindowLoop
from clickstream.engine.windows import retention_ms
from clickstream.sql.plan import WindowSpec

__all__ = ["WindowAggregate"]


class WindowAggregate:
    """One state per group and window. Rows that leave have the window's bounds at the end of the key.

    A window is closed, and takes no row, once its end plus grace is not after stream time.
    """

    def __init__(
        self,
        context: QueryContext,
        accumulator: Accumulator,
        loop: WindowLoop,
        spec: WindowSpec,
        *,
        with_old: bool,
        by_column: WindowFold | None = None,
    ) -> None:
        self._by_column = by_column
        self._context = context
        self._loop = loop
        self._accumulator = accumulator
        self._size = spec.size_ms
        self._with_old = with_old
        self._store = context.keep(WindowStore("window", retention_ms(spec)))
        self._clock = context.keep(Clock("window-time"))
        self._touched: dict[Key, dict[int, tuple[Header, ...]]] = {}
        self._before: dict[tuple[Key, int], Value] = {}

    @property
    def clock(self) -> Clock:
        """Stream time of this stage."""
        return self._clock

    def process(self, rows: list[Row]) -> list[Row]:
        """Take `rows` in; return the changes, or hold them back while coalescing."""
        if not self._context.coalesce:
            return [changed for row in rows for changed in self._one(row)]
        self._many(rows)
        return []

    def process_columns(self, batch: Batch) -> list[Row] | None:
        """Take `batch` in, as `process` does."""
        if self._by_column is None or not (self._context.coalesce or len(batch) == 1):
            return None
        found = self._by_column.reduce(batch, self._clock.now_ms)
        if found is None:
            return None
        self._by_column.fold(found, self._store, self._touched, self._note if self._with_old else None)
        self._clock.now_ms = found.latest_ms
        return [] if self._context.coalesce else self.flush()

    def _one(self, row: Row) -> list[Row]:
        self._many([row])
        return self.flush()

    def _many(self, rows: list[Row]) -> None:
        before = self._note if self._with_old else None
        now, late = self._loop(rows, self._store, self._touched, before, self._clock.now_ms)
        self._clock.now_ms = now
        self._context.metrics.late += late

    def _note(self, key: Key, start_ms: int, state: State) -> None:
        self._before[key, start_ms] = self._accumulator.result(state)

    def flush(self) -> list[Row]:
        """Return each window touched since the last flush once, and remove what is too old.

        Groups come in the order they were first touched in, each one's windows by their start.
        """
        out: list[Row] = []
        size, result, data, before = self._size, self._accumulator.result, self._store.data, self._before
        dirty = self._store.dirty
        for key, marks in self._touched.items():
            windows = data[key]
            starts = sorted(marks) if len(marks) > 1 else list(marks)
            states = [windows[start] for start in starts]
            out += [
                (
                    (*key, start, start + size),
                    result(state),
                    state[0],
                    marks[start],
                    before.get((key, start)) if before else None,
                )
                for start, state in zip(starts, states)  # noqa: B905 — hot
            ]
            if key in dirty:
                dirty[key].update(dict.fromkeys(starts))
            else:
                dirty[key] = dict.fromkeys(starts)
        self._touched = {}
        self._before = {}
        self._store.expire(self._clock.now_ms)
        return out

    def scan(self, keys: Sequence[Key] | None) -> Iterator[TableRow]:
        """Return the windows of `keys`, or all, that are within the retention; ascending starts."""
        data, result, size = self._store.data, self._accumulator.result, self._size
        oldest = self._clock.now_ms - self._store.retention_ms
        for key in list(data) if keys is None else keys:
            windows = data.get(key, {})
            for start in sorted(windows):
                if start > oldest:
                    state = windows[start]
                    yield (*key, start, start + size), result(state), state[0]
