from decimal import Decimal
from typing import Any

import pytest

from clickstream.core.errors import SqlError
from clickstream.sql.constants import constant, is_constant
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.parser import parse_expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("-7 / 2", -3),
        ("-7 % 4", -3),
        ("1.5 + 1", Decimal("2.5")),
        ("10.0 / 4", Decimal("2.500000")),
        ("1E0 / 4", 0.25),
        ("2147483647 + 1", -2147483648),
        ("-(-2147483647 - 1)", -2147483648),
        ("'a' || 'b'", "ab"),
        ("CAST('5' AS INT)", 5),
        ("ARRAY[1, 2][-1]", 2),
        ("MAP('a' := 1)['a']", 1),
        ("STRUCT(x := 1)->x", 1),
        ("CAST(NULL AS INT)", None),
    ],
)
def test_values(text: str, expected: Any) -> None:
    assert constant(parse_expression(text), REGISTRY)[0] == expected


def test_columns_have_no_value() -> None:
    assert not is_constant(parse_expression("a + 1"))
    with pytest.raises(SqlError, match="not a constant"):
        constant(parse_expression("a + 1"), REGISTRY)


def test_dividing_by_zero() -> None:
    with pytest.raises(SqlError, match="by zero"):
        constant(parse_expression("1 / 0"), REGISTRY)


@pytest.mark.parametrize("text", ["TO_BYTES('x', 'nothing')", "CAST('x' AS TIME)", "MASK_LEFT('a', -1)"])
def test_what_cannot_be_computed_is_the_statements_error(text: str) -> None:
    with pytest.raises(SqlError, match="Cannot compute"):
        constant(parse_expression(text), REGISTRY)
