"""Cutting SQL files into tests."""

from pathlib import Path

import pytest

from clickstream.node.sqltest.directives import SqlTest, has_directives, split_tests


def split(text: str) -> list[SqlTest]:
    return split_tests(text, Path("a.sql"), "a.sql")


def test_tests_are_cut_and_keep_their_lines() -> None:
    first, second = split(
        "-- about\n\n--@test: one\nA;\n--@test:two \n--@expected.error: E\n--@expected.message: m: n\nB;"
    )
    assert (first.name, str(first.place), first.text) == ("one", "a.sql:3", "\n\n\nA;\n")
    assert (second.name, second.text.count("\n", 0, second.text.index("B"))) == ("two", 7)
    assert (second.expected_error, second.expected_message) == ("E", "m: n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("--@test: a\n--@expected.eror: E\n", (2, "there is no directive --@expected.eror")),
        ("--@test: a\n--@expected.error:\n", (2, "says nothing")),
        ("--@test: a\n--@expected.error: E\n--@expected.error: F\n", (3, "stands twice")),
        ("--@test:\nA;\n", (1, "has no name")),
        ("A;\n--@test: a\n", (1, "a test begins with")),
        ("--@tset: a\nA;\n", (1, "a test begins with")),
    ],
)
def test_what_is_wrong_with_directives(text: str, problem: tuple[int, str]) -> None:
    found = next(test.problem for test in split(text) if test.problem)
    assert found[0].line == problem[0]
    assert problem[1] in found[1]


def test_files_without_directives_are_no_tests() -> None:
    assert not has_directives("-- a comment\nCREATE STREAM s;\n--- @test\n")
    assert has_directives("CREATE STREAM s;\n  --@tset: typo\n")
