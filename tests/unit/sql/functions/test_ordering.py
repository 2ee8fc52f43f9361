import math
from typing import Any

import pytest

from clickstream.sql.functions.ordering import equality_key, order_of
from tests.helpers.functions import type_named


@pytest.mark.parametrize(
    ("type_", "ordered"),
    [
        ("INT", [-1, 0, 1]),
        ("DOUBLE", [-math.inf, -1.0, 2.5, math.inf, math.nan]),
        ("BYTES", [b"\x80", b"\xff", b"\x00", b"\x00\x01", b"\x7f"]),
        ("STRING", ["A", "a", "b"]),
    ],
)
def test_values_are_ordered_as_java_does(type_: str, ordered: list[Any]) -> None:
    values = ordered[::-1]
    values.sort(key=order_of(type_named(type_)))
    assert list(map(repr, values)) == list(map(repr, ordered))


def test_equal_values_have_equal_keys() -> None:
    left = [{"a": [1, 2], "b": None}, "x"]
    right = [{"b": None, "a": [1, 2]}, "x"]
    assert hash(equality_key(left)) == hash(equality_key(right))
    assert equality_key(left) == equality_key(right)
    assert equality_key([1, 2]) != equality_key([2, 1])
