import io
from pathlib import Path

import pytest

from clickstream.cli.main import run
from clickstream.cli.prompt import finished
from clickstream.core.errors import SqlError
from tests.helpers.fake_stack import FakeStack

Capture = pytest.CaptureFixture[str]


def typed(stack: FakeStack, monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return run(["ksql"], factory=stack.make_run)


def test_piped_statements_run_in_order(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert (
        typed(
            stack, monkeypatch, "CREATE STREAM a (x INT);\nSELECT * FROM a\n EMIT CHANGES;\nPRINT t LIMIT 1;"
        )
        == 0
    )
    statement, query, printed = stack.ksqldb.requests
    assert statement["ksql"] == "CREATE STREAM a (x INT);"
    assert query["sql"] == "SELECT * FROM a\n EMIT CHANGES;"
    assert printed == {"print": "t"}
    assert "done" in capsys.readouterr().out


def test_the_session_lasts_over_statements(stack: FakeStack, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(
        stack, monkeypatch, "SET 'auto.offset.reset'='latest'; DEFINE n='1'; SELECT ${n} FROM a EMIT CHANGES;"
    )
    assert stack.ksqldb.requests[0]["properties"] == {"auto.offset.reset": "latest"}
    assert stack.ksqldb.requests[0]["variables"] == {"n": "1"}


def test_a_script_is_run_by_name(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "s.sql").write_text("CREATE STREAM a (x INT);\nCREATE STREAM b (x INT);")
    assert typed(stack, monkeypatch, f"RUN SCRIPT '{tmp_path / 's.sql'}';") == 0
    assert set(stack.ksqldb.sources) == {"A", "B"}
    assert typed(stack, monkeypatch, "RUN SCRIPT 'ksql/drop.sql';") == 0


def test_options_need_no_semicolon(stack: FakeStack) -> None:
    assert run(["ksql", "-e", "SHOW TABLES", "-e", "SHOW STREAMS;"], factory=stack.make_run) == 0
    assert [request["ksql"] for request in stack.ksqldb.requests] == ["SHOW TABLES;", "SHOW STREAMS;"]


def test_the_first_error_of_a_pipe_ends_it(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    stack.ksqldb.refused["BAD"] = SqlError("no such thing")
    assert typed(stack, monkeypatch, "BAD ONE; SHOW TABLES;") == 5
    assert "no such thing" in capsys.readouterr().err
    assert len(stack.ksqldb.requests) == 1


@pytest.mark.parametrize(
    ("text", "whole", "pending"),
    [
        ("", [], ""),
        ("SHOW TABLES;\n", ["SHOW TABLES;"], ""),
        ("SELECT a\n", [], "SELECT a\n"),
        ("SELECT 'a;\n", [], "SELECT 'a;\n"),
        ("a; b;\n", ["a;", "b;"], ""),
        ("-- only a comment\n", [], ""),
    ],
)
def test_lines_are_gathered_until_a_statement_ends(text: str, whole: list[str], pending: str) -> None:
    statements, left = finished(text)
    assert ([statement.text for statement in statements], left) == (whole, pending)
