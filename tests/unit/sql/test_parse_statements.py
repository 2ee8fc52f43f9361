"""Every statement, in every spelling."""

import pytest

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql import nodes as n
from clickstream.sql import types as t
from clickstream.sql.names import NON_RESERVED
from clickstream.sql.parser import parse, parse_statement

QUERY = n.Query((n.AllColumns(),), n.TableRef("S", "S"))
ONE = n.Literal(1, t.INTEGER)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        # sources
        ("create stream s", n.CreateSource("STREAM", "S")),
        (
            "create or replace source table if not exists `s` (k int primary key, v double) with (a='b')",
            n.CreateSource(
                "TABLE",
                "s",
                (n.TableElement("K", t.INTEGER, "PRIMARY KEY"), n.TableElement("V", t.DOUBLE)),
                {"A": "b"},
                or_replace=True,
                if_not_exists=True,
                is_source=True,
            ),
        ),
        (
            "create stream s (k int key, h1 array<struct<key string>> headers, h2 bytes header('x'))",
            n.CreateSource(
                "STREAM",
                "S",
                (
                    n.TableElement("K", t.INTEGER, "KEY"),
                    n.TableElement(
                        "H1",
                        t.ArrayType(t.StructType((("KEY", t.STRING),))),
                        "HEADERS",
                    ),
                    n.TableElement("H2", t.BYTES, "HEADER", "x"),
                ),
            ),
        ),
        (
            "create stream s with (a=1, 'b.c' = true, d=-1.5, e=1e2, f=null)",
            n.CreateSource("STREAM", "S", (), {"A": 1, "B.C": True, "D": -1.5, "E": 100.0, "F": None}),
        ),
        ("create table t as select * from s", n.CreateAsSelect("TABLE", "T", QUERY)),
        (
            "create or replace stream if not exists t with (partitions=2) as select * from s",
            n.CreateAsSelect("STREAM", "T", QUERY, {"PARTITIONS": 2}, or_replace=True, if_not_exists=True),
        ),
        ("drop stream s", n.DropSource("STREAM", "S")),
        (
            "drop table if exists s delete topic",
            n.DropSource("TABLE", "S", if_exists=True, delete_topic=True),
        ),
        (
            "alter stream s add column a int, add b string",
            n.AlterSource("STREAM", "S", (n.TableElement("A", t.INTEGER), n.TableElement("B", t.STRING))),
        ),
        ("alter table s add column int", n.AlterSource("TABLE", "S", (n.TableElement("COLUMN", t.INTEGER),))),
        (
            "alter table s add column column int",
            n.AlterSource("TABLE", "S", (n.TableElement("COLUMN", t.INTEGER),)),
        ),
        ("create type a as struct<b int>", n.CreateType("A", t.StructType((("B", t.INTEGER),)))),
        ("create type if not exists a as b", n.CreateType("A", n.TypeName("B"), if_not_exists=True)),
        ("drop type if exists a", n.DropType("A", if_exists=True)),
        # rows and queries
        ("insert into s select * from s", n.InsertInto("S", QUERY)),
        ("insert into s with (query_id='x') select * from s", n.InsertInto("S", QUERY, {"QUERY_ID": "x"})),
        ("insert into s values (1)", n.InsertValues("S", (), (ONE,))),
        ("insert into s (a, `b`) values (1, 1)", n.InsertValues("S", ("A", "b"), (ONE, ONE))),
        ("select * from s", n.QueryStatement(QUERY)),
        ("print My_Topic", n.PrintTopic("My_Topic")),
        ("print `a b` from beginning interval 2 limit 3", n.PrintTopic("a b", True, 2, 3)),
        ("print 'a-b' sample 2", n.PrintTopic("a-b", interval=2)),
        # queries' control
        ("terminate ctas_x_1", n.QueryControl("TERMINATE", "CTAS_X_1")),
        ("terminate `q-1`", n.QueryControl("TERMINATE", "q-1")),
        ("terminate all", n.QueryControl("TERMINATE")),
        ("terminate cluster", n.QueryControl("TERMINATE CLUSTER")),
        ("pause q", n.QueryControl("PAUSE", "Q")),
        ("resume all", n.QueryControl("RESUME")),
        # showing
        ("show streams", n.Show("STREAMS")),
        ("list streams extended", n.Show("STREAMS", extended=True)),
        ("show tables extended", n.Show("TABLES", extended=True)),
        ("show all topics extended", n.Show("TOPICS", extended=True, all=True)),
        ("list topics", n.Show("TOPICS")),
        ("show queries extended", n.Show("QUERIES", extended=True)),
        ("show properties", n.Show("PROPERTIES")),
        ("list functions", n.Show("FUNCTIONS")),
        ("show types", n.Show("TYPES")),
        ("show variables", n.Show("VARIABLES")),
        ("show connectors", n.Show("CONNECTORS")),
        ("show source connectors", n.Show("CONNECTORS", scope="SOURCE")),
        ("list sink connectors", n.Show("CONNECTORS", scope="SINK")),
        ("show connector plugins", n.Show("PLUGINS")),
        ("describe s", n.Describe("SOURCE", "S")),
        ("describe s extended", n.Describe("SOURCE", "S", extended=True)),
        ("describe extended `s`", n.Describe("SOURCE", "s", extended=True)),
        ("describe streams", n.Describe("STREAMS")),
        ("describe tables extended", n.Describe("TABLES", extended=True)),
        ("describe function count", n.Describe("FUNCTION", "COUNT")),
        ("describe connector `c`", n.Describe("CONNECTOR", "c")),
        ("describe function", n.Describe("SOURCE", "FUNCTION")),
        ("describe function extended", n.Describe("SOURCE", "FUNCTION", extended=True)),
        ("explain ctas_x_1", n.Explain("CTAS_X_1")),
        ("explain show", n.Explain("SHOW")),
        (
            "explain select * from s",
            n.Explain(statement=n.QueryStatement(QUERY), text="select * from s"),
        ),
        # settings
        ("set 'a.b'='c'", n.SetProperty("a.b", "c")),
        ("unset 'a.b'", n.UnsetProperty("a.b")),
        ("alter system 'a'='b'", n.AlterSystem("a", "b")),
        ("define Name = 'it''s'", n.Define("Name", "it's")),
        ("define size = '1'", n.Define("size", "1")),
        ("undefine Name", n.Undefine("Name")),
        # connectors
        (
            "create source connector if not exists c with ('a.B'='x', tasks=1)",
            n.CreateConnector("SOURCE", "C", {"a.B": "x", "TASKS": 1}, if_not_exists=True),
        ),
        ("create sink connector `c` with ('a'='')", n.CreateConnector("SINK", "c", {"a": ""})),
        ("drop connector if exists c", n.DropConnector("C", if_exists=True)),
        # asserting
        ("assert topic T", n.AssertTopic("T")),
        (
            "assert not exists topic 'a-b' with (partitions=1) timeout 10 seconds",
            n.AssertTopic("a-b", {"PARTITIONS": 1}, exists=False, timeout=n.Duration(10, "SECONDS")),
        ),
        ("assert schema subject 'x-value' id 3", n.AssertSchema("x-value", 3)),
        (
            "assert not exists schema id 3 timeout 1 second",
            n.AssertSchema(None, 3, exists=False, timeout=n.Duration(1, "SECONDS")),
        ),
    ],
)
def test_statements(text: str, statement: n.Statement) -> None:
    assert parse_statement(text).statement == statement
    (parsed,) = parse(f"{text};")
    assert parsed.statement == statement


