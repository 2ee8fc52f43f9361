"""Cutting a SQL file into tests at its directives.

`--@test: name` begins a test; `--@expected.error: class` and `--@expected.message: text` after it say that
it must fail, and how. Before the first test only comments may stand.
Source: the documentation of ksqlDB's `run-ksql-test`.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from clickstream.node.sqltest.results import Place

__all__ = ["SqlTest", "has_directives", "split_tests"]

_DIRECTIVE = re.compile(r"^[ \t]*--@[ \t]*([^\s:]+)[ \t]*(?::[ \t]*(.*?))?[ \t]*$")
_EXPECTED = {"expected.error": "expected_error", "expected.message": "expected_message"}


@dataclass(slots=True)
class SqlTest:
    """One test of a SQL file.

    `text` has the lines before it empty, so that places in it are places in the file. `problem` is what is
    wrong with the test's directives, and on which line.
    """

    name: str
    path: Path
    place: Place
    text: str = ""
    expected_error: str = ""
    expected_message: str = ""
    problem: tuple[Place, str] | None = field(default=None)


def has_directives(text: str) -> bool:
    """Return whether a SQL file is a file of tests."""
    return any(_DIRECTIVE.match(line) for line in text.splitlines())


def split_tests(text: str, path: Path, shown: str) -> list[SqlTest]:
    """Return the tests of a file; `shown` is how messages call it."""
    tests: list[SqlTest] = []
    for number, line in enumerate(text.splitlines(), start=1):
        place = Place(shown, number)
        directive = _DIRECTIVE.match(line)
        if directive and directive[1] == "test":
            tests.append(SqlTest(directive[2] or "", path, place, "\n" * number))
            if not directive[2]:
                tests[-1].problem = (place, "--@test: has no name")
            continue
        if not tests:
            if not line.strip() or (line.lstrip().startswith("--") and not directive):
                continue
            tests.append(SqlTest("", path, place, problem=(place, "a test begins with `--@test: name`")))
        if directive:
            _take(tests[-1], directive[1], directive[2] or "", place)
        tests[-1].text += f"{line}\n" if not directive else "\n"
    return tests


def _take(test: SqlTest, name: str, value: str, place: Place) -> None:
    attribute = _EXPECTED.get(name)
    problem = ""
    if attribute is None:
        problem = f"there is no directive --@{name}: only test, {' and '.join(_EXPECTED)}"
    elif not value:
        problem = f"--@{name}: says nothing"
    elif getattr(test, attribute):
        problem = f"--@{name} stands twice"
    if problem:
        test.problem = test.problem or (place, problem)
    elif attribute:
        setattr(test, attribute, value)
