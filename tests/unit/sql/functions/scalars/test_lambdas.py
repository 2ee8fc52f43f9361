from typing import Any

import pytest

from clickstream.core.errors import SqlError
from tests.helpers.functions import Columns, Failed, call

COLUMNS: Columns = {
    "A": ("ARRAY<INT>", [1, 2, 3]),
    "WITH_NULL": ("ARRAY<INT>", [1, None]),
    "NA": ("ARRAY<INT>", None),
    "M": ("MAP<STRING, INT>", {"a": 1, "bb": 2}),
    "NM": ("MAP<STRING, INT>", None),
    "S": ("ARRAY<STRING>", ["x", "y"]),
    "NI": ("INT", None),
    "K": ("INT", 10),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("TRANSFORM(A, x => x * K)", [10, 20, 30]),
        ("TRANSFORM(A, x => CAST(x AS STRING))", ["1", "2", "3"]),
        ("TRANSFORM(NA, x => x)", None),
        ("TRANSFORM(M, (k, v) => UCASE(k), (k, v) => v + LEN(k))", {"A": 2, "BB": 4}),
        ("FILTER(A, x => x > 1)", [2, 3]),
        ("FILTER(WITH_NULL, x => x IS NOT NULL)", [1]),
        ("FILTER(M, (k, v) => k = 'a' OR v > 5)", {"a": 1}),
        ("FILTER(NM, (k, v) => true)", None),
        ("REDUCE(A, 0, (s, x) => s + x)", 6),
        ("REDUCE(S, '', (s, x) => CONCAT(s, x))", "xy"),
        ("REDUCE(NA, 7, (s, x) => s + x)", 7),
        ("REDUCE(A, NI, (s, x) => s + x)", None),
        ("REDUCE(M, 1, (s, k, v) => s + v + LEN(k))", 7),
        ("REDUCE(TRANSFORM(A, x => REDUCE(A, x, (s, y) => s + y)), 0, (s, x) => s + x)", 24),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    "text",
    [
        "TRANSFORM(WITH_NULL, x => x + 1)",
        "FILTER(WITH_NULL, x => CAST(NULL AS BOOLEAN))",
        "FILTER(MAP('a' := CAST(NULL AS INT)), (k, v) => true)",
        "TRANSFORM(M, (k, v) => 'same', (k, v) => v)",
        "TRANSFORM(M, (k, v) => k, (k, v) => NULLIF(v, 1))",
    ],
)
def test_failures_of_lambdas_fail_the_whole_call(text: str) -> None:
    with pytest.raises(Failed):
        call(text, COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "TRANSFORM(A, (x, y) => x)",
        "FILTER(A, x => x + 1)",
        "REDUCE(A, '', (s, x) => x)",
        "REDUCE(A, (s, x) => x)",
        "TRANSFORM(M, (k, v) => k)",
    ],
)
def test_lambdas_that_do_not_fit(text: str) -> None:
    with pytest.raises(SqlError, match="does not accept parameters"):
        call(text, COLUMNS)