@pytest.mark.parametrize("word", sorted(NON_RESERVED))
def test_a_word_that_is_no_reserved_one_names_a_source_and_its_column(word: str) -> None:
    parsed = parse_statement(f"create stream {word} ({word} int key, b {word}) with ({word}=1)").statement
    assert isinstance(parsed, n.CreateSource)
    assert parsed.name == parsed.elements[0].name == word
    assert parse_statement(f"select a {word} from {word} {word}").statement == n.QueryStatement(
        n.Query((n.SingleColumn(n.ColumnRef("A"), word),), n.TableRef(word, word))
    )


def test_a_key_is_called_by_its_name() -> None:
    with pytest.raises(SqlSyntaxError) as caught:
        parse("CREATE TABLE INPUT (ID INT KEY);")
    assert caught.value.message == (
        "Line: 1, Col: 21: Column `ID` is a 'KEY' column: please use 'PRIMARY KEY' for tables."
    )
    with pytest.raises(SqlSyntaxError, match="please use 'KEY' for streams"):
        parse("CREATE STREAM INPUT (ID INT PRIMARY KEY);")


def test_a_property_is_given_once() -> None:
    with pytest.raises(SqlSyntaxError, match="Duplicate property in the WITH clause: A"):
        parse("CREATE STREAM s WITH (a=1, A=2);")


def test_a_decimal_property_is_a_float() -> None:
    parsed = parse_statement("create stream s with (a=1.5)").statement
    assert isinstance(parsed, n.CreateSource)
    assert type(parsed.properties["A"]) is float


_NO_STATEMENTS = r"""
CREATE
CREATE s
CREATE STREAM
CREATE STREAM s (
CREATE STREAM s ()
CREATE STREAM s (a)
CREATE STREAM s WITH
CREATE STREAM s WITH ()
CREATE STREAM s WITH (a)
CREATE STREAM s WITH (a=b)
CREATE STREAM s (a INT) AS SELECT * FROM t
CREATE SOURCE STREAM s AS SELECT * FROM t
CREATE STREAM s AS
CREATE OR STREAM s
CREATE IF NOT EXISTS STREAM s
CREATE OR REPLACE TYPE a AS INT
CREATE TYPE a INT
CREATE CONNECTOR c WITH ('a'='b')
CREATE SINK CONNECTOR c
CREATE STREAM s (a INT HEADER)
INSERT s VALUES (1)
INSERT INTO s
INSERT INTO s (a)
INSERT INTO s (a) SELECT * FROM t
INSERT INTO s VALUES 1
INSERT INTO s WITH (a=1) VALUES (1)
INSERT INTO s VALUES (1), (2)
DROP
DROP s
DROP STREAM s DELETE
DROP STREAM s, t
ALTER STREAM s
ALTER STREAM s ADD
SHOW
SHOW ALL
SHOW s
SHOW TYPES EXTENDED
SHOW ALL STREAMS
LIST CONNECTOR
DESCRIBE
EXPLAIN
TERMINATE
TERMINATE 'q'
PAUSE
PRINT
PRINT t LIMIT
PRINT t LIMIT 1 INTERVAL 1
SET
SET a='b'
SET 'a'
SET 'a'=b
SET 'a'=1
UNSET a
DEFINE
DEFINE a
DEFINE 'a'='b'
DEFINE a=b
UNDEFINE
ASSERT
ASSERT s
ASSERT TOPIC
ASSERT TOPIC t TIMEOUT 1
RUN SCRIPT 'x'
ASSERT SCHEMA ID x
1
s
'x'
(SELECT 1)
INSERT INTO s (a, b) VALUES (1)
"""


@pytest.mark.parametrize("text", _NO_STATEMENTS.strip().splitlines())
def test_what_is_no_statement(text: str) -> None:
    with pytest.raises(SqlSyntaxError):
        parse(f"{text};")
