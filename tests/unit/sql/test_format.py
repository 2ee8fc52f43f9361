"""Trees to text: as the recorded servers write it, and so that it reads back as the same tree."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from clickstream.sql.format import format_expression, format_query, format_statement, format_type
from clickstream.sql.nodes import Expression, QueryStatement, Statement
from clickstream.sql.parser import parse, parse_expression, parse_statement, parse_type
from clickstream.sql.types import SqlType
from tests.helpers import syntax_trees

_RELAXED = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def _recorded_texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("statementText", "queryString", "statement") and isinstance(value, str):
                yield value
            else:
                yield from _recorded_texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _recorded_texts(value)


def _normalised(shared: Path) -> set[str]:
    """Return the recorded texts that the servers had rewritten: only those name every property."""
    golden = shared / "golden"
    files = [*golden.glob("clickstream/rest/*.json"), *golden.glob("clickstream/meta/*.json")]
    files += [*golden.glob("rest/ksql/*.json"), *golden.glob("rest/query/*.json")]
    texts = {text for file in files for text in _recorded_texts(json.loads(file.read_text()))}
    return {text for text in texts if "CLEANUP_POLICY=" in text}


def test_every_normalised_text_on_record_comes_back_to_the_letter(shared: Path) -> None:
    texts = _normalised(shared)
    assert len(texts) >= 25
    for text in texts:
        assert "\n".join(format_statement(parsed.statement) for parsed in parse(text)) == text


def test_the_recorded_expression_comes_back_to_the_letter() -> None:
    assert format_expression(parse_expression("status like '4%'")) == "(STATUS LIKE '4%')"


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("a and b or not c", "((A AND B) OR (NOT C))"),
        ("a is not null", "(A IS NOT NULL)"),
        ("not a in (1, 2)", "(NOT (A IN (1, 2)))"),
        ("a not between 1 and 2", "(NOT (A BETWEEN 1 AND 2))"),
        ("a like 'x!_' escape '!'", "(A LIKE 'x!_' ESCAPE '!')"),
        ("- -1", "- -1"),
        ("-(1)", "-(1)"),
        ("-a[1]", "-A[1]"),
        ("(-a)[1]", "(-A)[1]"),
        ("a->b->`c d`", "A->B->`c d`"),
        ("count()", "COUNT(*)"),
        ("reduce(m, 0, (s, x) => s + x)", "REDUCE(M, 0, (S, X) => (S + X))"),
        ("filter(a, x => x > 1)", "FILTER(A, (X) => (X > 1))"),
        ("timestampadd(hours, 1, ts)", "TIMESTAMPADD(HOURS, 1, TS)"),
        ("case when a then 1 else null end", "(CASE WHEN A THEN 1 ELSE null END)"),
        ("case a when 1 then 'x' end", "(CASE A WHEN 1 THEN 'x' END)"),
        ("cast(a as struct<b int, `c` decimal(4,2)>)", "CAST(A AS STRUCT<B INTEGER, `c` DECIMAL(4, 2)>)"),
        ("array[1, 2]", "ARRAY[1, 2]"),
        ("map('a' := 1)", "MAP('a':=1)"),
        ("struct(a := 1)", "STRUCT(A:=1)"),
        ("1.5e3", "1.5E3"),
        ("100E0", "1E2"),
        ("0.00001e0", "1E-5"),
        ("0e0", "0E0"),
        ("1.50", "1.50"),
        ("10.", "10."),
        ("'it''s'", "'it''s'"),
        ("true", "true"),
        ("a || 'x' || b", "((A || 'x') || B)"),
        ("a != b", "(A <> B)"),
    ],
)
def test_expressions(written: str, normalised: str) -> None:
    assert format_expression(parse_expression(written)) == normalised


def test_one_select_item_stays_on_its_line_and_several_get_a_line_each() -> None:
    assert format_statement(parse_statement("select a from s").statement) == "SELECT A\nFROM S S;"
    assert (
        format_statement(parse_statement("select a, s.* from s").statement)
        == "SELECT\n  A,\n  S.*\nFROM S S;"
    )


def test_joins_keep_their_order_and_windows() -> None:
    written = (
        "select * from a join b within 1 hour grace period 5 minutes on a.k = b.k"
        " full join c within (1 second, 2 seconds) on a.k = c.k emit changes limit 3"
    )
    statement = parse_statement(written).statement
    assert isinstance(statement, QueryStatement)
    assert format_query(statement.query) == (
        "SELECT *\n"
        "FROM A A\n"
        "INNER JOIN B B WITHIN 1 HOURS GRACE PERIOD 5 MINUTES ON ((A.K = B.K))\n"
        "FULL OUTER JOIN C C WITHIN (1 SECONDS, 2 SECONDS) ON ((A.K = C.K))\n"
        "EMIT CHANGES\n"
        "LIMIT 3"
    )


@given(syntax_trees.expressions)
@_RELAXED
def test_an_expression_reads_back_as_itself(expression: Expression) -> None:
    assert parse_expression(format_expression(expression)) == expression


@given(syntax_trees.types)
@_RELAXED
def test_a_type_reads_back_as_itself(type_: SqlType) -> None:
    assert parse_type(format_type(type_)) == type_


@given(syntax_trees.statements)
@_RELAXED
def test_a_statement_reads_back_as_itself(statement: Statement) -> None:
    (parsed,) = parse(format_statement(statement))
    assert parsed.statement == statement
