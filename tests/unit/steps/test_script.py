from pathlib import Path

import pytest

from clickstream.core.errors import SettingsError, SqlSyntaxError
from clickstream.steps.script import Target, read_script, split_script


def texts(script: str) -> list[tuple[int, str]]:
    return [(statement.line, statement.text) for statement in split_script(script, "x.sql")]


def test_statements_end_with_semicolons_and_know_their_lines() -> None:
    assert texts("a;\n\n  b\n  c;d;\n") == [(1, "a;"), (3, "b\n  c;"), (4, "d;")]


@pytest.mark.parametrize(
    "inside",
    [
        "'one; two'",
        "'it''s; so'",
        "'-- no comment;'",
        '"a;b"',
        "`a;b`",
        "-- a comment; with semicolon\n x",
        "/* a ; comment\n over lines */ x",
        "a - b / c",
    ],
)
def test_semicolons_inside_strings_names_and_comments_end_nothing(inside: str) -> None:
    assert texts(f"SELECT {inside};\nnext;")[0][1] == f"SELECT {inside};"
    assert len(texts(f"SELECT {inside};\nnext;")) == 2


def test_comments_before_a_statement_are_not_part_of_it() -> None:
    assert texts("-- first\n/* second */\n\nSHOW TABLES; -- third\n-- fourth\n") == [(4, "SHOW TABLES;")]


def test_comments_alone_are_no_statement() -> None:
    assert texts("-- nothing\n/* at all */\n ;;") == []


@pytest.mark.parametrize(
    ("script", "line", "why"),
    [
        ("a;\nSELECT 'open;\nb;", 2, "a string begins here"),
        ("a;\n\n/* open", 3, "a comment begins here"),
        ("a;\nSELECT `open;", 2, "a quoted name begins here"),
        ("a;\n\n\nSELECT 1\n", 4, "does not end with `;`"),
    ],
)
def test_what_is_not_ended_is_shown_where_it_begins(script: str, line: int, why: str) -> None:
    with pytest.raises(SqlSyntaxError, match=rf"x\.sql:{line}: .*{why}") as caught:
        split_script(script, "x.sql")
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("CREATE STREAM s (a INT) WITH (kafka_topic='t');", Target("SOURCE", "S")),
        ("create table My_Table as select 1;", Target("SOURCE", "MY_TABLE")),
        ("CREATE SOURCE TABLE t (a INT);", Target("SOURCE", "T")),
        ("CREATE STREAM IF NOT EXISTS `mixed Case` AS SELECT 1;", Target("SOURCE", "mixed Case")),
        ("CREATE /* why */ STREAM -- what\n s AS SELECT 1;", Target("SOURCE", "S")),
        ("CREATE SOURCE CONNECTOR c WITH ('a'='b');", Target("CONNECTOR", "C")),
        ('CREATE SINK CONNECTOR "c" WITH ();', Target("CONNECTOR", "c")),
        ("CREATE TYPE address AS STRUCT<a INT>;", Target("TYPE", "ADDRESS")),
        ("CREATE OR REPLACE STREAM s AS SELECT 1;", None),
        ("INSERT INTO s VALUES (1);", None),
        ("DROP STREAM s;", None),
        ("SELECT 'CREATE STREAM s' FROM t;", None),
    ],
)
def test_what_a_statement_creates(text: str, target: Target | None) -> None:
    assert split_script(text, "x.sql")[0].makes() == target


def test_a_title_is_one_short_line() -> None:
    statement = split_script("CREATE TABLE t AS\n  SELECT a, -- the key\n  b FROM s;", "x.sql")[0]
    assert statement.title() == "CREATE TABLE t AS SELECT a, b FROM s;"
    assert statement.title(10) == "CREATE TA…"
    assert statement.where == "x.sql:1"


def test_a_file_is_read_with_or_without_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"\xef\xbb\xbfSHOW TABLES;")
    assert read_script(path)[0].text == "SHOW TABLES;"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nope\.sql cannot be read: No such file"):
        read_script(tmp_path / "nope.sql")
    (tmp_path / "bytes.sql").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_script(tmp_path / "bytes.sql")
