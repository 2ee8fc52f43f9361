"""What a refusal says, and where it points."""

import json
from pathlib import Path

import pytest

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql.parser import parse, parse_expression


def refusal(text: str) -> SqlSyntaxError:
    with pytest.raises(SqlSyntaxError) as caught:
        parse(text)
    return caught.value


def _recorded(shared: Path) -> list[tuple[str, str, str]]:
    """Return text sent, message and statement text of every syntax error on record."""
    found = []
    for folder in ("ksql", "query"):
        for file in sorted((shared / "golden" / "rest" / folder).glob("*.json")):
            exchange = json.loads(file.read_text())
            sent = exchange["request"].get("body_json")
            answer = exchange["response"].get("body_json")
            if isinstance(sent, dict) and isinstance(answer, dict) and "Syntax Error" in str(answer):
                text = sent.get("ksql", sent.get("sql"))
                found.append((text, answer["message"], answer.get("statementText", text)))
    return found


def test_messages_are_those_of_the_real_server(shared: Path) -> None:
    recorded = _recorded(shared)
    assert len(recorded) >= 8
    for text, message, statement in recorded:
        error = refusal(text)
        assert message.partition("\nStatement:")[0] == error.message
        assert error.statement == statement


def test_a_refusal_after_parsing_shows_its_own_statement_without_values(shared: Path) -> None:
    file = shared / "golden" / "rest" / "ksql" / "110_insert_values_too_many.json"
    exchange = json.loads(file.read_text())
    error = refusal("SHOW STREAMS; " + exchange["request"]["body_json"]["ksql"])
    assert error.message == exchange["response"]["body_json"]["message"]
    assert error.statement == exchange["response"]["body_json"]["statementText"]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("SELECT a b c FROM s;", (1, 12), "Expecting {',', 'FROM'}"),
        ("CREATE STREAM s (c1 VARCHAR, size INT);", (1, 30), '"size" is a reserved keyword'),
        ("CREATE TABLE left (a INT);", (1, 14), '"left" is a reserved keyword'),
        ("SELECT *\nFROM s\nWHERE (a = 1;", (3, 13), "missing ')' at ';'"),
        ("SELECT * FROM s WHERE;", (1, 22), ""),
        ("SELECT * FROM s WHERE a = ?;", (1, 27), "Syntax error at or near '?' at line 1:27"),
        ("SELECT 'abc FROM s;", (1, 8), "Syntax error at or near ''abc FROM s;' at line 1:8"),
        ("SELECT a FROM s GROUP BY b, (c, d);", (1, 31), "missing ')' at ','"),
        ("CREATE STREAM s (a INT (x));", (1, 25), "Expecting {'STRING', INTEGER_VALUE}"),
        ("CREATE STREAM s (a NULL);", (1, 20), "Syntax error at or near 'NULL' at line 1:20"),
        ("SELECT a = b = c FROM s;", (1, 14), "Expecting {'AS', ',', 'FROM'}"),
        ("DROP s;", (1, 6), "Expecting {'STREAM', 'TABLE', 'CONNECTOR', 'TYPE'}"),
        ("SELECT * FROM s WINDOW TUMBLING (30 SECONDS);", (1, 34), "Expecting 'SIZE'"),
        ("ASSERT VALUES s (a) VALUES (1);", (1, 8), "Syntax error at or near 'VALUES' at line 1:8"),
    ],
)
def test_place_and_wording(text: str, place: tuple[int, int], message: str) -> None:
    error = refusal(text)
    assert (error.line, error.column) == place
    assert error.message.startswith(f"line {place[0]}:{place[1]}: Syntax Error\n{message}")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("SELECT * FRM s;", "Did you mean 'FROM' instead of 'FRM'?"),
        ("SELECT a FRM s;", "Did you mean 'FROM' instead of 'FRM'?"),
        ("SELECT * FROM s WHRE a = 1;", "Did you mean 'WHERE' instead of 'WHRE'?"),
        ("SELECT * FROM s x WHEER a = 1;", "Did you mean 'WHERE' instead of 'WHEER'?"),
        ("SELECT * FROM s EMIT CHANGE;", "Did you mean 'CHANGES' instead of 'CHANGE'?"),
        ("CREATE STRAEM s (a INT);", "Did you mean 'STREAM' instead of 'STRAEM'?"),
        ("SHOW STREMS;", "Did you mean 'STREAMS' instead of 'STREMS'?"),
        ("RUN SCRIPT 'x';", "RUN SCRIPT is a command of the client: send the script's statements themselves"),
        ("CREAT STREAM x;", "Did you mean 'CREATE'?"),
        ("CREATE STREAM s (load INT);", "write `LOAD` in back-ticks to use it as a name"),
    ],
)
def test_hints_name_the_word_that_was_meant(text: str, hint: str) -> None:
    assert refusal(text).hint == hint


def test_a_long_list_of_what_was_expected_is_the_hint() -> None:
    hint = refusal("SELECT * FROM s x 1;").hint
    assert hint is not None
    assert hint.startswith("expected one of ")
    assert "WHERE" in hint


def test_the_snippet_underlines_the_token() -> None:
    assert refusal("SHOW STREAMS;\n\tSELECT * FRM s;\nSHOW TABLES;").snippet == (
        " SELECT * FRM s;\n          ^^^"
    )
    assert refusal("SHOW STREAMS").snippet == "SHOW STREAMS\n            ^"


def test_the_snippet_of_a_long_line_is_cut_round_the_token() -> None:
    snippet = refusal("SELECT " + "a, " * 1000 + "* FRM s" + " " * 1000 + ";").snippet
    line, carets = snippet.split("\n")
    assert len(line) <= 100
    assert line[carets.index("^") :].startswith("FRM")
    assert carets.strip() == "^^^"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9223372036854775808", "line 1:2: Invalid numeric literal: 9223372036854775808"),
        ("a + -1E999", "line 1:6: Number overflows DOUBLE: -1E999"),
        ("a LIKE b ESCAPE 'xy'", "ESCAPE takes one character, not 'xy'"),
        ("DATE 'x'", "Invalid DATE literal: 'x'"),
        ("CAST(a AS DECIMAL(0, 0))", "DECIMAL precision must be >= 1: DECIMAL(0,0)"),
        ("CAST(a AS DECIMAL(1, 2))", "DECIMAL precision must be >= scale: DECIMAL(1,2)"),
    ],
)
def test_what_no_tree_can_hold(text: str, message: str) -> None:
    with pytest.raises(SqlSyntaxError) as caught:
        parse_expression(text)
    assert caught.value.message == f"Failed to prepare statement: {message}"
