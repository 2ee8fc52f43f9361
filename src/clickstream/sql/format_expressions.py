"""Expressions and types to ksqlDB's own text for them.

Every operator stands in parentheses of its own, so the text reads back as the same tree.

Source: recorded statement texts of ksqlDB 7.5; confluentinc/ksql ExpressionFormatter for the forms the
recordings lack: `null`, `true`, `(CASE … END)`, doubles as `1.5E3`, no parentheses after a sign.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from clickstream.sql import nodes as n
from clickstream.sql import types as t
from clickstream.sql.names import TYPE_WORDS, quote, quote_always

__all__ = ["format_expression", "format_expressions", "format_type", "string_literal"]


def format_expression(expression: n.Expression) -> str:
    """Return `expression` as text."""
    return _FORMATS[type(expression)](expression)


def format_expressions(expressions: Iterable[n.Expression]) -> str:
    """Return `expressions` as text, with commas between."""
    return ", ".join(map(format_expression, expressions))


def format_type(type_: t.SqlType) -> str:
    """Return `type_` as a statement shows it: a struct's fields have quotes only where they need them."""
    if isinstance(type_, t.StructType):
        fields = ", ".join(f"{quote(name)} {format_type(field)}" for name, field in type_.fields)
        return f"STRUCT<{fields}>"
    if isinstance(type_, t.ArrayType):
        return f"ARRAY<{format_type(type_.item)}>"
    if isinstance(type_, t.MapType):
        return f"MAP<{format_type(type_.key)}, {format_type(type_.value)}>"
    if isinstance(type_, n.TypeName):
        return quote_always(type_.name) if type_.name in TYPE_WORDS else quote(type_.name)
    return str(type_)


def string_literal(text: str) -> str:
    """Return `text` in single quotes."""
    return f"'{text.replace(chr(39), chr(39) * 2)}'"


# --------------------------------------------------------------------------------- literals


def _literal(node: n.Literal) -> str:
    value = node.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _scientific(value)
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, int):
        return _WHOLE.get(node.type, str)(value)
    return string_literal(str(value))


def _scientific(value: float) -> str:
    """Return a double in the one form that reads back as a double: `1.5E3`."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not isinstance(exponent, int):
        return repr(value)
    first, rest = digits[0], "".join(map(str, digits[1:]))
    power = exponent + len(digits) - 1 if value else 0
    return f"{'-' if sign else ''}{first}{'.' + rest if rest else ''}E{power}"


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text if "." in text else f"{text}."


def _date(value: int) -> str:
    return f"DATE '{date(1970, 1, 1) + timedelta(days=value)}'"


def _time(value: int) -> str:
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)).time()
    return f"TIME '{moment.isoformat(timespec='milliseconds')}'"


def _timestamp(value: int) -> str:
    moment = datetime(1970, 1, 1) + timedelta(milliseconds=value)
    return f"TIMESTAMP '{moment.isoformat(timespec='milliseconds')}'"


_WHOLE: dict[t.SqlType | None, Callable[[int], str]] = {
    t.DATE: _date,
    t.TIME: _time,
    t.TIMESTAMP: _timestamp,
}


# --------------------------------------------------------------------------------- references, calls


def _column(node: n.ColumnRef) -> str:
    return quote(node.name) if node.source is None else f"{quote(node.source)}.{quote(node.name)}"


def _dereference(node: n.Dereference) -> str:
    return f"{_base(node.base)}->{quote(node.field)}"


def _subscript(node: n.Subscript) -> str:
    return f"{_base(node.base)}[{format_expression(node.index)}]"


def _base(node: n.Expression) -> str:
    """Return what an element is taken of; without care a sign would take the element's sign instead."""
    if isinstance(node, n.ColumnRef) and node.source is None and node.name == "ARRAY":
        return quote_always(node.name)
    text = format_expression(node)
    return f"({text})" if isinstance(node, n.Signed) else text


