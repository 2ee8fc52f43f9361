"""Tests of SQL files: what passes, what fails, where and with which words."""

from pathlib import Path

import pytest

from clickstream.node.sqltest.directives import split_tests
from clickstream.node.sqltest.failure_text import failure_lines
from clickstream.node.sqltest.results import Failure
from clickstream.node.sqltest.sql_file import run_sql_test

SOURCES = """--@test: t
CREATE STREAM s (id INT KEY, foo INT, note STRING) WITH (kafka_topic='s', value_format='JSON');
CREATE STREAM c AS SELECT id, foo FROM s;
CREATE TABLE n AS SELECT id, COUNT(*) AS cnt FROM s WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY id;
"""
FIRST = SOURCES.count("\n") + 1
"""The line of the first statement after the sources."""


def run(statements: str, *, directives: str = "", folder: Path = Path()) -> Failure | None:
    text = SOURCES.replace("--@test: t\n", f"--@test: t\n{directives}") + statements
    (test,) = split_tests(text, folder / "t.sql", "t.sql")
    return run_sql_test(test)


def failure(statements: str, *, directives: str = "") -> Failure:
    found = run(statements, directives=directives)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "statements",
    [
        "INSERT INTO s (rowtime, id, foo) VALUES (5, 1, 2);"
        " ASSERT VALUES c (rowtime, id, foo) VALUES (5, 1, 2);",
        "INSERT INTO s (rowtime, id, foo) VALUES (5, 1, 2); ASSERT VALUES c (id, foo) VALUES (1, 2);",
        "INSERT INTO s (rowtime, id, foo) VALUES (5, 1, 2); ASSERT VALUES c VALUES (1, 2);",
        "INSERT INTO s VALUES (1, 2, 'x'); ASSERT VALUES s (id, foo, note) VALUES (1, 2, 'x');",
        "INSERT INTO s (id) VALUES (1);"
        " ASSERT VALUES n (id, windowstart, windowend, cnt) VALUES (1, 0, 10000, 1);",
        "INSERT INTO s (id) VALUES (1); INSERT INTO s (id) VALUES (1);"
        " ASSERT VALUES n (id, cnt) VALUES (1, 1); ASSERT VALUES n (id, cnt) VALUES (1, 2);",
        "ASSERT STREAM s (id INT KEY, foo INT, note STRING) WITH (kafka_topic='s', value_format='JSON');",
        "ASSERT STREAM c;",
        "ASSERT TABLE n (id INT PRIMARY KEY, cnt BIGINT) WITH (window_type='TUMBLING');",
        "DROP STREAM c; CREATE STREAM c AS SELECT id, note FROM s;"
        " ASSERT STREAM c (id INT KEY, note STRING);",
        "ALTER STREAM s ADD COLUMN more INT; ASSERT STREAM s (id INT KEY, foo INT, note STRING, more INT);",
    ],
)
def test_what_is_as_asserted_passes(statements: str) -> None:
    assert run(statements) is None


def test_a_query_reads_what_was_inserted_before_it() -> None:
    late = "CREATE STREAM late AS SELECT id, foo FROM s;"
    assert run(f"INSERT INTO s (id) VALUES (1); {late} ASSERT VALUES late (id) VALUES (1);") is None


def test_a_query_that_begins_late_does_not() -> None:
    late = "SET 'auto.offset.reset'='latest'; CREATE STREAM late AS SELECT id, foo FROM s;"
    found = failure(f"INSERT INTO s (id) VALUES (1); {late} ASSERT VALUES late (id) VALUES (1);")
    assert "all records have already been read: LATE holds 0" in found.message


def test_each_inserted_row_runs_through_all_queries_at_once() -> None:
    twice = (
        "CREATE STREAM parts AS SELECT id, EXPLODE(ARRAY[1, 1]) AS part FROM s;"
        "CREATE TABLE sums AS SELECT part, SUM(part) AS total FROM parts GROUP BY part;"
    )
    rows = "ASSERT VALUES sums VALUES (1, 1); ASSERT VALUES sums VALUES (1, 2);"
    assert run(f"{twice} INSERT INTO s (id) VALUES (1); {rows}") is None


