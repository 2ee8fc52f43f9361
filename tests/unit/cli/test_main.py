"""Exit codes and messages of errors: every kind, none with a traceback."""

from pathlib import Path

import pytest

from clickstream.cli.main import EXIT_CODES, exit_code, run
from clickstream.core import errors
from clickstream.core.errors import (
    BackendError,
    ClickstreamError,
    Conflict,
    DockerMissing,
    FolderInUse,
    NotFound,
    PortInUse,
    ServiceRejected,
    ServiceUnavailable,
    SettingsError,
    SqlError,
    SqlSyntaxError,
    StateError,
)
from tests.helpers.fake_stack import FakeStack


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("x"), 2),
        (BackendError("x"), 3),
        (DockerMissing("x"), 3),
        (PortInUse(1), 3),
        (FolderInUse("x"), 3),
        (ServiceUnavailable("x"), 4),
        (ServiceRejected("x", status=500), 4),
        (SqlError("x"), 5),
        (SqlSyntaxError("x", line=1, column=1), 5),
        (NotFound("x"), 6),
        (Conflict("x"), 6),
        (StateError("x"), 7),
        (ClickstreamError("x"), 1),
        (RuntimeError("x"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code


def test_no_kind_of_error_is_forgotten() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ClickstreamError)
    ]
    direct = {kind for kind in kinds if kind.__bases__ == (ClickstreamError,)}
    unmapped = {kind.__name__ for kind in direct if kind not in EXIT_CODES}
    # These never leave the server: other services' answers carry them to us.
    assert unmapped == {"RecordError", "ConnectorError"}


def test_an_error_is_a_message_and_a_hint_and_no_traceback(
    stack: FakeStack, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["connectors", "pause", "NOPE"], factory=stack.make_run)
    told = capsys.readouterr()
    assert code == 6
    assert told.out == ""
    assert "error: no connector NOPE" in told.err
    assert "hint: `clickstream connectors create`" in told.err
    assert "Traceback" not in told.err


def test_the_traceback_is_shown_when_asked_for(stack: FakeStack, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["connectors", "pause", "NOPE", "--debug"], factory=stack.make_run) == 6
    assert "Traceback" in capsys.readouterr().err


def test_a_refused_statement_is_shown_with_file_line_and_text(
    stack: FakeStack, capsys: pytest.CaptureFixture[str]
) -> None:
    (stack.project / "my.sql").write_text("SHOW TABLES;\n\n\n\n\n\nCREATE STREAM a AS SELEC 1;\n")
    stack.ksqldb.refused["SELEC 1"] = SqlSyntaxError("line 1:20: mismatched input", line=1, column=20)
    assert run(["load-ksql", "my.sql"], factory=stack.make_run) == 5
    told = capsys.readouterr().err
    assert "error: my.sql:7:20: mismatched input" in told
    assert "CREATE STREAM a AS SELEC 1;" in told


def test_an_unexpected_error_says_how_to_see_more(
    stack: FakeStack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack.connect, "statuses", lambda: 1 / 0)
    assert run(["connectors", "list"], factory=stack.make_run) == 1
    told = capsys.readouterr().err
    assert "unexpected ZeroDivisionError" in told
    assert "--debug" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "arguments", [["nope"], ["up", "--nope"], ["status", "-o", "yaml"], ["sessionize", "--cycles", "0"]]
)
def test_wrong_usage_exits_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_wrong_setting_is_named_by_where_it_comes_from(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLICKSTREAM_PORT_OFFSET", "many")
    assert run(["status"]) == 2
    assert "CLICKSTREAM_PORT_OFFSET" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("clickstream ")
