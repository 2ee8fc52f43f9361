import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream.storage.documents.automaton import regular_expression, wildcard
from clickstream.storage.documents.errors import DocumentError


@pytest.mark.parametrize(
    ("pattern", "fitting", "unfitting"),
    [
        ("abc", ["abc"], ["ab", "abcd", ""]),
        ("a.c", ["abc", "a😀c"], ["ac"]),
        ("a|bc|", ["a", "bc", ""], ["b"]),
        ("(ab)*c", ["c", "ababc"], ["abab"]),
        ("a+b?", ["a", "aab"], ["b"]),
        ("a{2}", ["aa"], ["a", "aaa"]),
        ("a{1,3}b{2,}", ["abb", "aaabbbb"], ["ab", "aaaabb"]),
        ("(a{2}){2}", ["aaaa"], ["aaa"]),
        ("[a-cx]", ["a", "c", "x"], ["d"]),
        ("[^a-c]", ["d"], ["a", ""]),
        ("[]a-]", ["]", "-"], ["b"]),
        ("[\\]_]+", ["]_"], ["a"]),
        (r"\d{2}", ["dd"], ["12"]),
        ("*a+", ["*a"], ["a"]),
        ("{a", ["{a"], ["a"]),
        ('"a.b"', ["a.b"], ["axb"]),
        ("a@b", ["ab", "a...b"], ["a"]),
        ("a#", [], ["a", ""]),
        (r"\.\*\\", [".*\\"], ["x"]),
        ("", [""], ["a"]),
    ],
)
def test_regular_expressions(pattern: str, fitting: list[str], unfitting: list[str]) -> None:
    automaton = regular_expression(pattern)
    assert [text for text in fitting if not automaton.matches(text)] == []
    assert [text for text in unfitting if automaton.matches(text)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "a)",
        "[a",
        "a{x}",
        "a{1",
        "a{9999999999999}",
        "a{20000}",
        "~a",
        "a&b",
        "<1-2>",
        "\\",
        '"a',
        "(" * 200,
    ],
)
def test_wrong_expressions_are_refused(pattern: str) -> None:
    with pytest.raises(DocumentError):
        regular_expression(pattern)


def test_case_may_be_ignored() -> None:
    assert regular_expression("aB.", ignore_case=True).matches("Abc")
    assert wildcard("a*", ignore_case=True).matches("ABC")
    assert not wildcard("a*").matches("ABC")


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "", True),
        ("a*c", "abbc", True),
        ("a?c", "ac", False),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("a\\", "a\\", True),
        ("*ü?", "xüx", True),
    ],
)
def test_wildcards(pattern: str, text: str, fits: bool) -> None:
    assert wildcard(pattern).matches(text) is fits


@pytest.mark.parametrize(
    "pattern", ["(a*)*b", "(a|a)*b", "(a|aa)+b", "([a-z]+)*\\d", "a?" * 30 + "a" * 30 + "b"]
)
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    began = time.perf_counter()
    assert not regular_expression(pattern).matches("a" * 3000)
    assert not wildcard("*a" * 30 + "*b").matches("a" * 3000)
    assert time.perf_counter() - began < 2


PIECES = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "a*", "b+", "a?", "(ab)", "(a|b)", "a{1,2}", "|"])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6), st.text("abc", max_size=8))
def test_what_both_languages_share_matches_as_in_python(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    assert regular_expression(pattern).matches(text) == (re.fullmatch(pattern, text) is not None)
