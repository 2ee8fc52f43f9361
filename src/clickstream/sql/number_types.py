"""Types of arithmetic results, and which number type is wider.

Source: ksqldb-common …/schema/Operator.java, …/util/DecimalUtil.java.
"""

from decimal import Decimal

from clickstream.core.errors import TypeMismatch
from clickstream.sql.types import BIGINT, DOUBLE, INTEGER, STRING, DecimalType, SqlType

__all__ = ["NUMBERS", "arithmetic_type", "decimal_of_value", "is_number", "to_decimal", "widen"]

NUMBERS = ("INTEGER", "BIGINT", "DECIMAL", "DOUBLE")
"""Number types, narrowest first."""


def is_number(type_: SqlType | None) -> bool:
    """Return whether `type_` is a number."""
    return type_ is not None and type_.base in NUMBERS


def to_decimal(type_: SqlType) -> DecimalType:
    """Return the decimal that holds every value of an exact number type."""
    if isinstance(type_, DecimalType):
        return type_
    if type_ == INTEGER:
        return DecimalType(10, 0)
    if type_ == BIGINT:
        return DecimalType(19, 0)
    raise TypeMismatch(f"Cannot convert {type_} to decimal.")


def decimal_of_value(value: Decimal) -> DecimalType:
    """Return the narrowest decimal type for a value: 1.50 is DECIMAL(3, 2), 0.01 DECIMAL(2, 2)."""
    _, digits, exponent = value.as_tuple()
    scale = max(0, -int(exponent))
    whole = len(digits) + int(exponent)
    return DecimalType(max(scale, whole + scale, 1), scale)


def widen(a: SqlType, b: SqlType) -> SqlType:
    """Return the type that holds the values of both number types."""
    if "DOUBLE" in (a.base, b.base):
        return DOUBLE
    if "DECIMAL" in (a.base, b.base):
        left, right = to_decimal(a), to_decimal(b)
        scale = max(left.scale, right.scale)
        whole = max(left.precision - left.scale, right.precision - right.scale)
        return DecimalType(whole + scale, scale)
    return BIGINT if BIGINT in (a, b) else INTEGER


def arithmetic_type(op: str, left: SqlType, right: SqlType) -> SqlType:
    """Return the type of `left op right`.

    Raises: TypeMismatch if the operator does not take these types.
    """
    if op == "+" and left == STRING and right == STRING:
        return STRING
    if not (is_number(left) and is_number(right)):
        raise TypeMismatch(f"Unsupported arithmetic types. {left.base} {right.base}")
    if DOUBLE in (left, right):
        return DOUBLE
    if "DECIMAL" not in (left.base, right.base):
        return widen(left, right)
    return _decimal_result(op, to_decimal(left), to_decimal(right))


def _decimal_result(op: str, left: DecimalType, right: DecimalType) -> DecimalType:
    p1, s1, p2, s2 = left.precision, left.scale, right.precision, right.scale
    match op:
        case "+" | "-":
            scale = max(s1, s2)
            return DecimalType(scale + max(p1 - s1, p2 - s2) + 1, scale)
        case "*":
            return DecimalType(p1 + p2 + 1, s1 + s2)
        case "/":
            scale = max(6, s1 + p2 + 1)
            return DecimalType(p1 - s1 + s2 + scale, scale)
        case _:
            scale = max(s1, s2)
            return DecimalType(min(p1 - s1, p2 - s2) + scale, scale)