def _call(node: n.FunctionCall) -> str:
    name = quote_always(node.name) if node.name in ("MAP", "STRUCT") else quote(node.name)
    return f"{name}({'*' if node.star else format_expressions(node.args)})"


def _lambda(node: n.LambdaFunction) -> str:
    return f"({', '.join(map(quote, node.params))}) => {format_expression(node.body)}"


def _cast(node: n.Cast) -> str:
    return f"CAST({format_expression(node.operand)} AS {format_type(node.type)})"


def _array(node: n.ArrayConstructor) -> str:
    return f"ARRAY[{format_expressions(node.items)}]"


def _map(node: n.MapConstructor) -> str:
    entries = (f"{format_expression(key)}:={format_expression(value)}" for key, value in node.entries)
    return f"MAP({', '.join(entries)})"


def _struct(node: n.StructConstructor) -> str:
    fields = (f"{quote(name)}:={format_expression(value)}" for name, value in node.fields)
    return f"STRUCT({', '.join(fields)})"


# --------------------------------------------------------------------------------- operators


def _binary(node: n.Arithmetic | n.Comparison | n.Logical) -> str:
    return f"({format_expression(node.left)} {node.op} {format_expression(node.right)})"


def _concat(node: n.Concat) -> str:
    return f"({format_expression(node.left)} || {format_expression(node.right)})"


def _signed(node: n.Signed) -> str:
    operand = format_expression(node.operand)
    if node.sign == "-" and (operand[0].isdigit() or operand[0] == "."):
        return f"-({operand})"  # Bare, the sign would become the number's own.
    apart = " " if operand[0] == node.sign == "-" else ""  # Two would begin a comment.
    return f"{node.sign}{apart}{operand}"


def _not(node: n.Not) -> str:
    return f"(NOT {format_expression(node.operand)})"


def _is_null(node: n.IsNull) -> str:
    return f"({format_expression(node.operand)} IS {'NOT ' if node.negated else ''}NULL)"


def _between(node: n.Between) -> str:
    value, low, high = map(format_expression, (node.value, node.low, node.high))
    return f"({value} BETWEEN {low} AND {high})"


def _in_list(node: n.InList) -> str:
    return f"({format_expression(node.value)} IN ({format_expressions(node.items)}))"


def _like(node: n.Like) -> str:
    escape = f" ESCAPE {string_literal(node.escape)}" if node.escape is not None else ""
    return f"({format_expression(node.value)} LIKE {format_expression(node.pattern)}{escape})"


def _case(node: n.SearchedCase | n.SimpleCase) -> str:
    parts = ["CASE"]
    if isinstance(node, n.SimpleCase):
        parts.append(format_expression(node.operand))
    parts += [f"WHEN {format_expression(w.condition)} THEN {format_expression(w.result)}" for w in node.whens]
    if node.default is not None:
        parts.append(f"ELSE {format_expression(node.default)}")
    return f"({' '.join(parts)} END)"


_FORMATS: dict[type[n.Expression], Callable[[Any], str]] = {
    n.Literal: _literal,
    n.ColumnRef: _column,
    n.Dereference: _dereference,
    n.Subscript: _subscript,
    n.FunctionCall: _call,
    n.LambdaVariable: lambda node: quote(node.name),
    n.LambdaFunction: _lambda,
    n.IntervalUnit: lambda node: str(node.unit),
    n.Arithmetic: _binary,
    n.Signed: _signed,
    n.Concat: _concat,
    n.Comparison: _binary,
    n.Logical: _binary,
    n.Not: _not,
    n.IsNull: _is_null,
    n.Between: _between,
    n.InList: _in_list,
    n.Like: _like,
    n.SearchedCase: _case,
    n.SimpleCase: _case,
    n.Cast: _cast,
    n.ArrayConstructor: _array,
    n.MapConstructor: _map,
    n.StructConstructor: _struct,
}
