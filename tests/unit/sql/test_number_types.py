from decimal import Decimal

import pytest

from clickstream.core.errors import TypeMismatch
from clickstream.sql.number_types import arithmetic_type, decimal_of_value, widen
from clickstream.sql.types import BIGINT, DOUBLE, INTEGER, STRING, TIMESTAMP, DecimalType, SqlType


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("+", INTEGER, INTEGER, INTEGER),
        ("-", INTEGER, BIGINT, BIGINT),
        ("/", BIGINT, DOUBLE, DOUBLE),
        ("+", DecimalType(4, 2), DecimalType(5, 3), DecimalType(6, 3)),
        ("*", DecimalType(4, 2), DecimalType(5, 3), DecimalType(10, 5)),
        ("/", DecimalType(4, 2), DecimalType(5, 3), DecimalType(13, 8)),
        ("%", DecimalType(4, 2), DecimalType(5, 3), DecimalType(5, 3)),
        ("+", DecimalType(4, 2), INTEGER, DecimalType(13, 2)),
        ("+", STRING, STRING, STRING),
    ],
)
def test_results(op: str, left: SqlType, right: SqlType, expected: SqlType) -> None:
    assert arithmetic_type(op, left, right) == expected


@pytest.mark.parametrize(("op", "left", "right"), [("-", STRING, STRING), ("+", TIMESTAMP, INTEGER)])
def test_no_result(op: str, left: SqlType, right: SqlType) -> None:
    with pytest.raises(TypeMismatch, match="Unsupported arithmetic types"):
        arithmetic_type(op, left, right)


@pytest.mark.parametrize(
    ("text", "precision", "scale"), [("1.50", 3, 2), ("0.01", 2, 2), ("12", 2, 0), ("1E+3", 4, 0)]
)
def test_the_type_of_a_number(text: str, precision: int, scale: int) -> None:
    assert decimal_of_value(Decimal(text)) == DecimalType(precision, scale)


def test_wider() -> None:
    assert widen(INTEGER, DecimalType(3, 2)) == DecimalType(12, 2)
    assert widen(DecimalType(3, 2), DOUBLE) == DOUBLE
    assert widen(INTEGER, INTEGER) == INTEGER
