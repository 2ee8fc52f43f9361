from typing import Any

import pytest

from tests.helpers.functions import Columns, call

COLUMNS: Columns = {
    "M": ("MAP<STRING, INT>", {"apple": 10, "banana": 20}),
    "OTHER": ("MAP<STRING, INT>", {"banana": 50, "cherry": None}),
    "NM": ("MAP<STRING, INT>", None),
    "KEYS": ("ARRAY<STRING>", ["a", "b", "a"]),
    "VALS": ("ARRAY<INT>", [1]),
    "NA": ("ARRAY<INT>", None),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("AS_MAP(KEYS, VALS)", {"a": None, "b": None}),
        ("AS_MAP(ARRAY['x'], ARRAY[1, 2])", {"x": 1}),
        ("AS_MAP(KEYS, NA)", None),
        ("MAP_KEYS(M)", ["apple", "banana"]),
        ("MAP_KEYS(NM)", None),
        ("MAP_VALUES(OTHER)", [50, None]),
        ("MAP_UNION(M, OTHER)", {"apple": 10, "banana": 50, "cherry": None}),
        ("MAP_UNION(NM, OTHER)", {"banana": 50, "cherry": None}),
        ("MAP_UNION(NM, NM)", None),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value
