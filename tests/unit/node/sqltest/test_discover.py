"""Finding tests."""

from pathlib import Path

import pytest

from clickstream.core.errors import SettingsError
from clickstream.node.sqltest.discover import find_tests
from clickstream.node.sqltest.run import run_tests


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.sql").write_text("--@test: two\nDROP STREAM x;\n--@test: three\n")
    (tmp_path / "script.sql").write_text("DROP STREAM x;")
    (tmp_path / "a" / "case").mkdir(parents=True)
    (tmp_path / "a" / "case" / "statements.sql").write_text("")
    (tmp_path / "a" / "case" / "output.json").write_text('{"outputs": []}')
    return tmp_path


def test_a_folder_is_searched_at_any_depth(folder: Path) -> None:
    assert [test.name for test in find_tests([folder])] == ["case", "two", "three"]


@pytest.mark.parametrize("path", ["a/case", "a/case/statements.sql", "a/case/output.json"])
def test_a_case_is_named_by_its_folder_or_a_file_in_it(folder: Path, path: str) -> None:
    assert [test.name for test in find_tests([folder / path])] == ["case"]


def test_what_is_named_twice_runs_once(folder: Path) -> None:
    assert len(find_tests([folder, folder / "b.sql"])) == 3


@pytest.mark.parametrize(
    ("path", "message"), [("script.sql", "holds no test"), ("missing.sql", "does not exist")]
)
def test_paths_without_tests_are_wrong_usage(folder: Path, path: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        find_tests([folder / path])


def test_a_test_that_breaks_the_engine_keeps_none_from_running(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("clickstream.sql.drop.nearest", broken)
    results = list(run_tests(find_tests([folder])))
    assert [result.passed for result in results] == [True, False, True]
    assert results[1].failure is not None
    assert results[1].failure.message == "unexpected ZeroDivisionError: oops"
