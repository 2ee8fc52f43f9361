"""Scripts: where statements begin and end, how fast, and what no input may do."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql.cursor import MAX_DEPTH, MAX_HEIGHT
from clickstream.sql.format import format_expression
from clickstream.sql.names import NON_RESERVED, RESERVED
from clickstream.sql.nodes import ColumnRef, Location, Show, TableElement
from clickstream.sql.parser import (
    SplitStatement,
    parse,
    parse_expression,
    parse_schema,
    parse_statement,
    parse_type,
    split_statements,
)
from clickstream.sql.types import INTEGER, STRING

# --------------------------------------------------------------------------------- scripts


@pytest.mark.parametrize("text", ["", "  \n", "-- hello", "/* a\n; */", "--@test: x"])
def test_a_text_without_statements_is_an_empty_script(text: str) -> None:
    assert parse(text) == []


def test_statements_keep_their_text_and_place() -> None:
    first, second = parse("show streams ;\n  -- between\n  SHOW\n TABLES;")
    assert first.statement == Show("STREAMS")
    assert (first.text, first.at) == ("show streams", Location(1, 1))
    assert second.statement == Show("TABLES")
    assert (second.text, second.at) == ("SHOW\n TABLES", Location(3, 3))


def test_the_last_semicolon_is_needed_in_a_script_only() -> None:
    with pytest.raises(SqlSyntaxError, match="missing ';' at '<EOF>'"):
        parse("SHOW STREAMS")
    assert parse_statement("SHOW STREAMS") == parse_statement("SHOW STREAMS;")


@pytest.mark.parametrize(("text", "found"), [("", 0), ("-- x", 0), ("SHOW STREAMS; SHOW TABLES", 2)])
def test_one_statement_means_one(text: str, found: int) -> None:
    with pytest.raises(SqlSyntaxError, match=f"Expected exactly one KSQL statement; found {found} instead"):
        parse_statement(text)


def test_a_script_is_split_without_being_understood() -> None:
    script = "a 'x;y' b;\n-- c;\n/* ; */ d\n e;  ; f"
    assert split_statements(script) == [
        SplitStatement("a 'x;y' b;", 1),
        SplitStatement("d\n e;", 3),
        SplitStatement(";", 4),
        SplitStatement("f", 4),
    ]


def test_a_schema() -> None:
    assert parse_schema("K INT KEY, v VARCHAR -- last") == (
        TableElement("K", INTEGER, "KEY"),
        TableElement("V", STRING),
    )


@pytest.mark.parametrize("read", [parse_expression, parse_type, parse_schema])
def test_nothing_may_follow(read: Callable[[str], object]) -> None:
    with pytest.raises(SqlSyntaxError):
        read("a b c d")


# --------------------------------------------------------------------------------- conformance


def _cases(shared: Path) -> Iterator[dict[str, object]]:
    for file in sorted((shared / "qtt").glob("*.jsonl")):
        for line in file.read_text().splitlines():
            yield json.loads(line)


_REFUSED_HERE = {
    "PARTITION BY requires at least one expression",
    "Failed to prepare statement: Expected number columns and values to match: 2, 1",
    "line 1:24: Syntax Error\n\nStatement: SELECT * FROM S1 ORDER BY MYKEY DESC;",
    "line 1:36: Syntax Error",
}
"""Refusals that the cases do not call failures to parse, though they are: of parser or tree maker."""


def test_every_conformance_script_parses_unless_it_must_not(shared: Path) -> None:
    checked = 0
    for case in _cases(shared):
        expected = case["expected_exception"] or case.get("expected_error") or {}
        assert isinstance(expected, dict)
        message = expected.get("message", "")
        statements = case["statements"]
        assert isinstance(statements, list)
        script = "\n".join(statements)
        if "ParseFailedException" in expected.get("type", "") or message in _REFUSED_HERE:
            _assert_refused(script, message, statements[-1])
        else:
            parse(script)
        checked += 1
    assert checked > 1000


def _assert_refused(script: str, message: str, last: str) -> None:
    """Check the refusal; the REST cases number lines in each statement, not in the script."""
    with pytest.raises(SqlSyntaxError) as caught:
        parse(script)
    if message in caught.value.message:
        return
    with pytest.raises(SqlSyntaxError) as caught:
        parse(last)
    assert message in f"{caught.value.message}\nStatement: {last}"


# --------------------------------------------------------------------------------- speed

_TYPICAL = (
    "CREATE TABLE errors_per_min_alert WITH (key_format='json') AS SELECT status AS k1, AS_VALUE(status)"
    " AS status, WINDOWSTART event_ts, count(*) AS errors FROM clicks c JOIN codes d ON c.status = d.code"
    " WINDOW HOPPING (SIZE 60 SECOND, ADVANCE BY 20 SECOND) WHERE status > 400 AND request LIKE '%html%'"
    " GROUP BY status HAVING count(*) > 5 AND count(*) IS NOT NULL;"
)


def test_a_long_script_is_parsed_whole() -> None:
    assert len(parse(_TYPICAL * 200)) == 200


# --------------------------------------------------------------------------------- hostile input

_N = 10_000


@pytest.mark.parametrize(
    "text",
    [
        "(" * _N + "1" + ")" * _N,
        "(" * _N,
        "f(" * _N,
        "f(x => " * _N,
        "a[" * _N,
        "a" + "[1]" * _N,
        "a" + "->b" * _N,
        "NOT " * _N + "a",
        "- " * _N + "a",
        "+" * _N + "1",
        "CASE WHEN " * _N,
        "CASE a WHEN 1 THEN " * _N,
        "CAST(" * _N,
        "ARRAY[" * _N,
        "MAP(1 := " * _N,
        "STRUCT(a := " * _N,
        "1" + " + 1" * _N,
        "a" + " OR a" * _N,
        "a" + " AND a" * _N,
        "a" + " || a" * _N,
        "(1" + " + 1" * 150 + ")" + (" * (1" + " + 1" * 150 + ")") * 200,
        "CAST(a AS " + "ARRAY<" * _N,
        "CAST(a AS " + "STRUCT<a " * _N,
        "CAST(a AS MAP<" + "MAP<" * _N,
    ],
)
def test_what_nests_too_deep_is_refused(text: str) -> None:
    with pytest.raises(SqlSyntaxError):
        parse_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "EXPLAIN " * _N + "SHOW STREAMS;",
        "SELECT * FROM a" + " JOIN b ON a.x = b.x" * _N + ";",
        "'" + "x" * 1_000_000,
        "SELECT '" + "''" * 500_000 + " FROM s;",
        "/*" + "x" * 1_000_000,
        "a" * 1_000_000 + ";",
        "SELECT " + "a" * 1_000_000 + "b c d;",
        "1" * 1_000_000,
        "SELECT " + "1" * 1_000_000 + " FROM s;",
        "SELECT * FROM s LIMIT " + "1" * 1_000_000 + ";",
        "(" * 1_000_000,
        "\\" * 1_000_000,
        ";" * 1_000_000,
        "\n" * 1_000_000 + "x",
        "\0",
        "SELECT \ud800 FROM s;",
    ],
    ids=range(16),
)
@pytest.mark.timeout(60)
def test_a_hostile_script_is_refused_and_does_not_hang(text: str) -> None:
    with pytest.raises(SqlSyntaxError) as caught:
        parse(text)
    assert len(caught.value.snippet) < 1000


def test_a_large_literal_is_no_hostile_input() -> None:
    text = "x" * 1_000_000
    (parsed,) = parse(f"INSERT INTO s VALUES ('{text}');")
    assert text in parsed.text


def test_the_tallest_tree_allowed_can_be_walked() -> None:
    text = "a" + " OR a" * (MAX_HEIGHT - 2)
    tree = parse_expression(text)
    assert tree == parse_expression(text)
    assert hash(tree) == hash(parse_expression(text))
    assert len(repr(tree)) > MAX_HEIGHT
    assert format_expression(tree).count("OR") == MAX_HEIGHT - 2


def test_the_deepest_text_allowed_parses() -> None:
    depth = MAX_DEPTH - 1
    assert parse_expression("(" * depth + "a" + ")" * depth) == ColumnRef("A")
    nested = parse_expression("f(x => " * depth + "a" + ")" * depth)
    assert format_expression(nested).count("=>") == depth


_SYMBOLS = r"( ) , ; . * + - / % < > = [ ] -> => := || <> ' \" ` -- /* */ ${x} ? a b s 1 1.5 1E2 'x' `y`"
_PIECES = st.sampled_from([*sorted(RESERVED | NON_RESERVED), *_SYMBOLS.split()])


@given(st.lists(_PIECES, max_size=30).map(" ".join))
def test_any_words_parse_or_are_refused(text: str) -> None:
    for read in (parse, parse_statement, parse_expression, parse_type, parse_schema):
        error = _refusal(read, text)
        assert error is None or (error.line >= 1 and error.column >= 1)


@given(st.text())
def test_any_text_parses_or_is_refused(text: str) -> None:
    error = _refusal(parse, text)
    assert error is None or error.message


def _refusal(read: Callable[[str], object], text: str) -> SqlSyntaxError | None:
    try:
        read(text)
    except SqlSyntaxError as error:
        return error
    return None
