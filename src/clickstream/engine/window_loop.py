"""The inner loop of windowed aggregates, compiled for one query.

It is the hottest code of the engine: a row of a hopping window touches as many windows as the size holds
advances. So group, arguments and the aggregates' steps stand inside one loop instead of behind calls.
"""

from collections.abc import Callable, Sequence
from typing import Any

from clickstream.engine.aggregates import Aggregates
from clickstream.engine.evaluate import Report, guarded
from clickstream.engine.expressions.code import Code
from clickstream.engine.expressions.compiler import ExpressionCompiler
from clickstream.engine.scope import Scope
from clickstream.engine.serde.hashable import hashable
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.nodes import Expression

__all__ = ["WindowLoop", "compile_window_loop"]

WindowLoop = Callable[[list[Any], Any, Any, Any, int], tuple[int, int]]
"""`(rows, store, touched, before, stream_time) -> (stream_time, late)`.

`store` is a WindowStore; `touched[group][start]` gets the headers of the last row; `before(group, start,
state)` is called before a window changes first, unless it is None.
"""


def compile_window_loop(
    scope: Scope,
    functions: FunctionLookup,
    keys: Sequence[tuple[str, Expression]],
    aggregates: Aggregates,
    report: Report,
    *,
    size_ms: int,
    advance_ms: int,
    grace_ms: int,
    freeze: bool,
) -> WindowLoop:
    """Return the loop over rows of `scope`, grouped by `keys`."""
    code = Code()
    with code.block("def take(rows, store, touched, before, now)"):
        code.line("late = 0")
        code.line("data, register = store.data, store.register")
        with code.block("for k, v, t, h in rows"):
            _emit_group(code, ExpressionCompiler(code, scope, functions, report), keys, report, freeze=freeze)
            with code.block("if t > now"):
                code.line("now = t")
            _emit_range(code, size_ms, advance_ms, grace_ms)
            values = aggregates.emit_values(code)
            _emit_lookup(code, "windows", "data")
            _emit_lookup(code, "marks", "touched")
            header = f"for at in range(start, t + 1, {advance_ms})"
            with code.block(header if size_ms > advance_ms else "for at in (start,)"):
                _emit_window(code, aggregates, values)
        code.line("return now, late")
    return code.compile("take")


def _emit_group(
    code: Code,
    compiler: ExpressionCompiler,
    keys: Sequence[tuple[str, Expression]],
    report: Report,
    *,
    freeze: bool,
) -> None:
    """Skip rows without value or group; make the group the row's key."""
    with code.block("if v is None"):
        code.line("continue")
    compiler.load([e for _, e in keys])
    atoms = [guarded(code, compiler, name, e, report) for name, e in keys]
    tests = [f"{atom} is None" for atom in atoms]
    if tests:
        with code.block(f"if {' or '.join(tests)}"):
            code.line("continue")
    if freeze:
        frozen = code.constant(hashable)
        atoms = [f"{frozen}({atom})" for atom in atoms]
    code.line(f"k = ({''.join(f'{atom}, ' for atom in atoms)})")


def _emit_range(code: Code, size_ms: int, advance_ms: int, grace_ms: int) -> None:
    """Find the first window of the row that is still open; skip the row if there is none."""
    if size_ms > advance_ms:
        code.line(f"start = t - {size_ms - advance_ms}")
        code.line(f"start = start - start % {advance_ms} if start > 0 else 0")
    else:
        code.line(f"start = t - t % {advance_ms}")
    code.line(f"closed = now - {size_ms + grace_ms}")
    with code.block("if start <= closed"):
        code.line("last = closed if closed < t else t")
        code.line(f"first = last - last % {advance_ms} + {advance_ms}")
        code.line(f"late += (first - start) // {advance_ms}")
        code.line("start = first")
        with code.block("if start > t"):
            code.line("continue")


def _emit_lookup(code: Code, name: str, table: str) -> None:
    code.line(f"{name} = {table}.get(k)")
    with code.block(f"if {name} is None"):
        code.line(f"{name} = {table}[k] = {{}}")


def _emit_window(code: Code, aggregates: Aggregates, values: list[list[str]]) -> None:
    """Take the row into the window that starts at `at`."""
    code.line("s = windows.get(at)")
    with code.block("if s is None"):
        code.line(f"s = windows[at] = {aggregates.emit_initial(code)}")
        code.line("register(k, at)")
    with code.block("else"):
        with code.block("if before is not None and at not in marks"):
            code.line("before(k, at, s)")
        with code.block("if t > s[0]"):
            code.line("s[0] = t")
    aggregates.emit_apply(code, values)
    code.line("marks[at] = h")
