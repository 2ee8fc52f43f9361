from decimal import Decimal

import pytest

from clickstream.sql.literals import TYPED, BadNumber, decimal_type, number
from clickstream.sql.types import BIGINT, DATE, DOUBLE, INTEGER, TIME, TIMESTAMP, DecimalType, SqlType


@pytest.mark.parametrize(
    ("text", "negative", "value", "type_"),
    [
        ("0", False, 0, INTEGER),
        ("2147483647", False, 2147483647, INTEGER),
        ("2147483648", False, 2147483648, BIGINT),
        ("2147483648", True, -2147483648, INTEGER),
        ("9223372036854775808", True, -(2**63), BIGINT),
        ("000009223372036854775807", False, 2**63 - 1, BIGINT),
        ("1.50", False, Decimal("1.50"), DecimalType(3, 2)),
        ("10.", False, Decimal(10), DecimalType(2, 0)),
        (".05", True, Decimal("-0.05"), DecimalType(2, 2)),
        ("1e2", False, 100.0, DOUBLE),
        ("1.5E-3", True, -0.0015, DOUBLE),
    ],
)
def test_numbers(text: str, negative: bool, value: object, type_: SqlType) -> None:
    read, read_type = number(text, negative=negative)
    assert (read, read_type) == (value, type_)
    assert type(read) is type(value)


def test_the_scale_of_a_decimal_is_kept() -> None:
    value, _ = number("1.500")
    assert str(value) == "1.500"


@pytest.mark.parametrize("text", ["9223372036854775808", "9" * 5000])
def test_too_long_an_integer(text: str) -> None:
    with pytest.raises(BadNumber, match="Invalid numeric literal: 9"):
        number(text)


def test_too_large_a_double() -> None:
    with pytest.raises(BadNumber, match=r"Number overflows DOUBLE: -1\.8E308"):
        number("1.8E308", negative=True)


def test_a_decimal_is_never_of_more_scale_than_precision() -> None:
    assert decimal_type(Decimal("0.001")) == DecimalType(3, 3)
    assert decimal_type(Decimal("1E+3")) == DecimalType(4, 0)


def test_typed_literals() -> None:
    assert TYPED["DATE"]("1970-01-11") == (10, DATE)
    assert TYPED["TIME"]("00:00:01.5") == (1500, TIME)
    assert TYPED["TIMESTAMP"]("1970-01-01T00:00:01") == (1000, TIMESTAMP)
    assert TYPED["TIMESTAMP"]("1970-01-01T01:00:00+01:00") == (0, TIMESTAMP)
    assert TYPED["DECIMAL"]("1.10") == (Decimal("1.10"), DecimalType(3, 2))
