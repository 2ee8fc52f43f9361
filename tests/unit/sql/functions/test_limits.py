"""Calls that would make values too large for the process."""

import pytest

from clickstream.sql.functions.limits import LARGEST
from clickstream.sql.functions.scalars.arrays import generate_series
from clickstream.sql.functions.scalars.lambdas import reduce_array, reduce_map
from clickstream.sql.functions.scalars.strings import pad_left, pad_right, replace
from clickstream.sql.functions.tables import cube_explode


def test_values_that_are_too_large_are_not_made() -> None:
    with pytest.raises(ValueError, match="GENERATE_SERIES would have"):
        generate_series(0, 2**31 - 1)
    with pytest.raises(ValueError, match="GENERATE_SERIES would have"):
        generate_series(2**63 - 1, -(2**63), -1)
    for pad in (pad_left, pad_right):
        with pytest.raises(ValueError, match="more than"):
            pad("a", 2**31 - 1, "b")
    with pytest.raises(ValueError, match="more than"):
        replace("a" * 10_000, "a", "b" * 10_000)
    with pytest.raises(ValueError, match="CUBE_EXPLODE"):
        cube_explode(list(range(40)))


def test_a_state_may_not_double_for_good() -> None:
    with pytest.raises(ValueError, match="REDUCE"):
        reduce_array(list(range(60)), "x", lambda state, _: state + state)
    with pytest.raises(ValueError, match="REDUCE"):
        reduce_map(dict.fromkeys(range(60)), [1], lambda state, _k, _v: state + state)


def test_large_values_that_are_not_too_large_are_made() -> None:
    assert len(generate_series(1, 100_000)) == 100_000
    assert len(pad_left("a", LARGEST, "b")) == LARGEST
    assert replace("a" * 10_000, "b", "c" * 10_000) == "a" * 10_000
