from typing import Any

import pytest

from tests.helpers.functions import call


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("COALESCE(1)", 1),
        ("COALESCE(NULL, 'b', 'c')", "b"),
        ("COALESCE(CAST(NULL AS INT), CAST(NULL AS INT))", None),
        ("COALESCE(ARRAY[1], ARRAY[2])", [1]),
        ("IFNULL(NULL, 'x')", "x"),
        ("IFNULL('a', 'x')", "a"),
        ("IFNULL(CAST(NULL AS INT), CAST(NULL AS INT))", None),
        ("NULLIF(1, 1)", None),
        ("NULLIF(1, 2)", 1),
        ("NULLIF(CAST(NULL AS INT), 2)", None),
        ("NULLIF('a', CAST(NULL AS STRING))", "a"),
        ("AS_VALUE('k')", "k"),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert call(text) == value
