"""Runs SQL tests in this process and prints what came of them: the work of `clickstream test`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from clickstream.cli.output import Format, Output
from clickstream.core.errors import SettingsError
from clickstream.node.sqltest.discover import find_tests
from clickstream.node.sqltest.failure_text import failure_lines
from clickstream.node.sqltest.junit import junit_report
from clickstream.node.sqltest.results import TestResult
from clickstream.node.sqltest.run import run_tests

__all__ = ["run_and_show"]


def run_and_show(output: Output, paths: Sequence[Path], only: str, junit: Path | None) -> bool:
    """Run the tests with `only` in their names and return whether all pass.

    Raises: SettingsError if there are none, or the report cannot be written.
    """
    found = [test for test in find_tests(paths) if only.lower() in test.name.lower()]
    if not found:
        raise SettingsError(f"no test has {only!r} in its name")
    results = list(shown(output, run_tests(found)))
    if junit is not None:
        write_report(junit, results)
    summarise(output, results)
    return all(result.passed for result in results)


def write_report(path: Path, results: Sequence[TestResult]) -> None:
    """Write the JUnit report. Raises: SettingsError if that cannot be."""
    try:
        path.write_text(junit_report(results), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from error


def shown(output: Output, results: Iterable[TestResult]) -> Iterable[TestResult]:
    """Pass results on, each told to the person at the terminal as it comes."""
    for result in results:
        if output.form is Format.TABLE:
            output.say(f"{'ok  ' if result.passed else 'FAIL'}  {result.place}  {result.name}")
            for line in failure_lines(result.failure) if result.failure else ():
                output.line(f"      {line}")
        yield result


def summarise(output: Output, results: list[TestResult]) -> None:
    """Print the end: a line for people, all results for programs."""
    if output.form is Format.TABLE:
        failed = sum(not result.passed for result in results)
        seconds = sum(result.seconds for result in results)
        output.say(f"{len(results) - failed} passed, {failed} failed in {seconds:.1f} s")
    elif output.form is Format.JSON:
        output.json([as_data(result) for result in results])
    else:
        columns = ["test", "where", "outcome", "message"]
        output.rows(
            columns,
            [[one["name"], one["where"], one["outcome"], one["message"]] for one in map(as_data, results)],
        )


def as_data(result: TestResult) -> dict[str, Any]:
    """Return a result as programs read it."""
    failure = result.failure
    return {
        "name": result.name,
        "outcome": "passed" if failure is None else "failed",
        "where": str(result.place if failure is None else failure.place),
        "seconds": round(result.seconds, 3),
        "message": "" if failure is None else failure.message,
        "differences": [
            {"part": one.part, "expected": one.expected, "actual": one.actual, "fits": one.fits}
            for one in (failure.differences if failure else ())
        ],
        "notes": list(failure.notes) if failure else [],
    }
