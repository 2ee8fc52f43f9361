"""LIKE held to its definition, and to its time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from clickstream.engine.expressions.operations import like_matcher


def by_definition(pattern: str, text: str) -> bool:
    """Follow all places in `text` at which a beginning of `pattern` may end."""
    places = {0}
    for char in pattern:
        if char == "%":
            places = set(range(min(places), len(text) + 1)) if places else set()
        else:
            places = {at + 1 for at in places if at < len(text) and char in ("_", text[at])}
    return len(text) in places


@given(st.text("ab%_", max_size=8), st.text("ab\n", max_size=9))
def test_a_pattern_matches_what_it_says(pattern: str, text: str) -> None:
    assert like_matcher(pattern, None)(text) == by_definition(pattern, text)


def test_many_wildcards_take_no_time() -> None:
    began_s = time.process_time()
    assert not like_matcher("%a" * 20 + "%b", None)("a" * 20_000)
    assert time.process_time() - began_s < 0.5
