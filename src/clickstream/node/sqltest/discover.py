"""Finding tests: SQL files with directives, and folders with statements, input and output."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from clickstream.core.errors import SettingsError
from clickstream.node.sqltest.case_folder import INPUT, OUTPUT, STATEMENTS, run_case_folder
from clickstream.node.sqltest.directives import has_directives, split_tests
from clickstream.node.sqltest.results import Place
from clickstream.node.sqltest.run import FoundTest
from clickstream.node.sqltest.sql_file import run_sql_test

__all__ = ["find_tests"]


def find_tests(paths: Sequence[Path]) -> list[FoundTest]:
    """Return the tests in files and, at any depth, in folders; sorted within each of `paths`.

    Raises: SettingsError if a path is not there, or holds no test.
    """
    found: list[FoundTest] = []
    for path in paths:
        tests = list(_tests_of(path))
        if not tests:
            raise SettingsError(
                f"{path} holds no test",
                hint=f"a test is a SQL file with `--@test: name`, or a folder with {STATEMENTS} and {OUTPUT}",
            )
        found += tests
    return list({(test.place, test.name): test for test in found}.values())


def _tests_of(path: Path) -> Iterator[FoundTest]:
    if path.is_dir():
        for file in sorted(path.rglob("*.sql")):
            yield from _tests_in(file)
    elif path.exists():
        yield from _tests_in(path if path.suffix == ".sql" else path.with_name(STATEMENTS))
    else:
        raise SettingsError(f"{path} does not exist")


def _tests_in(file: Path) -> Iterator[FoundTest]:
    if not file.exists():
        return
    if file.name == STATEMENTS and ((file.parent / OUTPUT).exists() or (file.parent / INPUT).exists()):
        folder = file.parent
        run = partial(run_case_folder, folder, str(folder))
        yield FoundTest(folder.resolve().name, Place(str(file), 1), run)
        return
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from error
    if has_directives(text):
        for test in split_tests(text, file, str(file)):
            yield FoundTest(test.name, test.place, partial(run_sql_test, test))
