"""SQL values as text."""

from decimal import Decimal

import pytest

from clickstream.node.sqltest.value_text import value_text
from clickstream.sql import types as t


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (None, t.STRING, "NULL"),
        ("it's", t.STRING, "'it''s'"),
        (True, t.BOOLEAN, "true"),
        (5, t.BIGINT, "5"),
        (1.5, t.DOUBLE, "1.5"),
        (Decimal("1.50"), t.DecimalType(3, 2), "1.50"),
        (b"ab", t.BYTES, "'YWI='"),
        (0, t.DATE, "DATE '1970-01-01'"),
        (10**18, t.TIMESTAMP, str(10**18)),
        ([1, None], t.ArrayType(t.INTEGER), "ARRAY[1, NULL]"),
        ({"b": 1, "a": 2}, t.MapType(t.STRING, t.INTEGER), "MAP('a' := 2, 'b' := 1)"),
        ({"A": "x"}, t.StructType((("A", t.STRING), ("B", t.INTEGER))), "STRUCT(A := 'x', B := NULL)"),
    ],
)
def test_values_read_as_statements_write_them(value: object, type_: t.SqlType, text: str) -> None:
    assert value_text(value, type_) == text
