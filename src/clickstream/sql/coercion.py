"""Common types of lists of expressions (`IN (…)`, `ARRAY[…]`, `MAP(…)`), and the casts they need.

Source: ksqldb-execution …/execution/util/CoercionUtil.java — the first typed expression sets the
direction; literals are converted, other expressions cast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from clickstream.core.errors import TypeMismatch
from clickstream.core.java_numbers import EXACT
from clickstream.sql import nodes as n
from clickstream.sql.format import format_expression
from clickstream.sql.number_types import decimal_of_value, is_number, widen
from clickstream.sql.types import (
    BIGINT,
    BOOLEAN,
    DOUBLE,
    INTEGER,
    STRING,
    ArrayType,
    DecimalType,
    MapType,
    SqlType,
    StructType,
)

__all__ = ["Typed", "coerce", "common_type"]

_INT_MAX = 2**31 - 1
_BIGINT_MAX = 2**63 - 1
_TIMES = frozenset({"DATE", "TIME", "TIMESTAMP"})

_WIDEST_INTEGER = 20
"""Digits beyond which a number is no BIGINT; 1E999999999 must not be written out to find that."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression with its type; None is an untyped NULL."""

    expression: n.Expression
    type: SqlType | None


class _NoOperator(TypeMismatch):
    """Two types have none in common; told of the outermost expression that holds them."""


TypeAll = Callable[[Sequence[n.Expression]], list[Typed]]


def common_type(expressions: Sequence[Typed], type_all: TypeAll) -> SqlType | None:
    """Return the type that all `expressions` can take, None if all are NULL.

    `type_all` types the expressions inside constructors.
    Raises: TypeMismatch if there is none.
    """
    found: SqlType | None = None
    for item in expressions:
        found = _join(item, found, type_all)
    return found


def _join(item: Typed, target: SqlType | None, type_all: TypeAll) -> SqlType | None:
    if target is None or item.type is None:
        return target or item.type
    expression = item.expression
    if isinstance(expression, n.ArrayConstructor):
        return _join_array(expression, item, target, type_all)
    if isinstance(expression, n.MapConstructor):
        return _join_map(expression, item, target, type_all)
    if isinstance(expression, n.StructConstructor):
        return _join_struct(expression, item, target, type_all)
    if isinstance(expression, n.Literal) and isinstance(expression.value, str) and item.type == STRING:
        if is_number(target):
            return _join_number_text(expression.value, target)
        if target == BOOLEAN:
            _boolean_of_text(expression.value)
            return target
        if target.base in _TIMES:
            return target
    return _join_simple(item, target)


def _join_array(node: n.ArrayConstructor, item: Typed, target: SqlType, type_all: TypeAll) -> SqlType:
    if not isinstance(target, ArrayType):
        raise _no_operator(item, target)
    try:
        return ArrayType(_join_all(target.item, type_all(node.items), type_all))
    except _NoOperator:
        raise _no_operator(item, target) from None


def _join_map(node: n.MapConstructor, item: Typed, target: SqlType, type_all: TypeAll) -> SqlType:
    if not isinstance(target, MapType):
        raise _no_operator(item, target)
    try:
        key = _join_all(target.key, type_all([k for k, _ in node.entries]), type_all)
        value = _join_all(target.value, type_all([v for _, v in node.entries]), type_all)
    except _NoOperator:
        raise _no_operator(item, target) from None
    return MapType(key, value)


def _join_struct(node: n.StructConstructor, item: Typed, target: SqlType, type_all: TypeAll) -> SqlType:
    if not isinstance(target, StructType):
        raise _no_operator(item, target)
    given = dict(zip((name for name, _ in node.fields), type_all([v for _, v in node.fields]), strict=True))
    names = list(dict.fromkeys([*given, *(name for name, _ in target.fields)]))
    try:
        fields = tuple((name, _join_field(given.get(name), target.field(name), type_all)) for name in names)
    except _NoOperator:
        raise _no_operator(item, target) from None
    return StructType(fields)


def _join_field(given: Typed | None, target: SqlType | None, type_all: TypeAll) -> SqlType:
    joined = target if given is None else _join(given, target, type_all)
    if joined is None:
        raise TypeMismatch("A struct's field cannot be NULL without a type")
    return joined


def _join_all(target: SqlType, items: Sequence[Typed], type_all: TypeAll) -> SqlType:
    for item in items:
        target = _join(item, target, type_all) or target
    return target


