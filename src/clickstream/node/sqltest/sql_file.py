"""Runs one test of a SQL file: its statements in order, until one fails or the end is reached."""

from clickstream.core.errors import ClickstreamError, SqlSyntaxError
from clickstream.node.sqltest.directives import SqlTest
from clickstream.node.sqltest.error_classes import class_of, is_of_class
from clickstream.node.sqltest.live_bench import LiveBench
from clickstream.node.sqltest.results import Difference, Failure, Mismatch, Place
from clickstream.node.sqltest.row_assertions import RowAssertions
from clickstream.node.sqltest.script import Script
from clickstream.node.sqltest.source_assertions import check_source
from clickstream.node.sqltest.unread import unread_notes
from clickstream.sql import nodes as n

__all__ = ["refusal", "run_sql_test"]


def run_sql_test(test: SqlTest) -> Failure | None:
    """Run a test and return why it does not pass, None if it does."""
    if test.problem is not None:
        return Failure(*test.problem)
    bench = LiveBench()
    rows = RowAssertions(bench)

    def run(statement: n.Statement) -> None:
        if isinstance(statement, n.AssertValues):
            rows.check(statement)
        elif isinstance(statement, n.AssertSource):
            check_source(statement, bench.catalog)
        else:
            bench.run_statement(statement)

    script = Script(run)
    try:
        script.run(test.text, test.path, test.place.path)
    except (ClickstreamError, Mismatch) as error:
        if test.expected_error or test.expected_message:
            return _as_expected(test, script.place, error)
        if isinstance(error, Mismatch):
            notes = [*error.notes, *unread_notes(bench.log)]
            return Failure(script.place, str(error), error.differences, notes)
        return refusal(script.place, error)
    wanted = " ".join(filter(None, (test.expected_error, test.expected_message)))
    return Failure(test.place, f"Expected an error, but there was none: {wanted}") if wanted else None


def refusal(place: Place, error: ClickstreamError) -> Failure:
    """Return the failure of a test of which a statement is refused."""
    snippet = error.snippet.splitlines() if isinstance(error, SqlSyntaxError) else []
    hint = [f"hint: {error.hint}"] if error.hint else []
    return Failure(place, error.message, notes=[*snippet, *hint])


def _as_expected(test: SqlTest, place: Place, error: ClickstreamError | Mismatch) -> Failure | None:
    """Return what is wrong with an error that was to come; None if it is the right one."""
    differences = []
    if wanted := test.expected_error:
        differences.append(Difference("error", wanted, class_of(error), is_of_class(error, wanted)))
    if fragment := test.expected_message:
        differences.append(Difference("message", fragment, str(error), fragment in str(error)))
    if all(one.fits for one in differences):
        return None
    return Failure(place, "Another error than the expected one", differences)
