"""Values of expressions without columns: the values of INSERT, the keys of pull queries.

Nothing here is on a hot path; the engine compiles expressions over rows by itself.
"""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from clickstream.core.errors import SqlError
from clickstream.core.java_numbers import EXACT, fit_decimal, wrap_int, wrap_long
from clickstream.sql import nodes as n
from clickstream.sql.expression_types import ExpressionTyper
from clickstream.sql.expressions import walk
from clickstream.sql.format_expressions import format_expression
from clickstream.sql.functions.casts import cast, nullable
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.settle import settle
from clickstream.sql.types import BIGINT, DOUBLE, INTEGER, DecimalType, SqlType

__all__ = ["constant", "is_constant"]

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_NO_VALUE = (
    n.ColumnRef,
    n.LambdaFunction,
    n.Comparison,
    n.Logical,
    n.Not,
    n.IsNull,
    n.Between,
    n.InList,
    n.Like,
    n.SearchedCase,
    n.SimpleCase,
)


def is_constant(expression: n.Expression) -> bool:
    """Return whether `constant` can evaluate `expression`."""
    return not any(isinstance(node, _NO_VALUE) for node in walk(expression))


def constant(expression: n.Expression, functions: FunctionLookup) -> tuple[Any, SqlType | None]:
    """Return the value and type of an expression without columns.

    Raises: SqlError if it is not constant, or has no value.
    """
    if not is_constant(expression):
        raise SqlError("Expression is not a constant")
    settled = settle(expression, {}, functions, what="Expression")
    try:
        return _Evaluator(functions).typed(settled)
    except SqlError:
        raise
    except Exception as error:
        # A function may fail on its arguments as it likes; what it says is the statement's error.
        raise SqlError(f"Cannot compute {format_expression(expression)}: {error}") from error


class _Evaluator:
    def __init__(self, functions: FunctionLookup) -> None:
        self._functions = functions
        self._typer = ExpressionTyper({}, functions)

    def typed(self, node: n.Expression) -> tuple[Any, SqlType | None]:
        return self.value(node), self._typer.type_of(node)

    def value(self, node: n.Expression) -> Any:
        match node:
            case n.Literal(value=value):
                return value
            case n.IntervalUnit(unit=unit):
                return unit
            case n.Signed(sign=sign, operand=operand):
                inner = self.value(operand)
                if sign == "+" or inner is None:
                    return inner
                return _fit(-inner, self._typer.type_of(operand))
            case n.Arithmetic():
                return self._arithmetic(node)
            case n.Concat(left=left, right=right):
                return self._call("CONCAT", (left, right))
            case n.FunctionCall(name=name, args=args):
                return self._call(name, args)
            case n.Cast(operand=operand, type=type_):
                return self._cast(operand, type_)
            case n.ArrayConstructor(items=items):
                return [self.value(i) for i in items]
            case n.MapConstructor(entries=entries):
                return {self.value(k): self.value(v) for k, v in entries}
            case n.StructConstructor(fields=fields):
                return {name: self.value(v) for name, v in fields}
            case n.Dereference(base=base, field=field):
                inner = self.value(base)
                return None if inner is None else inner[field]
            case n.Subscript(base=base, index=index):
                return _element(self.value(base), self.value(index))
            case _:
                raise SqlError("Expression is not a constant")

    def _arithmetic(self, node: n.Arithmetic) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        result = self._typer.type_of(node)
        if left is None or right is None or result is None:
            return None
        if result == DOUBLE:
            left, right = float(left), float(right)
        elif isinstance(result, DecimalType):
            left, right = Decimal(left), Decimal(right)
        return _fit(_apply(node.op, left, right), result)

    def _cast(self, operand: n.Expression, target: SqlType) -> Any:
        value, source = self.typed(operand)
        if source is None or value is None:
            return None
        return nullable(cast(source, target))(value)

    def _call(self, name: str, args: tuple[n.Expression, ...]) -> Any:
        typed = [self.typed(a) for a in args]
        resolved = self._functions.scalar(name, [t for _, t in typed])
        values = [
            value if have is None else nullable(cast(have, want))(value)
            for (value, have), want in zip(typed, resolved.parameters, strict=True)
        ]
        return resolved.call(*values)


def _apply(op: str, left: Any, right: Any) -> Any:
    if op in _OPERATORS:
        return _OPERATORS[op](left, right)
    if not right and not isinstance(right, float):
        raise SqlError("/ by zero")
    if isinstance(left, Decimal):
        return EXACT.divide(left, right) if op == "/" else EXACT.remainder(left, right)
    if isinstance(left, float):
        return left / right if op == "/" else left % right
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return quotient if op == "/" else left - quotient * right


def _fit(value: Any, type_: SqlType | None) -> Any:
    if type_ == INTEGER:
        return wrap_int(value)
    if type_ == BIGINT:
        return wrap_long(value)
    if isinstance(type_, DecimalType):
        return fit_decimal(value, type_.precision, type_.scale)
    return value


def _element(base: Any, index: Any) -> Any:
    if base is None or index is None:
        return None
    if isinstance(base, dict):
        return base.get(index)
    place = index - 1 if index > 0 else len(base) + index
    return base[place] if index and 0 <= place < len(base) else None