def test_the_first_part_that_differs_is_marked() -> None:
    found = failure(
        "INSERT INTO s (rowtime, id, foo) VALUES (5, 1, 2);\nASSERT VALUES c (id, foo) VALUES (1, 3);"
    )
    assert failure_lines(found) == [
        f"t.sql:{FIRST + 1}: Expected record does not match actual: record 0 of C",
        "               expected  actual",
        "      ROWTIME  ·         5",
        "      ID       1         1",
        "    > FOO      3         2",
    ]


def test_long_values_stand_below_each_other() -> None:
    wanted = "x" * 61
    found = failure(
        f"INSERT INTO s (id, note) VALUES (1, 'xxxy');\nASSERT VALUES s (id, note) VALUES (1, '{wanted}');"
    )
    assert failure_lines(found)[-3:] == [
        f"    > NOTE     expected  '{wanted}'",
        "               actual    'xxxy'",
        "                             ^",
    ]


def test_the_record_that_was_meant_is_found_at_another_place() -> None:
    rows = "INSERT INTO s (id) VALUES (1); INSERT INTO s (id) VALUES (2);"
    found = failure(f"{rows} ASSERT VALUES c (id) VALUES (2);")
    assert list(found.notes) == ["record 1 of C is the expected one"]


def test_a_missing_record_is_shown_with_those_that_are_there() -> None:
    found = failure(
        "INSERT INTO s (id) VALUES (1); ASSERT VALUES c (id) VALUES (1); ASSERT VALUES c (id) VALUES (1);"
    )
    assert found.message.endswith("all records have already been read: C holds 1")
    assert list(found.notes) == ["C[0] ROWTIME=0 ID=1 FOO=NULL"]


def test_a_row_in_the_place_of_a_tombstone() -> None:
    found = failure("INSERT INTO s (id) VALUES (1);\nASSERT NULL VALUES c (id) KEY (1);")
    assert [(d.part, d.expected, d.actual) for d in found.differences if not d.fits] == [
        ("record", "tombstone", "row")
    ]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "ASSERT VALUES c (windowstart, id) VALUES (0, 1);",
            "C has no windows: WINDOWSTART cannot be asserted",
        ),
        (
            "ASSERT NULL VALUES c (id, foo) KEY (1, 2);",
            "Unexpected value columns specified in ASSERT NULL VALUES.",
        ),
        (
            "ASSERT VALUES nothing (id) VALUES (1);",
            "Cannot assert values of an unknown stream/table: `NOTHING`",
        ),
        ("ASSERT VALUES c (missing) VALUES (1);", "Column name `MISSING` does not exist."),
        ("ASSERT STREAM nothing;", "Stream NOTHING does not exist."),
        (
            "ASSERT TABLE c;",
            "Expected type does not match actual for source C.\n\tExpected: TABLE\n\tActual: STREAM",
        ),
        (
            "ASSERT STREAM c (id INT KEY, foo STRING);",
            "Expected schema does not match actual for source C.\n"
            "\tExpected: ID INTEGER KEY, FOO STRING\n\tActual: ID INTEGER KEY, FOO INTEGER",
        ),
        (
            "ASSERT STREAM c WITH (kafka_topic='other');",
            "Expected kafka topic does not match actual for source C.\n\tExpected: other\n\tActual: C",
        ),
        ("ASSERT STREAM c WITH (retention_ms=1);", "RETENTION_MS cannot be asserted"),
        ("SHOW STREAMS;", "This statement is not supported: a test holds CREATE"),
        ("SET 'no.such'='1';", "Unknown property: no.such"),
        ("INSERT INTO n (id, cnt) VALUES (1, 1);", "Cannot insert values into windowed stream/table!"),
        (
            "INSERT INTO s SELECT id, foo, note FROM s; INSERT INTO s (id) VALUES (1);",
            "illegal cycle in topology: s->s",
        ),
        ("RUN SCRIPT 'missing.sql';", "missing.sql cannot be read: No such file or directory"),
    ],
)
def test_what_is_refused_says_why_and_where(statement: str, message: str) -> None:
    found = failure(statement)
    assert message in found.message
    assert str(found.place) == f"t.sql:{FIRST}"


