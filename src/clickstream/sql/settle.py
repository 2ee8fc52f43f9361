"""Expressions as the engine runs them: implicit casts written out, what cannot run refused.

ksqlDB finds these errors when it compiles an expression, after planning; their messages name the
place: `Invalid Predicate: …`.
Source: ksqldb-execution …/codegen/CodeGenRunner.java, SqlToJavaVisitor.java — which checks come here.
"""

from collections.abc import Mapping

from clickstream.core.errors import SqlError, TypeMismatch
from clickstream.sql import nodes as n
from clickstream.sql.coercion import coerce, common_type
from clickstream.sql.expression_types import ExpressionTyper, can_compare, cannot_compare
from clickstream.sql.expressions import rewrite
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.lambda_types import lambda_inputs
from clickstream.sql.schema import LogicalSchema
from clickstream.sql.types import BOOLEAN, STRING, SqlType

__all__ = ["check_boolean", "describe_schema", "settle"]

_TIMES = frozenset({"DATE", "TIME", "TIMESTAMP"})


def settle(
    expression: n.Expression,
    columns: Mapping[str, SqlType],
    functions: FunctionLookup,
    *,
    what: str,
    schema: LogicalSchema | None = None,
) -> n.Expression:
    """Return `expression` with its implicit casts written out.

    `what` names the use in errors: Predicate, Select, SelectKey.
    Raises: SqlError beginning `Invalid {what}: `.
    """
    try:
        return _Settler(ExpressionTyper(columns, functions)).settle(expression)
    except SqlError as error:
        text = format_expression(expression)
        detail = f". expression: {text}"
        if schema is not None:
            detail += f", schema:{describe_schema(schema)}"
        # The real server shows the expression in the statement's place: golden/rest/ksql/059.
        raise type(error)(f"Invalid {what}: {error.message}{detail}", statement=text) from None


def describe_schema(schema: LogicalSchema) -> str:
    """Return a schema as ksqlDB's messages show it: ``` `K` INTEGER KEY, `V` STRING ```."""
    keys = [f"`{c.name}` {c.type} KEY" for c in schema.key]
    return ", ".join([*keys, *(f"`{c.name}` {c.type}" for c in schema.value)])


class _Settler:
    def __init__(self, typer: ExpressionTyper) -> None:
        self._typer = typer

    def settle(self, expression: n.Expression) -> n.Expression:
        self._typer.type_of(expression)
        return rewrite(expression, self._replace)

    def _replace(self, node: n.Expression) -> n.Expression | None:
        match node:
            case n.InList():
                return self._in_list(node)
            case n.ArrayConstructor():
                return n.ArrayConstructor(self._common(node.items), at=node.at)
            case n.MapConstructor():
                return self._map(node)
            case n.Comparison():
                return self._comparison(node)
            case n.Between():
                return self._between(node)
            case n.Like():
                return self._like(node)
            case n.FunctionCall() if any(isinstance(a, n.LambdaFunction) for a in node.args):
                return self._lambdas(node)
            case _:
                return None

    def _common(self, items: tuple[n.Expression, ...]) -> tuple[n.Expression, ...]:
        typed = self._typer.typed(items)
        target = common_type(typed, self._typer.typed)
        if target is None:
            return items
        return tuple(rewrite(coerce(item, target), self._replace) for item in typed)

    def _in_list(self, node: n.InList) -> n.Expression:
        value, *items = self._common((node.value, *node.items))
        return n.InList(value, tuple(items), at=node.at)

    def _map(self, node: n.MapConstructor) -> n.Expression:
        keys = self._common(tuple(k for k, _ in node.entries))
        values = self._common(tuple(v for _, v in node.entries))
        return n.MapConstructor(tuple(zip(keys, values, strict=True)), at=node.at)

    def _comparison(self, node: n.Comparison) -> n.Expression:
        left, right = self._times(node.left, node.right)
        return n.Comparison(node.op, left, right, at=node.at)

    def _between(self, node: n.Between) -> n.Expression:
        value_type = self._typer.type_of(node.value)
        for bound, op in ((node.low, ">="), (node.high, "<=")):
            type_ = self._typer.type_of(bound)
            if value_type is not None and type_ is not None and not can_compare(value_type, op, type_):
                raise TypeMismatch(cannot_compare(node.value, value_type, op, bound, type_))
        value, low = self._times(node.value, node.low)
        _, high = self._times(node.value, node.high)
        return n.Between(value, low, high, at=node.at)

    def _times(self, left: n.Expression, right: n.Expression) -> tuple[n.Expression, n.Expression]:
        """Return both sides, a text beside a time and a date beside a timestamp cast."""
        a, b = self._typer.type_of(left), self._typer.type_of(right)
        left, right = rewrite(left, self._replace), rewrite(right, self._replace)
        if a is None or b is None or a == b or not {a.base, b.base} & _TIMES:
            return left, right
        if a == STRING or (a.base == "DATE" and b.base == "TIMESTAMP"):
            return n.Cast(left, b), right
        return left, n.Cast(right, a)

    def _like(self, node: n.Like) -> n.Expression | None:
        for side in (node.value, node.pattern):
            type_ = self._typer.type_of(side)
            if type_ not in (STRING, None):
                raise TypeMismatch(f"LIKE compares STRINGs, but {format_expression(side)} is {type_}")
        return None

    def _lambdas(self, node: n.FunctionCall) -> n.Expression:
        plain = [None if isinstance(a, n.LambdaFunction) else self._typer.type_of(a) for a in node.args]
        inputs = lambda_inputs(node.name, plain)
        args: list[n.Expression] = []
        for argument in node.args:
            if isinstance(argument, n.LambdaFunction) and len(inputs) == len(argument.params):
                inner = self._typer.with_variables(dict(zip(argument.params, inputs, strict=True)))
                body = _Settler(inner).settle(argument.body)
                args.append(n.LambdaFunction(argument.params, body, at=argument.at))
            else:
                args.append(rewrite(argument, self._replace))
        return n.FunctionCall(node.name, tuple(args), node.star, at=node.at)


def check_boolean(expression: n.Expression, type_: SqlType | None, clause: str) -> None:
    """Check that a WHERE or HAVING is a condition.

    Raises: TypeMismatch.
    Source: ksqldb-engine …/analyzer/FilterTypeValidator.java.
    """
    if type_ != BOOLEAN:
        raise TypeMismatch(
            f"Type error in {clause} expression: Should evaluate to boolean but is "
            f"{format_expression(expression)} ({type_ or 'NULL'}) instead."
        )
