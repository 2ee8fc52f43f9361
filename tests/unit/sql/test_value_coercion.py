from decimal import Decimal
from typing import Any

import pytest

from clickstream.core.errors import TypeMismatch
from clickstream.sql import types as t
from clickstream.sql.value_coercion import coerce_value

P = t.StructType((("X", t.INTEGER),))
Q = t.StructType((("X", t.BIGINT), ("Y", t.STRING)))


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (1, t.INTEGER, t.BIGINT, 1),
        (1, t.INTEGER, t.DOUBLE, 1.0),
        (1, t.INTEGER, t.DecimalType(4, 2), Decimal("1.00")),
        (Decimal("1.5"), t.DecimalType(2, 1), t.DOUBLE, 1.5),
        (Decimal("1.5"), t.DecimalType(2, 1), t.DecimalType(4, 2), Decimal("1.50")),
        ("1970-01-02", t.STRING, t.DATE, 1),
        (None, None, t.INTEGER, None),
        ([1], t.ArrayType(t.INTEGER), t.ArrayType(t.BIGINT), [1]),
        ({"a": 1}, t.MapType(t.STRING, t.INTEGER), t.MapType(t.STRING, t.DOUBLE), {"a": 1.0}),
        ({"X": 1}, P, Q, {"X": 1, "Y": None}),
    ],
)
def test_what_widens(value: Any, source: t.SqlType | None, target: t.SqlType, expected: Any) -> None:
    assert coerce_value(value, source, target) == expected


@pytest.mark.parametrize(
    ("value", "source", "target"),
    [
        (1, t.BIGINT, t.INTEGER),
        (1, t.INTEGER, t.STRING),
        ("1", t.STRING, t.INTEGER),
        (1.0, t.DOUBLE, t.DecimalType(4, 2)),
        (Decimal("1.234"), t.DecimalType(4, 3), t.DecimalType(4, 2)),
        (1000, t.INTEGER, t.DecimalType(4, 2)),
        ("noon", t.STRING, t.TIME),
        ({"X": 1, "Y": "a"}, Q, P),
    ],
)
def test_what_would_lose_something(value: Any, source: t.SqlType, target: t.SqlType) -> None:
    with pytest.raises(TypeMismatch):
        coerce_value(value, source, target)
