"""Time windows on columns: partial results of a batch's windows, folded into the windows' states."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.engine.aggregates import Aggregates
from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.groups import ColumnGrouping
from clickstream.engine.columns.panes import Panes
from clickstream.engine.columns.reductions import Reduction
from clickstream.engine.expressions.code import Code
from clickstream.engine.rows import Key

__all__ = ["WindowFold", "WindowPartials"]


@dataclass(frozen=True, slots=True)
class WindowPartials:
    """What a batch brings to the windows it touches: group by group as they appear, ascending starts."""

    keys: list[Key]
    groups: list[int]
    starts: list[int]
    times: list[int]
    parts: list[list[Any]]
    latest_ms: int


class WindowFold:
    """`reduce` a batch to partial results, then `fold(partials, store, touched, before)`.

    `before` is as in `window_loop.py`.
    """

    def __init__(
        self,
        grouping: ColumnGrouping,
        reductions: Sequence[Reduction],
        aggregates: Aggregates,
        *,
        size_ms: int,
        advance_ms: int,
        grace_ms: int,
    ) -> None:
        self._grouping = grouping
        self._reductions = reductions
        self._size, self._advance, self._grace = size_ms, advance_ms, grace_ms
        self.fold = _compile_fold(aggregates, len(reductions))

    def reduce(self, batch: Batch, now_ms: int) -> WindowPartials | None:
        """Return the partial results, None if the rows have to be looked at one by one.

        That is so where a window might be closed, or begin before time 0.
        """
        groups = self._grouping(batch)
        if groups is None:
            return None
        batch = groups.batch
        if not len(batch):
            return WindowPartials([], [], [], [], [], now_ms)
        latest, earliest = max(int(batch.times.max()), now_ms), int(batch.times.min())
        start = earliest - self._size + 1
        if start < 0 or start - self._advance <= latest - self._size - self._grace:
            return None
        panes = Panes.of(groups, self._size, self._advance)
        if panes is None:
            return None
        partials = [reduce(batch, panes.cells) for reduce in self._reductions]
        found, group, starts = panes.touched()
        parts = [p.values(panes.spread, found) for p in partials if p is not None]
        if len(parts) < len(partials):
            return None
        times: list[int] = panes.latest_ms(batch.times)[found].tolist()
        return WindowPartials(groups.keys, group, starts, times, parts, latest)


def _compile_fold(aggregates: Aggregates, count: int) -> Callable[[WindowPartials, Any, Any, Any], None]:
    """Return the loop over windows; as in `window_loop.py` everything stands inside it."""
    code = Code()
    parts = [f"p{i}" for i in range(count)]
    with code.block("def fold(found, store, touched, before)"):
        code.line("data, register, keys, last = store.data, store.register, found.keys, -1")
        names = "".join(f", {part}" for part in parts)
        source = "zip(found.groups, found.starts, found.times, *found.parts)"
        with code.block(f"for group, at, t{names} in {source}"):
            with code.block("if group != last"):
                code.line("last, k = group, keys[group]")
                for name, table in (("windows", "data"), ("marks", "touched")):
                    code.line(f"{name} = {table}.get(k)")
                    with code.block(f"if {name} is None"):
                        code.line(f"{name} = {table}[k] = {{}}")
            code.line("s = windows.get(at)")
            with code.block("if s is None"):
                code.line(f"s = windows[at] = {aggregates.emit_initial(code)}")
                code.line("register(k, at)")
            with code.block("else"):
                with code.block("if before is not None and at not in marks"):
                    code.line("before(k, at, s)")
                with code.block("if t > s[0]"):
                    code.line("s[0] = t")
            aggregates.emit_fold(code, parts)
            code.line("marks[at] = ()")
    return code.compile("fold")
