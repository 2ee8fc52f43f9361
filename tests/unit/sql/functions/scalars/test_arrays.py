from decimal import Decimal
from typing import Any

import pytest

from clickstream.sql.functions.registry import REGISTRY
from tests.helpers.functions import Columns, Failed, call, type_named

COLUMNS: Columns = {
    "A": ("ARRAY<INT>", [3, 1, None, 2, 1]),
    "TWO": ("ARRAY<INT>", [1, None, 9]),
    "NA": ("ARRAY<INT>", None),
    "EMPTY": ("ARRAY<INT>", []),
    "S": ("ARRAY<STRING>", ["b", None, "a"]),
    "STRUCTS": ("ARRAY<STRUCT<X INT>>", [{"X": 1}, {"X": 1}, {"X": None}]),
    "NESTED": ("ARRAY<ARRAY<INT>>", [[1], [1, None], [1]]),
    "BITS": ("ARRAY<BOOLEAN>", [True, None, False]),
    "RAW": ("ARRAY<BYTES>", [b"\x80", b"\x00", b"\x7f"]),
    "M": ("ARRAY<DECIMAL(5, 2)>", [Decimal("1.50"), None]),
    "D": ("ARRAY<DOUBLE>", [1e10, 0.5]),
    "MAPPED": ("MAP<STRING, INT>", {"b": 2, "a": None}),
    "NI": ("INT", None),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ARRAY_DISTINCT(A)", [3, 1, None, 2]),
        ("ARRAY_DISTINCT(NESTED)", [[1], [1, None]]),
        ("ARRAY_DISTINCT(STRUCTS)", [{"X": 1}, {"X": None}]),
        ("ARRAY_DISTINCT(NA)", None),
        ("ARRAY_UNION(A, TWO)", [3, 1, None, 2, 9]),
        ("ARRAY_UNION(A, NA)", None),
        ("ARRAY_INTERSECT(A, TWO)", [1, None]),
        ("ARRAY_INTERSECT(NA, TWO)", None),
        ("ARRAY_EXCEPT(A, TWO)", [3, 2]),
        ("ARRAY_EXCEPT(A, EMPTY)", [3, 1, None, 2]),
    ],
)
def test_sets(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ARRAY_CONCAT(A, TWO)", [3, 1, None, 2, 1, 1, None, 9]),
        ("ARRAY_CONCAT(NA, TWO)", [1, None, 9]),
        ("ARRAY_CONCAT(NA, NA)", None),
        ("ARRAY_CONTAINS(A, 2)", True),
        ("ARRAY_CONTAINS(A, NI)", True),
        ("ARRAY_CONTAINS(A, 8)", False),
        ("ARRAY_CONTAINS(NA, 8)", False),
        ("ARRAY_REMOVE(A, 1)", [3, None, 2]),
        ("ARRAY_REMOVE(A, NI)", [3, 1, 2, 1]),
        ("ARRAY_REMOVE(NA, 1)", None),
        ("ARRAY_LENGTH(A)", 5),
        ("ARRAY_LENGTH(NA)", None),
        ("SLICE(A, 2, 3)", [1, None]),
        ("SLICE(A, NULL, 2)", [3, 1]),
        ("SLICE(A, 4, NULL)", [2, 1]),
        ("SLICE(A, 0, 2)", None),
        ("SLICE(A, 2, 9)", None),
        ("SLICE(A, 3, 2)", []),
        ("SLICE(NA, 1, 2)", None),
    ],
)
def test_elements(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ARRAY_MAX(A)", 3),
        ("ARRAY_MIN(A)", 1),
        ("ARRAY_MAX(EMPTY)", None),
        ("ARRAY_MIN(NA)", None),
        ("ARRAY_MAX(ARRAY['Foo', 'Bar', 'baz'])", "baz"),
        ("ARRAY_MAX(RAW)", b"\x7f"),
        ("ARRAY_SORT(A)", [1, 1, 2, 3, None]),
        ("ARRAY_SORT(A, 'descending')", [3, 2, 1, 1, None]),
        ("ARRAY_SORT(BITS)", [False, True, None]),
        ("ARRAY_SORT(RAW)", [b"\x80", b"\x00", b"\x7f"]),
        ("ARRAY_SORT(A, 'SIDEWAYS')", None),
        ("ARRAY_SORT(NA)", None),
    ],
)
def test_order(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ARRAY_JOIN(A)", "3,1,null,2,1"),
        ("ARRAY_JOIN(S, '')", "bnulla"),
        ("ARRAY_JOIN(S, NULL)", "bnulla"),
        ("ARRAY_JOIN(BITS, '|')", "true|null|false"),
        ("ARRAY_JOIN(M, ';')", "1.50;null"),
        ("ARRAY_JOIN(D)", "1.0E10,0.5"),
        ("ARRAY_JOIN(NA)", None),
        ("ENTRIES(MAPPED, false)", [{"K": "b", "V": 2}, {"K": "a", "V": None}]),
        ("ENTRIES(MAPPED, true)", [{"K": "a", "V": None}, {"K": "b", "V": 2}]),
        ("GENERATE_SERIES(1, 3)", [1, 2, 3]),
        ("GENERATE_SERIES(3, 1)", [3, 2, 1]),
        ("GENERATE_SERIES(5, 5)", [5]),
        ("GENERATE_SERIES(0, 10, 4)", [0, 4, 8]),
        ("GENERATE_SERIES(10, 0, -5)", [10, 5, 0]),
        ("GENERATE_SERIES(2147483648, 2147483649)", [2147483648, 2147483649]),
        ("GENERATE_SERIES(NI, 3)", None),
    ],
)
def test_making_and_showing(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


def test_the_type_of_entries() -> None:
    resolved = REGISTRY.scalar("ENTRIES", [type_named("MAP<STRING, BIGINT>"), type_named("BOOLEAN")])
    assert resolved.returns == type_named("ARRAY<STRUCT<K STRING, V BIGINT>>")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ARRAY_JOIN(STRUCTS)", "cannot be joined"),
        ("SLICE(A, 4, 2)", "fromIndex"),
        ("GENERATE_SERIES(1, 3, 0)", "step cannot be zero"),
        ("GENERATE_SERIES(1, 3, -1)", "step has wrong sign"),
    ],
)
def test_wrong_arguments(text: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        call(text, COLUMNS)
