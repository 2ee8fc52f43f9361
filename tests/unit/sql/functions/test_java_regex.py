import re

import pytest

from clickstream.sql.functions.java_regex import compile_java, replacement


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"[a-z&&[^aeiou]]+", "aebcd", "bcd"),
        (r"[a-c[x-z]]+", "--axbz", "axbz"),
        (r"[^a-c[x-z]]+", "axmbz", "m"),
        (r"[[a]b]+", "cab", "ab"),
        (r"[]a]+", "x]a", "]a"),
        (r"[a&b~|]+", "x&~|", "&~|"),
        (r"\w+", "äbc", "bc"),
        (r"\p{L}+", "1äb2", "äb"),
        (r"\p{Lu}\p{javaLowerCase}+", "xÄb", "Äb"),
        (r"\P{Digit}+", "12ab3", "ab"),
        (r"[\P{Alpha}&&[^ ]]+", "ab 12", "12"),
        (r"\p{IsGreek}+", "aβγ", "βγ"),
        (r"\pN+", "a12", "12"),
        (r"\h+", "a\t b", "\t "),
        (r"\R", "a\r\nb", "\r\n"),
        (r"\Qa.b\E+", "xa.bb", "a.bb"),
        (r"\Q(", "x(", "("),
        (r"\x{1F600}", "x\U0001f600", "\U0001f600"),
        (r"\x41\u0042\0103", "ABC", "ABC"),
        (r"\cA\e", "\x01\x1b", "\x01\x1b"),
        (r"(?<year>\d{4})-\k<year>", "2020-2020", "2020-2020"),
        (r"(a)\1", "baa", "aa"),
        (r"(?i)ABC", "abc", "abc"),
        (r"a(?i)b", "AB aB", "aB"),
        (r"a(?i)b|c", "C", "C"),
        (r"(a(?i)b)c", "aBC aBc", "aBc"),
        (r"(?i:a)b", "Ab", "Ab"),
        (r"(?s).+", "a\nb", "a\nb"),
        (r".+", "a\x85b", "a"),
        (r"b$", "ab\r\n", "b"),
        (r"(?m)^b", "a\nb", "b"),
        (r"b\z", "ab", "b"),
        (r"(?>a+)b", "aab", "aab"),
        (r"a++b", "aab", "aab"),
        (r"(?<=a)b(?!c)", "abc ab", "b"),
        (r"\-\_", "-_", "-_"),
    ],
)
def test_patterns(pattern: str, text: str, found: str) -> None:
    match = compile_java(pattern).search(text)
    assert match is not None
    assert match[0] == found


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"a(?i)b", "AB"), (r"\d", "٣"), (r"b\z", "b\n"), (r"a++a", "aaa"), (r"(?i)a(?-i)b", "AB")],
)
def test_patterns_that_are_not_found(pattern: str, text: str) -> None:
    assert compile_java(pattern).search(text) is None


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "a\\", r"\y", r"\p{Nope}", "*", "(?P<a>b)", "(?#c)", r"\1", "a**"]
)
def test_patterns_that_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        compile_java(pattern)


@pytest.mark.parametrize(
    ("text", "result"),
    [("<$1>", "<a>"), ("${n}!", "b!"), (r"\$1", "$1"), ("$12", "a2"), ("$0$2", "abb")],
)
def test_replacements(text: str, result: str) -> None:
    assert re.sub("(a)(?P<n>b)", replacement(text), "ab") == result


@pytest.mark.parametrize("text", ["$", "$x", "a\\", "${1}"])
def test_replacements_that_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        replacement(text)


def test_a_group_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="No group 3"):
        re.sub("(a)", replacement("$3"), "a")
