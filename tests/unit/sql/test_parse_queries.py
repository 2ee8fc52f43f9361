"""SELECT and its clauses."""

import pytest

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql import nodes as n
from clickstream.sql import types as t
from clickstream.sql.parse_queries import MAX_JOINS
from clickstream.sql.parser import parse, parse_statement

A, B = n.ColumnRef("A"), n.ColumnRef("B")
S = n.TableRef("S", "S")


def query(text: str) -> n.Query:
    statement = parse_statement(text).statement
    assert isinstance(statement, n.QueryStatement)
    return statement.query


def seconds(value: int) -> n.Duration:
    return n.Duration(value, "SECONDS")


# --------------------------------------------------------------------------------- select items


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("*", n.AllColumns()),
        ("s.*", n.AllColumns("S")),
        ("a", n.SingleColumn(A)),
        ("a b", n.SingleColumn(A, "B")),
        ("a as `b`", n.SingleColumn(A, "b")),
        ("a emit", n.SingleColumn(A, "EMIT")),
        ("a->*", n.StructAll(A)),
        ("a->b->*", n.StructAll(n.Dereference(A, "B"))),
        ("s.a->*", n.StructAll(n.ColumnRef("A", "S"))),
        ("a * b", n.SingleColumn(n.Arithmetic("*", A, B))),
    ],
)
def test_select_items(text: str, item: n.SelectItem) -> None:
    assert query(f"SELECT {text} FROM s").select == (item,)
    assert query(f"SELECT {text}, {text} FROM s").select == (item, item)


# --------------------------------------------------------------------------------- sources


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("s", S),
        ("s x", n.TableRef("S", "X")),
        ("s as `x`", n.TableRef("S", "x")),
        ("`my-s`", n.TableRef("my-s", "my-s")),
        ("s emit", n.TableRef("S", "EMIT")),
        ("s partition", n.TableRef("S", "PARTITION")),
        ("emit", n.TableRef("EMIT", "EMIT")),
    ],
)
def test_sources(text: str, relation: n.Relation) -> None:
    for clause in ("", "EMIT CHANGES", "PARTITION BY a", "WHERE a", "WINDOW TUMBLING (SIZE 1 DAY)"):
        assert query(f"SELECT * FROM {text} {clause}").from_ == relation


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("JOIN", "INNER"),
        ("INNER JOIN", "INNER"),
        ("LEFT JOIN", "LEFT"),
        ("LEFT OUTER JOIN", "LEFT"),
        ("RIGHT JOIN", "RIGHT"),
        ("RIGHT OUTER JOIN", "RIGHT"),
        ("FULL JOIN", "OUTER"),
        ("FULL OUTER JOIN", "OUTER"),
    ],
)
def test_join_kinds(text: str, kind: str) -> None:
    join = query(f"SELECT * FROM s a {text} t b ON a.x = b.x").from_
    assert isinstance(join, n.Join)
    assert join.kind == kind
    assert (join.left, join.right) == (n.TableRef("S", "A"), n.TableRef("T", "B"))
    assert join.criteria == n.Comparison("=", n.ColumnRef("X", "A"), n.ColumnRef("X", "B"))


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("WITHIN 1 SECOND", n.Within(seconds(1), seconds(1))),
        ("WITHIN (1 SECONDS, 2 SECONDS)", n.Within(seconds(1), seconds(2))),
        ("WITHIN 1 SECOND GRACE PERIOD 3 SECOND", n.Within(seconds(1), seconds(1), seconds(3))),
        ("WITHIN (0 SECOND, 1 SECOND) GRACE PERIOD 3 SECOND", n.Within(seconds(0), seconds(1), seconds(3))),
    ],
)
def test_join_windows(text: str, within: n.Within) -> None:
    join = query(f"SELECT * FROM s JOIN t {text} ON s.x = t.x").from_
    assert isinstance(join, n.Join)
    assert join.within == within


def test_joins_nest_to_the_left() -> None:
    outer = query("SELECT * FROM a JOIN b ON a.x = b.x LEFT JOIN c ON a.x = c.x").from_
    assert isinstance(outer, n.Join)
    assert outer.right.name == "C"
    assert isinstance(outer.left, n.Join)
    assert outer.left.right.name == "B"


def test_joins_are_as_many_as_a_tree_may_nest() -> None:
    joined = query("SELECT * FROM a" + " JOIN b ON a.x = b.x" * MAX_JOINS).from_
    assert joined == joined
    with pytest.raises(SqlSyntaxError, match="nests too deep"):
        query("SELECT * FROM a" + " JOIN b ON a.x = b.x" * (MAX_JOINS + 1))


@pytest.mark.parametrize("name", ["`a b`", "`é`", '"a.b"', "`a$`"])
def test_a_source_cannot_have_any_name(name: str) -> None:
    with pytest.raises(SqlSyntaxError, match=r"Illegal argument at Line: 1, Col: 15. Source names may only"):
        parse(f"SELECT * FROM {name};")


