"""The aggregates of one GROUP BY as one state: `[time_ms, column…, aggregate…]`.

`columns` are copied from the latest row, the aggregates follow in order. The state is a list that is
changed in place; `result` gives the value tuple that is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.engine.columns.functions import Argument, compile_column
from clickstream.engine.columns.reductions import Reduction, copying, reduction
from clickstream.engine.evaluate import Report, guarded
from clickstream.engine.expressions.code import Code
from clickstream.engine.expressions.compiler import ExpressionCompiler
from clickstream.engine.rows import Key, Value
from clickstream.engine.scope import Scope
from clickstream.sql.expression_types import ExpressionTyper, resolve_aggregate
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.functions.resolved import ResolvedAggregate
from clickstream.sql.nodes import Expression, FunctionCall
from clickstream.sql.types import SqlType

__all__ = ["Accumulator", "Aggregates", "State"]

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


class Aggregates:
    """Columns and calls of one aggregation over rows of `scope` (which are keyed by their group)."""

    def __init__(
        self,
        scope: Scope,
        functions: FunctionLookup,
        columns: Sequence[tuple[str, Expression]],
        calls: Sequence[tuple[str, FunctionCall]],
        report: Report,
    ) -> None:
        self._scope = scope
        self._functions = functions
        self._columns = columns
        self._report = report
        typer = ExpressionTyper(scope.types, functions)
        self._typer = typer
        self._resolved = [resolve_aggregate(functions, c, typer.argument_types(c)) for _, c in calls]
        self._arguments = [
            list(call.args[: len(resolved.parameters)])
            for (_, call), resolved in zip(calls, self._resolved, strict=True)
        ]

    def accumulator(self) -> Accumulator:
        """Return the compiled functions on a state."""
        can_undo = all(a.undo is not None for a in self._resolved)
        return Accumulator(
            initial=self._initial(),
            add=self._step(undo=False),
            undo=self._step(undo=True) if can_undo else None,
            merge=self._merge(),
            result=self._result(),
        )

    # ----------------------------------------------------------------------- parts of compiled code

    def emit_values(self, code: Code) -> list[list[str]]:
        """Add the lines that compute columns and arguments of the row k, v, t; return their atoms."""
        compiler = ExpressionCompiler(code, self._scope, self._functions, self._report)
        compiler.load([e for _, e in self._columns] + [a for args in self._arguments for a in args])
        values = [[guarded(code, compiler, name, e, self._report)] for name, e in self._columns]
        for arguments, aggregate in zip(self._arguments, self._resolved, strict=True):
            values.append(
                [
                    guarded(code, compiler, aggregate.name, argument, self._report, as_type=type_)
                    for argument, type_ in zip(arguments, aggregate.parameters, strict=True)
                ]
            )
        return values

    def emit_apply(self, code: Code, values: list[list[str]], *, undo: bool = False) -> None:
        """Add the lines that take `values` into the state s, or back out of it."""
        for place, atoms in enumerate(values, start=1):
            state = f"s[{place}]"
            if place <= len(self._columns):
                code.line(f"{state} = {atoms[0]}")
                continue
            aggregate = self._resolved[place - 1 - len(self._columns)]
            if aggregate.inline and not undo:
                code.line(f"{state} = {aggregate.inline.format(*atoms, state=state)}")
                continue
            function = code.constant(aggregate.undo if undo else aggregate.add, "f")
            with code.block("try"):
                code.line(f"{state} = {function}({', '.join([state, *atoms])})")
            with code.block("except Exception as error"):
                code.line(f"{code.constant(self._report, 'report')}({aggregate.name!r}, error)")

    def emit_initial(self, code: Code) -> str:
        """Return the expression of an empty state at time t."""
        parts = ["t"] + ["None"] * len(self._columns)
        for aggregate in self._resolved:
            empty = aggregate.initial()
            if empty is None or empty.__class__ in (int, float, bool, str):
                parts.append(repr(empty))
            else:
                parts.append(f"{code.constant(aggregate.initial, 'f')}()")
        return f"[{', '.join(parts)}]"

    def emit_fold(self, code: Code, parts: Sequence[str]) -> None:
        """Add the lines that take partial results, one atom a column and aggregate, into the state s."""
        for place, part in enumerate(parts, start=1):
            state = f"s[{place}]"
            if place <= len(self._columns):
                code.line(f"{state} = {part}")
                continue
            aggregate = self._resolved[place - 1 - len(self._columns)]
            if aggregate.name == "COUNT":
                code.line(f"{state} += {part}")
            else:
                code.line(f"{state} = {code.constant(aggregate.merge, 'f')}({state}, {part})")

    def fold(self) -> Callable[..., None]:
        """Return the function that takes partial results into a state: `(state, *parts)`."""
        code = Code()
        parts = [f"p{i}" for i in range(len(self._columns) + len(self._resolved))]
        with code.block(f"def fold(s{''.join(f', {part}' for part in parts)})"):
            self.emit_fold(code, parts)
            code.line("return None")
        return code.compile("fold")

    # ----------------------------------------------------------------------- on columns

    def reductions(self) -> list[Reduction] | None:
        """Return how columns and calls are reduced on a batch, None if one of them is not."""
        made: list[Reduction | None] = []
        for _, expression in self._columns:
            argument = self._argument(expression, None)
            made.append(None if argument is None else copying(argument))
        for expressions, aggregate in zip(self._arguments, self._resolved, strict=True):
            arguments = [
                self._argument(e, type_) for e, type_ in zip(expressions, aggregate.parameters, strict=True)
            ]
            found = [a for a in arguments if a is not None]
            made.append(reduction(aggregate, found) if len(found) == len(arguments) else None)
        done = [r for r in made if r is not None]
        return done if len(done) == len(made) else None

    def _argument(self, expression: Expression, as_type: SqlType | None) -> Argument | None:
        """Return the column function of an argument whose values need no conversion."""
        type_ = self._typer.type_of(expression)
        if type_ is None or not (as_type is None or as_type == type_ or _widens(type_, as_type)):
            return None
        return compile_column(self._scope, self._functions, expression)

    # ----------------------------------------------------------------------- functions on a state

    def _initial(self) -> Callable[[int], State]:
        code = Code()
        with code.block("def initial(t)"):
            code.line(f"return {self.emit_initial(code)}")
        return code.compile("initial")

    def _step(self, *, undo: bool) -> Step:
        code = Code()
        with code.block("def step(s, k, v, t)"):
            self.emit_apply(code, self.emit_values(code), undo=undo)
            code.line("return None")
        return code.compile("step")

    def _merge(self) -> Callable[[State, State], State]:
        mergers = [self._kept_where_it_fails(a) for a in self._resolved]
        first = len(self._columns) + 1

        def merge(a: State, b: State) -> State:
            copied = [y if x is None else x for x, y in zip(a[1:first], b[1:first], strict=True)]
            merged = [join(x, y) for join, x, y in zip(mergers, a[first:], b[first:], strict=True)]
            return [max(a[_TIME], b[_TIME]), *copied, *merged]

        return merge

    def _kept_where_it_fails(self, aggregate: ResolvedAggregate) -> Callable[[Any, Any], Any]:
        """Return the aggregate's merging of two states; where it fails the first one stays."""
        join, report = aggregate.merge, self._report

        def merge(one: Any, other: Any) -> Any:
            try:
                return join(one, other)
            except Exception as error:
                report(f"merging {aggregate.name}", error)
                return one

        return merge

    def _result(self) -> Callable[[State], Value]:
        """Return the values that a state shows; one that cannot be made is NULL."""
        code = Code()
        report = code.constant(self._report, "report")
        with code.block("def result(s)"):
            parts = [f"s[{place}], " for place in range(1, len(self._columns) + 1)]
            for place, aggregate in enumerate(self._resolved, start=len(self._columns) + 1):
                if aggregate.shows_state:
                    parts.append(f"s[{place}], ")
                    continue
                show, shown = code.constant(aggregate.result, "f"), code.name("shown")
                with code.block("try"):
                    code.line(f"{shown} = {show}(s[{place}])")
                with code.block("except Exception as error"):
                    code.line(f"{shown} = None")
                    code.line(f"{report}({aggregate.name!r}, error)")
                parts.append(f"{shown}, ")
            code.line(f"return ({''.join(parts)})")
        return code.compile("result")


def _widens(type_: SqlType, to: SqlType) -> bool:
    return type_.base == "INTEGER" and to.base == "BIGINT"
