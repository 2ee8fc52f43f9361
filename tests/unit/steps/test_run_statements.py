from pathlib import Path

import pytest

from clickstream.core.errors import Conflict, SettingsError, SqlError, SqlSyntaxError
from clickstream.steps.run_statements import read_statements, run_statements
from clickstream.steps.script import split_script
from tests.helpers.fake_stack import FakeStack


def test_each_statement_waits_for_the_one_before(stack: FakeStack) -> None:
    run_statements(
        stack.context(), split_script("CREATE STREAM a (x INT); INSERT INTO a VALUES (1); SHOW TABLES;", "f")
    )
    assert [request["after"] for request in stack.ksqldb.requests] == [None, 0, 2]


def test_what_exists_is_left_as_it_is(stack: FakeStack) -> None:
    script = split_script("CREATE STREAM a (x INT); CREATE TABLE b (x INT PRIMARY KEY);", "f")
    stack.ksqldb.sources["A"] = 1
    first = run_statements(stack.context(), script)
    assert [ran.outcome for ran in first] == ["exists", "done"]
    second = run_statements(stack.context(), script)
    assert [ran.outcome for ran in second] == ["exists", "exists"]
    assert len(stack.ksqldb.requests) == 1


def test_a_dry_run_asks_for_nothing(stack: FakeStack) -> None:
    ran = run_statements(
        stack.context(), split_script("CREATE STREAM a (x INT); DROP STREAM a;", "f"), dry_run=True
    )
    assert [one.outcome for one in ran] == ["dry run", "dry run"]
    assert stack.ksqldb.requests == []


def test_the_packaged_statements_run_and_make_everything(stack: FakeStack) -> None:
    context = stack.context()
    ran = run_statements(context, read_statements(context))
    assert [one.outcome for one in ran] == ["done"] * 14
    assert len(stack.ksqldb.sources) == 14
    assert "CLICKSTREAM" in stack.ksqldb.sources


def test_an_error_names_file_line_and_statement_and_stops(stack: FakeStack) -> None:
    stack.ksqldb.refused["b AS"] = SqlError("Line 9 does not exist")
    script = split_script(
        "CREATE STREAM a (x INT);\n\n\nCREATE TABLE b AS\n SELECT 1;\nSHOW TABLES;", "my.sql"
    )
    with pytest.raises(SqlError, match=r"^my\.sql:4: Line 9 does not exist$") as caught:
        run_statements(stack.context(), script)
    assert caught.value.statement == "CREATE TABLE b AS\n SELECT 1;"
    assert len(stack.ksqldb.requests) == 2


def test_a_syntax_error_is_placed_in_the_file_not_in_the_statement(stack: FakeStack) -> None:
    stack.ksqldb.refused["SELEC"] = SqlSyntaxError("line 3:2: no", line=3, column=2)
    with pytest.raises(SqlSyntaxError, match=r"^my\.sql:7:2: no$") as caught:
        run_statements(stack.context(), split_script("\n\n\n\nCREATE STREAM a AS\n\n SELEC x;", "my.sql"))
    assert caught.value.line == 7


def test_errors_of_other_kinds_keep_their_kind(stack: FakeStack) -> None:
    stack.ksqldb.refused["CONNECTOR"] = Conflict("it exists")
    with pytest.raises(Conflict, match=r"^f:1: it exists$"):
        run_statements(
            stack.context(), split_script("CREATE SOURCE CONNECTOR c WITH ('kafka.topic'='t');", "f")
        )


def test_variables_and_properties_travel_with_later_statements(stack: FakeStack) -> None:
    script = split_script("SET 'a'='1'; DEFINE n='2'; SHOW TABLES; UNSET 'a'; SHOW STREAMS;", "f")
    run_statements(stack.context(), script, variables={"m": "3"})
    tables, streams = stack.ksqldb.requests
    assert tables["variables"] == {"m": "3", "n": "2"}
    assert streams["properties"] == {}


def test_a_files_path_may_be_the_projects_or_the_packages(stack: FakeStack) -> None:
    (stack.project / "own.sql").write_text("SHOW TABLES;")
    context = stack.context()
    assert read_statements(context, ["own.sql"])[0].where == "own.sql:1"
    assert read_statements(context, ["ksql/drop.sql"])[0].path == "ksql/drop.sql"
    with pytest.raises(SettingsError, match=r"no file nope\.sql"):
        read_statements(context, ["nope.sql"])


def test_absolute_paths_are_taken_as_they_are(stack: FakeStack, tmp_path: Path) -> None:
    path = tmp_path / "abs.sql"
    path.write_text("SHOW TABLES;")
    assert len(read_statements(stack.context(), [str(path)])) == 1