# --------------------------------------------------------------------------------- windows


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("TUMBLING (SIZE 1 SECOND)", n.Window("TUMBLING", seconds(1))),
        ("w TUMBLING (SIZE 1 SECOND)", n.Window("TUMBLING", seconds(1))),
        ("SESSION (1 SECOND)", n.Window("SESSION", seconds(1))),
        ("HOPPING (SIZE 3 SECONDS, ADVANCE BY 1 SECOND)", n.Window("HOPPING", seconds(3), seconds(1))),
        (
            "HOPPING (SIZE 3 SECONDS, GRACE PERIOD 4 SECONDS, ADVANCE BY 1 SECOND, RETENTION 5 SECONDS)",
            n.Window("HOPPING", seconds(3), seconds(1), grace=seconds(4), retention=seconds(5)),
        ),
        (
            "SESSION (1 SECOND, RETENTION 5 SECONDS, GRACE PERIOD 4 SECONDS)",
            n.Window("SESSION", seconds(1), grace=seconds(4), retention=seconds(5)),
        ),
        (
            "TUMBLING (SIZE 1 SECOND, GRACE PERIOD 0 SECONDS)",
            n.Window("TUMBLING", seconds(1), grace=seconds(0)),
        ),
    ],
)
def test_windows(text: str, window: n.Window) -> None:
    assert query(f"SELECT * FROM s WINDOW {text} GROUP BY a").window == window


_NO_WINDOWS = r"""
TUMBLING (1 SECOND)
TUMBLING (SIZE 1)
TUMBLING (SIZE SECOND)
TUMBLING SIZE 1 SECOND
ROLLING ()
HOPPING (SIZE 1 SECOND)
SESSION (SIZE 1 SECOND)
TUMBLING (SIZE 1 SECOND, ADVANCE BY 1 SECOND)
TUMBLING (SIZE 1 SECOND, GRACE PERIOD 1 SECOND, GRACE PERIOD 1 SECOND)
TUMBLING (SIZE 1 YEAR)
TUMBLING (SIZE 1.5 SECONDS)
TUMBLING (SIZE -1 SECONDS)
TUMBLING (SIZE 1 SECOND GRACE PERIOD 1 SECOND)
"""


@pytest.mark.parametrize("text", _NO_WINDOWS.strip().splitlines())
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(SqlSyntaxError):
        query(f"SELECT * FROM s WINDOW {text} GROUP BY a")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("7 MILLISECONDS", 7),
        ("2 SECOND", 2_000),
        ("2 MINUTES", 120_000),
        ("1 HOUR", 3_600_000),
        ("1 DAYS", 86_400_000),
    ],
)
def test_durations(text: str, ms: int) -> None:
    window = query(f"SELECT * FROM s WINDOW SESSION ({text}) GROUP BY a").window
    assert window is not None
    assert window.size.ms == ms


# --------------------------------------------------------------------------------- clauses


def test_every_clause_in_its_order() -> None:
    text = (
        "SELECT a FROM s WINDOW SESSION (1 SECOND) WHERE a = b GROUP BY a, b PARTITION BY b"
        " HAVING count(*) > 1 EMIT FINAL LIMIT 3"
    )
    assert query(text) == n.Query(
        select=(n.SingleColumn(A),),
        from_=S,
        window=n.Window("SESSION", seconds(1)),
        where=n.Comparison("=", A, B),
        group_by=(A, B),
        partition_by=(B,),
        having=n.Comparison(">", n.FunctionCall("COUNT", star=True), n.Literal(1, t.INTEGER)),
        emit="FINAL",
        limit=3,
    )


@pytest.mark.parametrize(
    ("text", "grouping"),
    [
        ("a", (A,)),
        ("a, b", (A, B)),
        ("(a, b)", (A, B)),
        ("(a)", (A,)),
        ("(a + b) * a", (n.Arithmetic("*", n.Arithmetic("+", A, B), A),)),
        ("(a), (b)", (A, B)),
        ("(a is null)", (n.IsNull(A),)),
        ("f((a), b)", (n.FunctionCall("F", (A, B)),)),
    ],
)
def test_grouping_with_and_without_parentheses(text: str, grouping: tuple[n.Expression, ...]) -> None:
    for clause in ("", "HAVING a", "EMIT CHANGES", "LIMIT 1"):
        assert query(f"SELECT a FROM s GROUP BY {text} {clause}").group_by == grouping
        assert query(f"SELECT a FROM s PARTITION BY {text} {clause}").partition_by == grouping


@pytest.mark.parametrize("word", ["GROUP", "PARTITION"])
def test_grouping_by_nothing_is_refused(word: str) -> None:
    with pytest.raises(SqlSyntaxError, match=f"{word} BY requires at least one expression"):
        query(f"SELECT a FROM s {word} BY ()")


_NO_QUERIES = r"""
SELECT
SELECT a
SELECT FROM s
SELECT a, FROM s
SELECT a FROM
SELECT DISTINCT a FROM s
SELECT a FROM s WHERE
SELECT a FROM s GROUP a
SELECT a FROM s LIMIT x
SELECT a FROM s EMIT CHANGE
SELECT a FROM s LIMIT 1 WHERE a
SELECT a FROM s, t
SELECT a FROM (SELECT 1)
SELECT a FROM s JOIN t
SELECT a FROM s JOIN t ON
SELECT a FROM s OUTER JOIN t ON a
SELECT a FROM s x y
SELECT a FROM s LIMIT -1
SELECT a FROM s LIMIT 1.5
SELECT a FROM s ORDER BY a
SELECT s.a.* FROM s
"""


@pytest.mark.parametrize("text", ["SELECT a FROM s GROUP BY a, ", *_NO_QUERIES.strip().splitlines()])
def test_what_is_no_query(text: str) -> None:
    with pytest.raises(SqlSyntaxError):
        query(text)
