"""Statements that only test files have."""

import pytest
from hypothesis import HealthCheck, given, settings

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql import nodes as n
from clickstream.sql import types as t
from clickstream.sql.format import format_statement
from clickstream.sql.parser import parse, parse_tests
from tests.helpers import syntax_trees


def literal(value: object) -> n.Literal:
    return n.Literal(value, t.INTEGER)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        (
            "assert values j (rowtime, s_id) values (1, 2);",
            n.AssertValues("J", ("ROWTIME", "S_ID"), (literal(1), literal(2))),
        ),
        ("ASSERT VALUES `j` VALUES (1);", n.AssertValues("j", (), (literal(1),))),
        ("ASSERT NULL VALUES j (id) KEY (1);", n.AssertValues("J", ("ID",), (literal(1),), tombstone=True)),
        ("ASSERT STREAM a;", n.AssertSource("STREAM", "A")),
        (
            "ASSERT TABLE a (id INT PRIMARY KEY) WITH (kafka_topic='x');",
            n.AssertSource(
                "TABLE", "A", (n.TableElement("ID", t.INTEGER, "PRIMARY KEY"),), {"KAFKA_TOPIC": "x"}
            ),
        ),
        ("ASSERT TOPIC x;", n.AssertTopic("x")),
        ("RUN SCRIPT '../a.sql';", n.RunScript("../a.sql")),
        ("DROP STREAM a;", n.DropSource("STREAM", "A")),
    ],
)
def test_statements(text: str, statement: n.Statement) -> None:
    (parsed,) = parse_tests(text)
    assert parsed.statement == statement


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ASSERT VALUES a (b, c) VALUES (1);", "Expected number columns and values to match: 2, 1"),
        ("ASSERT VALUES a (b) KEY (1);", "VALUES"),
        ("ASSERT NULL VALUES a (b) VALUES (1);", "KEY"),
        ("ASSERT STREAM a (b INT PRIMARY KEY);", "please use 'KEY' for streams"),
        ("ASSERT ROWS a;", "Syntax error"),
    ],
)
def test_what_is_no_assertion(text: str, message: str) -> None:
    with pytest.raises(SqlSyntaxError, match=message):
        parse_tests(text)


@pytest.mark.parametrize("text", ["ASSERT VALUES a VALUES (1);", "ASSERT STREAM a;", "RUN SCRIPT 'x';"])
def test_servers_do_not_know_them(text: str) -> None:
    with pytest.raises(SqlSyntaxError):
        parse(text)


@given(syntax_trees.assertions)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_assertion_reads_back_as_itself(statement: n.Statement) -> None:
    (parsed,) = parse_tests(format_statement(statement))
    assert parsed.statement == statement
