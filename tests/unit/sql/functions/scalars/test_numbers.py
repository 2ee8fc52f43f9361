import math
from decimal import Decimal
from typing import Any

import pytest

from tests.helpers.functions import Columns, Failed, call

COLUMNS: Columns = {
    "NAN": ("DOUBLE", math.nan),
    "INF": ("DOUBLE", math.inf),
    "NI": ("INT", None),
    "ND": ("DECIMAL(4, 2)", None),
    "SMALLEST": ("INT", -(2**31)),
    "BIG": ("BIGINT", 2**62),
    "M": ("DECIMAL(5, 2)", Decimal("-1.25")),
    "DAY": ("DATE", 17),
    "B": ("BYTES", b"\x80"),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ABS(-5)", 5),
        ("ABS(-1.25)", Decimal("1.25")),
        ("ABS(-2E0)", 2.0),
        ("ABS(SMALLEST)", -(2**31)),
        ("ABS(NI)", None),
        ("SIGN(-3)", -1),
        ("SIGN(0E0)", 0),
        ("SIGN(BIG)", 1),
        ("SIGN(NAN)", 0),
        ("CEIL(1.2)", Decimal("2.0")),
        ("CEIL(-1.2)", Decimal("-1.0")),
        ("CEIL(1.2E0)", 2.0),
        ("CEIL(3)", 3),
        ("FLOOR(1.8)", Decimal("1.0")),
        ("FLOOR(-1.2E0)", -2.0),
        ("FLOOR(INF)", math.inf),
        ("FLOOR(M)", Decimal("-2.00")),
        ("ROUND(1.5E0)", 2),
        ("ROUND(-1.5E0)", -1),
        ("ROUND(-1.51E0)", -2),
        ("ROUND(0.49999999999999994E0)", 0),
        ("ROUND(1E300)", 2**63 - 1),
        ("ROUND(INF)", 2**63 - 1),
        ("ROUND(NAN)", 0),
        ("ROUND(7)", 7),
        ("ROUND(1.5)", Decimal("2")),
        ("ROUND(-1.5)", Decimal("-1")),
        ("ROUND(12.355, 2)", Decimal("12.360")),
        ("ROUND(-12.355, 2)", Decimal("-12.350")),
        ("ROUND(12.345, -1)", Decimal("10.000")),
        ("ROUND(-0.4, 0)", Decimal("0.0")),
        ("ROUND(12.345, 9)", Decimal("12.345")),
        ("ROUND(12345.678E0, -2)", 12300.0),
        ("ROUND(1.005E0, 2)", 1.01),
        ("ROUND(ND, 1)", None),
        ("ROUND(1.5, NI)", None),
        ("TRUNC(1.9E0)", 1),
        ("TRUNC(-1.9E0)", -1),
        ("TRUNC(-1.9)", Decimal("-1")),
        ("TRUNC(12.345, 2)", Decimal("12.340")),
        ("TRUNC(-12.345E0, 1)", -12.3),
        ("TRUNC(INF)", 2**63 - 1),
        ("TRUNC(-INF)", -(2**63)),
        ("GREATEST(1, 3, 2)", 3),
        ("GREATEST('a', 'B')", "a"),
        ("GREATEST(1, NI, NULL)", 1),
        ("GREATEST(NI)", None),
        ("GREATEST(1.5, 1.25)", Decimal("1.5")),
        ("GREATEST(1E0, NAN)", math.nan),
        ("GREATEST(DAY, '1970-01-10')", 17),
        ("GREATEST(B, TO_BYTES('00', 'hex'))", b"\x00"),
        ("LEAST(2, NULL, 3)", 2),
        ("LEAST(1E0, NAN)", 1.0),
        ("LEAST(DAY, '1970-01-10')", 9),
    ],
)
def test_values(text: str, value: Any) -> None:
    found = call(text, COLUMNS)
    if isinstance(value, float) and math.isnan(value):
        assert math.isnan(found)
    else:
        assert found == value
        assert type(found) is type(value)
    if isinstance(value, Decimal):
        assert str(found) == str(value)


def test_what_has_no_digits_cannot_be_rounded_to_places() -> None:
    with pytest.raises(Failed):
        call("ROUND(NAN, 1)", COLUMNS)


def test_random_numbers_differ_and_lie_below_one() -> None:
    numbers = [call("RANDOM()") for _ in range(20)]
    assert len(set(numbers)) > 1
    assert all(0 <= number < 1 for number in numbers)