def _join_number_text(text: str, target: SqlType) -> SqlType:
    source = _type_of_number_text(text, target)
    if target == DOUBLE:
        return DOUBLE
    return widen(source, target)


def _type_of_number_text(text: str, target: SqlType) -> SqlType:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise _bad_input(text, target) from None
    if not any(c in text for c in ".eE"):
        if -_INT_MAX - 1 <= value <= _INT_MAX:
            return INTEGER
        if -_BIGINT_MAX - 1 <= value <= _BIGINT_MAX:
            return BIGINT
    return decimal_of_value(value)


def _boolean_of_text(text: str) -> bool:
    lowered = text.strip().lower()
    for word, value in (("true", True), ("yes", True), ("false", False), ("no", False)):
        if lowered and word.startswith(lowered):
            return value
    raise _bad_input(text, BOOLEAN)


def _join_simple(item: Typed, target: SqlType) -> SqlType:
    source = item.type
    if source is None or source == target:
        return target
    if is_number(source) and is_number(target):
        return widen(source, target)
    literal = isinstance(item.expression, n.Literal)
    if literal and target == STRING and _as_text(item.expression) is not None:
        return STRING
    joined = _join_types(source, target)
    if joined is None:
        raise _no_operator(item, target)
    return joined


def _join_types(a: SqlType, b: SqlType) -> SqlType | None:
    if a == b:
        return a
    if is_number(a) and is_number(b):
        return widen(a, b)
    match a, b:
        case ArrayType(), ArrayType():
            item = _join_types(a.item, b.item)
            return None if item is None else ArrayType(item)
        case MapType(), MapType():
            key, value = _join_types(a.key, b.key), _join_types(a.value, b.value)
            return None if key is None or value is None else MapType(key, value)
        case StructType(), StructType():
            names = list(dict.fromkeys(name for name, _ in (*a.fields, *b.fields)))
            fields = [(name, _join_optional(a.field(name), b.field(name))) for name in names]
            return None if any(t is None for _, t in fields) else _struct(fields)
    return None


def _struct(fields: Sequence[tuple[str, SqlType | None]]) -> StructType:
    return StructType(tuple((name, t) for name, t in fields if t is not None))


def _join_optional(a: SqlType | None, b: SqlType | None) -> SqlType | None:
    return a or b if a is None or b is None else _join_types(a, b)


def coerce(item: Typed, target: SqlType) -> n.Expression:
    """Return the expression as one of type `target`: a literal converted, anything else cast.

    Raises: TypeMismatch if a literal cannot be converted.
    """
    expression = item.expression
    if item.type is None or item.type == target:
        return expression
    if isinstance(expression, n.Literal):
        return _convert(expression, target)
    return n.Cast(expression, target)


def _convert(literal: n.Literal, target: SqlType) -> n.Expression:
    value = literal.value
    if target == STRING:
        text = _as_text(literal)
        return n.Cast(literal, target) if text is None else n.Literal(text, STRING, at=literal.at)
    if target == BOOLEAN and isinstance(value, str):
        return n.Literal(_boolean_of_text(value), BOOLEAN, at=literal.at)
    if is_number(target) and isinstance(value, str | int | float | Decimal):
        return n.Literal(_number(value, target), target, at=literal.at)
    return n.Cast(literal, target)


def _number(value: str | int | float | Decimal, target: SqlType) -> object:
    try:
        exact = Decimal(value.strip()) if isinstance(value, str) else Decimal(str(value))
        if target == DOUBLE:
            return float(exact)
        if isinstance(target, DecimalType):
            return exact.quantize(Decimal(1).scaleb(-target.scale), context=EXACT)
    except InvalidOperation:
        raise _bad_input(str(value), target) from None
    if not exact.is_finite() or exact.adjusted() > _WIDEST_INTEGER:
        raise _bad_input(str(value), target)
    return int(exact)


def _as_text(expression: n.Expression) -> str | None:
    if not isinstance(expression, n.Literal):
        return None
    value = expression.value
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and is_number(expression.type):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return format_expression(expression) if isinstance(value, float) else None


def _bad_input(text: str, target: SqlType) -> TypeMismatch:
    return TypeMismatch(f'invalid input syntax for type {target.base}: "{text}".')


def _no_operator(item: Typed, target: SqlType) -> "_NoOperator":
    return _NoOperator(
        f"operator does not exist: {target} = {item.type} ({format_expression(item.expression)})\n"
        "Hint: You might need to add explicit type casts."
    )
