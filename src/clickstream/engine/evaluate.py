"""Expressions as functions of a row: predicates, and tuples of column values.

Each function is compiled once, when a query is built. What fails on a row is reported and makes that
column NULL (a predicate false), as ksqlDB does; it never stops the query.
"""

from collections.abc import Callable, Sequence

from clickstream.engine.expressions.code import Code
from clickstream.engine.expressions.compiler import ExpressionCompiler, Report
from clickstream.engine.rows import Key, Value
from clickstream.engine.scope import Scope
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.nodes import ColumnRef, Expression
from clickstream.sql.types import SqlType

__all__ = ["Predicate", "Report", "RowFunction", "compile_predicate", "compile_tuple", "guarded"]

RowFunction = Callable[[Key, Value, int | None], Value]
Predicate = Callable[[Key, Value, int], bool]


def compile_tuple(
    scope: Scope, functions: FunctionLookup, columns: Sequence[tuple[str, Expression]], report: Report
) -> RowFunction:
    """Return the function from (key, value, time) to the values of `columns`."""
    code = Code()
    compiler = ExpressionCompiler(code, scope, functions, report)
    with code.block("def row(k, v, t)"):
        compiler.load([expression for _, expression in columns])
        atoms = [guarded(code, compiler, name, e, report) for name, e in columns]
        code.line(f"return ({''.join(f'{a}, ' for a in atoms)})")
    return code.compile("row")


def compile_predicate(
    scope: Scope, functions: FunctionLookup, predicate: Expression, report: Report
) -> Predicate:
    """Return whether `predicate` is true of a row; NULL and failures are not."""
    code = Code()
    compiler = ExpressionCompiler(code, scope, functions, report)
    with code.block("def row(k, v, t)"):
        compiler.load([predicate])
        atom = guarded(code, compiler, "WHERE", predicate, report)
        code.line(f"return {atom} is True")
    return code.compile("row")


def guarded(
    code: Code,
    compiler: ExpressionCompiler,
    name: str,
    expression: Expression,
    report: Report,
    *,
    as_type: SqlType | None = None,
) -> str:
    """Add `expression`, as a value of `as_type`; a failure is reported and gives None. Return its atom."""
    if isinstance(expression, ColumnRef) and as_type in (None, compiler.type_of(expression)):
        return compiler.emit(expression)
    result = code.name("column")
    what = f"{name}: {format_expression(expression)}"
    with code.block("try"):
        code.line(f"{result} = {compiler.emit_as(expression, as_type)}")
    with code.block("except Exception as error"):
        code.line(f"{result} = None")
        code.line(f"{code.constant(report, 'report')}({what!r}, error)")
    return result
