import math
from decimal import Decimal

import pytest

from clickstream.core.java_numbers import (
    decimal_text,
    double_text,
    fit_decimal,
    parse_double,
    parse_integer,
    wrap_int,
    wrap_long,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (1.5e10, "1.5E10"),
        (-123456789.125, "-1.23456789125E8"),
        (5e-324, "4.9E-324"),
        (2e-323, "2.0E-323"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_doubles_are_written_as_java_writes_them(value: float, text: str) -> None:
    assert double_text(value) == text


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1.0), (" .5 ", 0.5), ("1e3", 1000.0), ("2.5f", 2.5), ("7D", 7.0)]
)
def test_doubles_are_read_as_java_reads_them(text: str, value: float) -> None:
    assert parse_double(text) == value


@pytest.mark.parametrize("text", ["", "1_000", "0x10", "one", "1e"])
def test_what_is_no_double_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_double(text)


def test_integers_keep_to_their_width() -> None:
    assert parse_integer("+2147483647", 32) == 2147483647
    with pytest.raises(ValueError, match="out of range"):
        parse_integer("2147483648", 32)
    with pytest.raises(ValueError, match="not an integer"):
        parse_integer("1.0", 32)


def test_integers_overflow_as_in_java() -> None:
    assert wrap_int(2147483648) == -2147483648
    assert wrap_int(-2147483649) == 2147483647
    assert wrap_long(2**63) == -(2**63)
    assert wrap_long(5) == 5


def test_decimals_are_rounded_half_up_to_their_scale() -> None:
    assert fit_decimal(Decimal("1.005"), 4, 2).as_tuple() == Decimal("1.01").as_tuple()
    assert fit_decimal(Decimal(7), 4, 2).as_tuple() == Decimal("7.00").as_tuple()
    with pytest.raises(ValueError, match="Numeric field overflow"):
        fit_decimal(Decimal(100), 4, 2)


def test_decimals_of_38_digits_lose_none() -> None:
    big = Decimal("12345678901234567890123456789012345.678")
    assert fit_decimal(big, 38, 3) == big


def test_decimals_are_written_without_exponent() -> None:
    assert decimal_text(Decimal("1E+3")) == "1000"
    assert decimal_text(Decimal("12.50")) == "12.50"
    assert decimal_text(Decimal("-0.00")) == "0.00"
