from decimal import Decimal
from typing import Any

import pytest

from clickstream.sql.functions.aggregates.cardinality import estimate, hash_of, register


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (True, "true"),
        (b"abc", "abc"),
        (Decimal("1.50"), "1.50"),
        (2**64 + 5, 5),
        (0, 0.0),
    ],
)
def test_values_that_hash_alike(value: Any, other: Any) -> None:
    assert hash_of(value) == hash_of(other)


def test_hashes_are_32_bit_and_registers_fit() -> None:
    for value in ("", "a", "abcdefg", "ä€", -1, 2**62, -0.5):
        assert 0 <= hash_of(value) < 2**32
        place, rank = register(value)
        assert 0 <= place < 2**14
        assert 1 <= rank <= 19


@pytest.mark.parametrize("count", [10, 1_000, 100_000])
@pytest.mark.parametrize("make", [int, float, lambda n: f"user-{n}"])
def test_estimates_are_near_the_truth(count: int, make: Any) -> None:
    sketch: dict[int, int] = {}
    for n in range(count):
        place, rank = register(make(n))
        sketch[place] = max(rank, sketch.get(place, 0))
    assert abs(estimate(sketch) - count) <= max(0.03 * count, 1)