def test_a_syntax_error_has_its_line_and_a_caret() -> None:
    found = failure("\n\nSELECT FRM x;")
    assert str(found.place) == f"t.sql:{FIRST + 2}"
    assert found.notes[1].strip() == "^"


@pytest.mark.parametrize(
    "directives",
    [
        "--@expected.error: io.confluent.ksql.util.KsqlException\n",
        "--@expected.message: Cannot add stream 'S'\n",
        "--@expected.error: KsqlException\n--@expected.message: with the same name already exists\n",
    ],
)
def test_an_error_that_is_expected_passes(directives: str) -> None:
    assert (
        run("CREATE STREAM s (a INT) WITH (kafka_topic='s', value_format='JSON');", directives=directives)
        is None
    )


def test_an_assertion_that_is_to_fail_passes_by_failing() -> None:
    wrong = "INSERT INTO s (id) VALUES (1); ASSERT VALUES c (id) VALUES (2);"
    assert run(wrong, directives="--@expected.error: java.lang.AssertionError\n") is None


def test_another_error_than_the_expected_one_fails() -> None:
    found = failure("DROP STREAM nothing;", directives="--@expected.message: something else\n")
    assert found.message == "Another error than the expected one"
    assert [(d.part, d.expected, d.actual) for d in found.differences] == [
        ("message", "something else", "Stream NOTHING does not exist.")
    ]


def test_a_class_of_error_tells_the_parser_from_the_rest() -> None:
    parser = "--@expected.error: io.confluent.ksql.parser.exception.ParseFailedException\n"
    assert run("SELECT FRM x;", directives=parser) is None
    assert failure("DROP STREAM nothing;", directives=parser).differences[0].actual.endswith("KsqlException")


def test_an_error_that_does_not_come_fails() -> None:
    found = failure("DROP STREAM c;", directives="--@expected.error: KsqlException\n")
    assert found.message == "Expected an error, but there was none: KsqlException"


def test_a_script_runs_in_the_place_of_its_statement(tmp_path: Path) -> None:
    (tmp_path / "more.sql").write_text("CREATE STREAM d AS SELECT id FROM c;\n")
    statements = "RUN SCRIPT 'more.sql'; INSERT INTO s (id) VALUES (1); ASSERT VALUES d (id) VALUES (1);"
    assert run(statements.replace("SELECT id FROM", "SELECT * FROM"), folder=tmp_path) is not None
    (tmp_path / "more.sql").write_text("CREATE STREAM d AS SELECT * FROM c;\n")
    assert run(statements, folder=tmp_path) is None


def test_an_error_in_a_script_is_shown_there(tmp_path: Path) -> None:
    (tmp_path / "more.sql").write_text("\nDROP STREAM nothing;\n")
    found = run("RUN SCRIPT 'more.sql';", folder=tmp_path)
    assert found is not None
    assert str(found.place) == "more.sql:2"


def test_a_script_that_runs_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "more.sql").write_text("RUN SCRIPT 'more.sql';")
    found = run("RUN SCRIPT 'more.sql';", folder=tmp_path)
    assert found is not None
    assert "more than 10 deep" in found.message


def test_records_that_were_passed_over_are_told() -> None:
    text = "CREATE STREAM d (x STRING) WITH (kafka_topic='s', value_format='JSON');"
    numbers = "CREATE STREAM bad (foo STRING) WITH (kafka_topic='b', value_format='KAFKA');"
    wrong = "CREATE STREAM read (foo INT) WITH (kafka_topic='b', value_format='KAFKA');"
    copy = "CREATE STREAM copy AS SELECT * FROM read;"
    found = failure(
        f"{text}{numbers}{wrong}{copy} INSERT INTO bad VALUES ('xyz'); ASSERT VALUES copy VALUES (1);"
    )
    assert any(note.startswith("a record was passed over: CSAS_COPY") for note in found.notes)
