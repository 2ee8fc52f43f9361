"""Table functions: one row for each element."""

from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Any

from clickstream.engine.evaluate import Report, RowFunction
from clickstream.engine.rows import Row, Value

__all__ = ["FlatMap"]


class FlatMap:
    """Events multiplied by their table functions' results, which follow the value columns.

    Results of several functions stand side by side; the shorter ones are filled with NULL.
    Source: ksqldb-streams …/streams/StreamFlatMapBuilder, KudtfFlatMapper.
    """

    def __init__(
        self,
        arguments: RowFunction,
        calls: list[tuple[Callable[..., Iterable[Any]], int]],
        report: Report,
    ) -> None:
        self._arguments = arguments
        self._calls = calls
        self._report = report

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the multiplied rows."""
        out: list[Row] = []
        for key, value, time_ms, headers in rows:
            if value is None:
                continue
            results = self._results(self._arguments(key, value, time_ms))
            out += [(key, value + extra, time_ms, headers) for extra in zip_longest(*results)]
        return out

    def _results(self, arguments: Value) -> list[list[Any]]:
        """Return what each function gives; one that fails gives nothing."""
        at, results = 0, []
        for call, count in self._calls:
            try:
                results.append(list(call(*arguments[at : at + count])))
            except Exception as error:
                self._report("table function", error)
                results.append([])
            at += count
        return results

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
