import io
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

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


class Terminal(io.StringIO):
    """A standard input that says it is a terminal; what is typed comes through prompt_toolkit."""

    def isatty(self) -> bool:
        return True


def talk(stack: FakeStack, monkeypatch: pytest.MonkeyPatch, keys: str) -> int:
    """Run the prompt with these keys pressed."""
    monkeypatch.setattr("sys.stdin", Terminal())
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        return run(["ksql", "--data-dir", "data"], factory=stack.make_run)


def test_lines_are_gathered_errors_told_and_history_kept(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    stack.ksqldb.refused["BAD"] = SqlError("line 1:1: no such thing")
    keys = "help\rBAD ONE;\rCREATE STREAM a\r (x INT);\rexit\r"
    assert talk(stack, monkeypatch, keys) == 0
    told = capsys.readouterr()
    assert "ksqlDB 0.29.0 at http://k:8088" in told.out
    assert "RUN SCRIPT" in told.out
    assert "error: line:1:1: no such thing" in told.err
    assert "BAD ONE;\n    ^" in told.err
    assert stack.ksqldb.requests[-1]["ksql"] == "CREATE STREAM a\n (x INT);"
    history = (stack.project / "data/ksql_history").read_text()
    assert "+CREATE STREAM a" in history


def test_ctrl_c_drops_what_is_typed_and_ctrl_d_leaves(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert talk(stack, monkeypatch, "CREATE STREAM a\r\x03SHOW TABLES;\r\x04") == 0
    assert [request["ksql"] for request in stack.ksqldb.requests] == ["SHOW TABLES;"]
