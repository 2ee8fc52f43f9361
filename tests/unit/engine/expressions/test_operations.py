import math

import pytest

from clickstream.engine.expressions.operations import (
    array_item,
    divide_double,
    divide_integer,
    like_matcher,
    remainder,
)


def test_integers_divide_towards_zero() -> None:
    assert [divide_integer(a, b) for a, b in ((7, 2), (-7, 2), (7, -2), (-7, -2))] == [3, -3, -3, 3]
    with pytest.raises(ZeroDivisionError):
        divide_integer(1, 0)


def test_remainders_have_the_sign_of_the_dividend() -> None:
    assert [remainder(a, b) for a, b in ((7, 3), (-7, 3), (7, -3))] == [1, -1, 1]
    assert remainder(-7.5, 2.0) == -1.5
    assert math.isnan(remainder(1.0, 0.0))
    assert remainder(1.0, math.inf) == 1.0


def test_doubles_divide_by_zero() -> None:
    assert divide_double(1.0, 0.0) == math.inf
    assert divide_double(1.0, -0.0) == -math.inf
    assert math.isnan(divide_double(0.0, 0.0))


def test_array_positions_begin_at_one_and_count_back_from_minus_one() -> None:
    assert [array_item([1, 2], i) for i in (-3, -2, -1, 0, 1, 2, 3)] == [None, 1, 2, None, 1, 2, None]


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("%html%", "a.html?x", True),
        ("%html%", "a.css", False),
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("a_c", "abc", True),
        ("a_c", "ac", False),
        ("%", "", True),
        ("%%", "anything", True),
        ("a%c", "a\nc", True),
        (r"100\%", "100%", True),
        (r"100\%", "100x", False),
        (r"a\_b", "a_b", True),
        (r"a\_b", "axb", False),
        ("a.c", "abc", False),
        ("%.html", "x.html", True),
    ],
)
def test_like(pattern: str, text: str, matches: bool) -> None:
    assert like_matcher(pattern, None)(text) is matches


def test_like_with_another_escape() -> None:
    assert like_matcher("5!%", "!")("5%") is True
    assert like_matcher("5!%", "!")("55") is False
