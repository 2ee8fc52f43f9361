"""Running tests that were found, one after the other."""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from clickstream.node.sqltest.results import Failure, Place, TestResult

__all__ = ["FoundTest", "run_tests"]

_TRACE_LINES = 6


@dataclass(frozen=True, slots=True)
class FoundTest:
    """A test that can be run; `run` returns why it does not pass, None if it does."""

    name: str
    place: Place
    run: Callable[[], Failure | None]


def run_tests(tests: Iterable[FoundTest]) -> Iterator[TestResult]:
    """Yield what comes of each test; none keeps the ones after it from running."""
    for test in tests:
        begin = time.perf_counter()
        try:
            failure = test.run()
        except Exception as error:
            trace = traceback.format_exc().splitlines()[-_TRACE_LINES:]
            failure = Failure(test.place, f"unexpected {type(error).__name__}: {error}", notes=trace)
        yield TestResult(test.name, test.place, failure, time.perf_counter() - begin)
