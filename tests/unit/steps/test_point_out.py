from pathlib import Path

import pytest

from clickstream.core.errors import NotFound, SqlError, SqlSyntaxError
from clickstream.steps.point_out import point_out, with_caret
from clickstream.steps.script import Statement
from tests.helpers.recorded_replies import load

STATEMENT = Statement("CREATE STREAM a AS\n  SELECT b\n  FRM c;", "my.sql", 5)


def test_a_syntax_error_is_counted_in_the_file_and_has_a_caret() -> None:
    error = SqlSyntaxError("line 3:3: Syntax Error\nExpecting FROM\nStatement: CREATE …", line=3, column=3)
    told = point_out(error, STATEMENT)
    assert told is error
    assert str(told) == "my.sql:7:3: Syntax Error\nExpecting FROM"
    assert error.statement.splitlines()[2:] == ["  FRM c;", "  ^"]
    assert (error.line, error.column) == (7, 3)


def test_the_other_form_of_places_is_read_too() -> None:
    error = point_out(SqlError("Could not plan: Line: 2, Col: 10: column 'B' cannot be resolved."), STATEMENT)
    assert error.message == "my.sql:6:10: Could not plan: column 'B' cannot be resolved."


def test_without_a_place_the_statements_own_is_told() -> None:
    assert point_out(SqlError("no"), STATEMENT).message == "my.sql:5: no"
    assert point_out(NotFound("no"), STATEMENT).message == "my.sql:5: no"


@pytest.mark.parametrize(
    "name", ["ksql/092_syntax_error", "ksql/054_ctas_unknown_column", "query/036_qs_err_column"]
)
def test_the_carets_of_recorded_errors_point_at_what_is_wrong(shared: Path, name: str) -> None:
    recording = load(shared / f"golden/rest/{name}.json")
    request = recording["request"]["body_json"]
    text = request.get("ksql") or request["sql"]
    error = SqlError(recording["response"]["body_json"]["message"])
    point_out(error, Statement(text, "f", 1))
    shown, caret = error.statement.splitlines()
    at = caret.index("^")
    assert shown[at:].lower().startswith(("creat ", "nope"))


@pytest.mark.parametrize(("line", "column"), [(0, 1), (2, 1), (1, 9), (1, 0)])
def test_a_place_that_is_not_there_gets_no_caret(line: int, column: int) -> None:
    assert with_caret("SELECT;", line, column) == "SELECT;"


def test_tabs_stay_tabs() -> None:
    assert with_caret("\tSELECT x;", 1, 9) == "\tSELECT x;\n\t       ^"


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("Exception while preparing statement: CLICK does not exist.", "did you mean CLICKS?"),
        ("Source `CLIKCS` does not exist.", "did you mean CLICKS?"),
        ("ORDERS does not exist.", None),
        ("CLICK is in the way.", None),
    ],
)
def test_a_name_that_is_missed_brings_the_nearest_ones(message: str, hint: str | None) -> None:
    assert point_out(SqlError(message), STATEMENT, lambda: {"CLICKS", "USERS"}).hint == hint


def test_a_server_that_cannot_tell_its_names_spoils_no_error() -> None:
    def fails() -> set[str]:
        raise NotFound("gone")

    assert point_out(SqlError("CLICK does not exist."), STATEMENT, fails).hint is None
