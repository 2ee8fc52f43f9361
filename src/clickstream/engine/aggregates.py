"""The aggregates of one GROUP BY as one state: `[time_ms, column…, aggregate…]`.

`columns` are copied from the latest row, the aggregates follow in order. The state is a list that is
changed in place; `result` gives the value tuple that is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.engine.evaluate import Report, guarded
from clickstream.engine.expressions.code import Code
from clickstream.engine.expressions.compiler import ExpressionCompiler
from clickstream.engine.rows import Key, Value
from clickstream.engine.scope import Scope
from clickstream.sql.expression_types import ExpressionTyper, resolve_aggregate
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.functions.resolved import ResolvedAggregate
from clickstream.sql.nodes import Expression, FunctionCall

__all__ = ["Accumulator", "State", "compile_accumulator"]

State = list[Any]
Step = Callable[[State, Key, Value, int], None]

_TIME = 0
"""Place of the time in a state."""


@dataclass(frozen=True, slots=True)
class Accumulator:
    """What the aggregate operators do with a state; `undo` is None if an aggregate has none."""

    initial: Callable[[int], State]
    add: Step
    undo: Step | None
    merge: Callable[[State, State], State]
    result: Callable[[State], Value]


def compile_accumulator(
    scope: Scope,
    functions: FunctionLookup,
    columns: Sequence[tuple[str, Expression]],
    calls: Sequence[tuple[str, FunctionCall]],
    report: Report,
) -> Accumulator:
    """Return the accumulator of `columns` and `calls` over rows of `scope`."""
    typer = ExpressionTyper(scope.types, functions)
    resolved = [resolve_aggregate(functions, call, typer.argument_types(call)) for _, call in calls]
    undo = None
    if all(a.undo is not None for a in resolved):
        undo = _compile_step(scope, functions, columns, calls, resolved, report, undo=True)
    return Accumulator(
        initial=_initial(len(columns), resolved),
        add=_compile_step(scope, functions, columns, calls, resolved, report, undo=False),
        undo=undo,
        merge=_merge(len(columns), resolved),
        result=_compile_result(len(columns), resolved),
    )


def _initial(columns: int, resolved: Sequence[ResolvedAggregate]) -> Callable[[int], State]:
    makers = [a.initial for a in resolved]
    blank = [None] * columns
    if len(makers) == 1 and not columns:
        only = makers[0]
        return lambda time_ms: [time_ms, only()]
    return lambda time_ms: [time_ms, *blank, *(make() for make in makers)]


def _compile_step(
    scope: Scope,
    functions: FunctionLookup,
    columns: Sequence[tuple[str, Expression]],
    calls: Sequence[tuple[str, FunctionCall]],
    resolved: Sequence[ResolvedAggregate],
    report: Report,
    *,
    undo: bool,
) -> Step:
    """Return the function that takes one row into a state, or back out of it."""
    code = Code()
    compiler = ExpressionCompiler(code, scope, functions)
    arguments = [list(c.args[: len(a.parameters)]) for (_, c), a in zip(calls, resolved, strict=True)]
    with code.block("def step(s, k, v, t)"):
        compiler.load([e for _, e in columns] + [e for args in arguments for e in args])
        for place, (name, expression) in enumerate(columns, start=1):
            code.line(f"s[{place}] = {guarded(code, compiler, name, expression, report)}")
        places = range(len(columns) + 1, len(columns) + 1 + len(calls))
        for place, args, aggregate in zip(places, arguments, resolved, strict=True):
            atoms = [
                guarded(code, compiler, aggregate.name, argument, report, as_type=parameter)
                for argument, parameter in zip(args, aggregate.parameters, strict=True)
            ]
            apply = code.constant(aggregate.undo if undo else aggregate.add, "f")
            code.line(f"s[{place}] = {apply}({', '.join([f's[{place}]', *atoms])})")
    return code.compile("step")


def _merge(columns: int, resolved: Sequence[ResolvedAggregate]) -> Callable[[State, State], State]:
    mergers = [a.merge for a in resolved]
    first = columns + 1

    def merge(a: State, b: State) -> State:
        copied = [y if x is None else x for x, y in zip(a[1:first], b[1:first], strict=True)]
        merged = [join(x, y) for join, x, y in zip(mergers, a[first:], b[first:], strict=True)]
        return [max(a[_TIME], b[_TIME]), *copied, *merged]

    return merge


def _compile_result(columns: int, resolved: Sequence[ResolvedAggregate]) -> Callable[[State], Value]:
    code = Code()
    with code.block("def result(s)"):
        parts = [f"s[{place}], " for place in range(1, columns + 1)]
        for place, aggregate in enumerate(resolved, start=columns + 1):
            show = code.constant(aggregate.result, "f")
            parts.append(f"s[{place}], " if is_shown_as_is(aggregate) else f"{show}(s[{place}]), ")
        code.line(f"return ({''.join(parts)})")
    return code.compile("result")


def is_shown_as_is(aggregate: ResolvedAggregate) -> bool:
    """Return whether the state is the result, so that the call can be saved."""
    return getattr(aggregate.result, "shows_state", False) is True
