"""Operators and operands, and how tight they bind."""

from decimal import Decimal

import pytest

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql import nodes as n
from clickstream.sql import types as t
from clickstream.sql.format import format_expression
from clickstream.sql.names import NON_RESERVED, RESERVED
from clickstream.sql.parser import parse_expression

A, B, C = n.ColumnRef("A"), n.ColumnRef("B"), n.ColumnRef("C")
ONE = n.Literal(1, t.INTEGER)
X = n.Literal("x", t.STRING)


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a + b * c - d", "((A + (B * C)) - D)"),
        ("a - b - c", "((A - B) - C)"),
        ("a * b / c % d", "(((A * B) / C) % D)"),
        ("a || b + c", "(A || (B + C))"),
        ("a || b || c", "((A || B) || C)"),
        ("-a * b", "(-A * B)"),
        ("-(a * b)", "-(A * B)"),
        ("- - a", "- -A"),
        ("a - -1", "(A - -1)"),
        ("a -1", "(A - 1)"),
        ("a = b + 1 and c <> d or e", "(((A = (B + 1)) AND (C <> D)) OR E)"),
        ("a or b and c or d", "((A OR (B AND C)) OR D)"),
        ("not a and b", "((NOT A) AND B)"),
        ("not not a = b", "(NOT (NOT (A = B)))"),
        ("a and not b = c", "(A AND (NOT (B = C)))"),
        ("a between b + 1 and c and d", "((A BETWEEN (B + 1) AND C) AND D)"),
        ("a not in (1, b = c)", "(NOT (A IN (1, (B = C))))"),
        ("a is distinct from b || c", "(A IS DISTINCT FROM (B || C))"),
        ("a is not distinct from b", "(A IS NOT DISTINCT FROM B)"),
        ("a like b || '%' and c", "((A LIKE (B || '%')) AND C)"),
        ("a like escape", "(A LIKE ESCAPE)"),
        ("(a = b) = c", "((A = B) = C)"),
        ("a->b[1]->c", "A->B[1]->C"),
        ("s.a->b", "S.A->B"),
        ("-a->b", "-A->B"),
        ("f(a)[b + 1]", "F(A)[(B + 1)]"),
        (
            "case a + 1 when b then c = d else e or f end",
            "(CASE (A + 1) WHEN B THEN (C = D) ELSE (E OR F) END)",
        ),
    ],
)
def test_grouping(text: str, grouped: str) -> None:
    assert format_expression(parse_expression(text)) == grouped


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1", ONE),
        ("-1", n.Literal(-1, t.INTEGER)),
        ("- 1", n.Literal(-1, t.INTEGER)),
        ("+1", n.Signed("+", ONE)),
        ("-(1)", n.Signed("-", ONE)),
        ("1.50", n.Literal(Decimal("1.50"), t.DecimalType(3, 2))),
        ("1e1", n.Literal(10.0, t.DOUBLE)),
        ("'it''s -- no comment'", n.Literal("it's -- no comment", t.STRING)),
        ("null", n.Literal(None, None)),
        ("TRUE", n.Literal(True, t.BOOLEAN)),
        ("date '1970-01-02'", n.Literal(1, t.DATE)),
        ("decimal '1.0'", n.Literal(Decimal("1.0"), t.DecimalType(2, 1))),
        ("a", A),
        ("`a`", n.ColumnRef("a")),
        ('"A""b"', n.ColumnRef('A"b')),
        ("1R", n.ColumnRef("1R")),
        ("s.a", n.ColumnRef("A", "S")),
        ("a != b", n.Comparison("<>", A, B)),
        ("a is null", n.IsNull(A)),
        ("a is not null", n.IsNull(A, negated=True)),
        ("a not like 'x' escape '!'", n.Not(n.Like(A, X, "!"))),
        ("count(*)", n.FunctionCall("COUNT", star=True)),
        ("COUNT()", n.FunctionCall("COUNT", star=True)),
        ("now()", n.FunctionCall("NOW")),
        ("`f`(a)", n.FunctionCall("f", (A,))),
        ("f(days, day)", n.FunctionCall("F", (n.IntervalUnit("DAYS"), n.ColumnRef("DAY")))),
        ("f(millisecond)", n.FunctionCall("F", (n.IntervalUnit("MILLISECONDS"),))),
        ("array[]", n.ArrayConstructor(())),
        ("map()", n.MapConstructor(())),
        ("struct(a := 1, `b` := b)", n.StructConstructor((("A", ONE), ("b", B)))),
        ("array", n.ColumnRef("ARRAY")),
        ("map->a", n.Dereference(n.ColumnRef("MAP"), "A")),
        ("cast(a as address)", n.Cast(A, n.TypeName("ADDRESS"))),
        ("case when a then b end", n.SearchedCase((n.When(A, B),))),
        ("case a when b then c else 1 end", n.SimpleCase(A, (n.When(B, C),), ONE)),
    ],
)
def test_trees(text: str, tree: n.Expression) -> None:
    assert parse_expression(text) == tree


def test_a_lambda_knows_its_parameters_and_those_around_it() -> None:
    x, y = n.LambdaVariable("X"), n.LambdaVariable("Y")
    inner = n.FunctionCall("G", (B, n.LambdaFunction(("Y",), n.Arithmetic("+", x, y))))
    outer = n.FunctionCall("F", (A, n.LambdaFunction(("X",), inner)))
    assert parse_expression("f(a, x => g(b, (y) => x + y))") == outer


def test_a_parameter_is_a_column_again_after_its_lambda() -> None:
    call = parse_expression("f(a, (x, y) => x, x)")
    assert isinstance(call, n.FunctionCall)
    assert call.args[1:] == (n.LambdaFunction(("X", "Y"), n.LambdaVariable("X")), n.ColumnRef("X"))


@pytest.mark.parametrize("word", sorted(NON_RESERVED))
def test_a_word_that_is_no_reserved_one_is_a_column(word: str) -> None:
    assert parse_expression(word.lower()) == n.ColumnRef(word)
    assert parse_expression(f"s.{word} + 1") == n.Arithmetic("+", n.ColumnRef(word, "S"), ONE)


@pytest.mark.parametrize("word", sorted(RESERVED - {"TRUE", "FALSE", "NULL"}))
def test_a_reserved_word_is_a_column_in_quotes_only(word: str) -> None:
    with pytest.raises(SqlSyntaxError):
        parse_expression(word)
    assert parse_expression(f"`{word}`") == n.ColumnRef(word)


_NO_EXPRESSIONS = r"""
a +
a b
a = b = c
a = not b
a is null is null
a is null + 1
a between 1
a between 1 and 2 and
a in ()
a in 1
a in ( )
a not b
a is
a is not
(a
a)
f(
f(a,)
f(*, a)
a[
a[]
a->
a.
a.b.c
->a
case end
case a end
case when a end
cast(a)
cast(a as)
array[1
map(1)
struct(1 := 2)
x => x
f(1 => x)
'a
"a
a ; b
a # b
1 2
a like 'x' escape
"""


@pytest.mark.parametrize("text", ["", "+ + ", "not a + 1 = ", *_NO_EXPRESSIONS.strip().splitlines()])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(SqlSyntaxError):
        parse_expression(text)


def test_a_node_knows_where_it_stands() -> None:
    tree = parse_expression("a +\n  f(b)")
    assert isinstance(tree, n.Arithmetic)
    assert tree.left.at == n.Location(1, 1)
    assert tree.at == n.Location(1, 3)
    assert tree.right.at == n.Location(2, 3)
