"""The runner's own rules: a case must not pass by accident."""

from decimal import Decimal
from typing import Any

import pytest

from clickstream.core.records import Record
from clickstream.node.sqltest.match import difference, matches
from clickstream.sql.catalog import DataSource
from clickstream.sql.plan import Formats, WindowInfo
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.types import DOUBLE, INTEGER, DecimalType


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (None, None),
        (1, 1),
        (1, Decimal("1.0")),
        (Decimal("1.20"), Decimal("1.20")),
        (Decimal("1.20"), "1.20"),
        ("a", "a"),
        (True, True),
        ({"A": 1, "B": None}, {"a": 1, "B": None}),
        ([1, [2]], [1, [2]]),
    ],
)
def test_equal_values_match(actual: Any, expected: Any) -> None:
    assert matches(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (None, 0),
        (0, None),
        (True, 1),
        (1, True),
        (Decimal("1.2"), Decimal("1.20")),
        (Decimal("1.5"), 1),
        ({"A": 1}, {"A": 1, "B": None}),
        ({"A": 1, "B": None}, {"A": 1}),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ("1", 1),
    ],
)
def test_other_values_do_not(actual: Any, expected: Any) -> None:
    assert not matches(actual, expected)


def test_doubles_compare_as_numbers() -> None:
    assert matches(Decimal("1.0E10"), 10_000_000_000, DOUBLE)
    assert not matches(Decimal("1.0"), Decimal("1.00"), DecimalType(4, 2))


SOURCE = DataSource(
    "TABLE",
    "OUT",
    LogicalSchema((Column("K", INTEGER),), (Column("V", INTEGER),)),
    "OUT",
    Formats(),
    WindowInfo("TUMBLING", 10),
)
RECORD = Record((1).to_bytes(4, "big") + (20).to_bytes(8, "big"), b'{"V":5}', 25)
EXPECTED = {"key": 1, "value": {"V": 5}, "timestamp": 25, "window": {"start": 20, "end": 30, "type": "time"}}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({}, None),
        ({"key": 2}, "key"),
        ({"value": {"V": 6}}, "value"),
        ({"value": None}, "value"),
        ({"timestamp": 24}, "timestamp"),
        ({"timestamp": None}, None),
        ({"window": {"start": 10, "end": 20, "type": "time"}}, "window"),
        ({"window": None}, "window"),
        ({"headers": [{"KEY": "a", "VALUE": None}]}, "headers"),
    ],
)
def test_every_part_of_a_record_counts(change: dict[str, Any], part: str | None) -> None:
    assert difference(RECORD, {**EXPECTED, **change}, SOURCE, any_time=False) == part


def test_a_time_of_zero_is_not_compared_where_nothing_was_fed() -> None:
    assert difference(RECORD, {**EXPECTED, "timestamp": 0}, SOURCE, any_time=True) is None
