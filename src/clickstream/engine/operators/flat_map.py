"""Table functions: one row for each element."""

from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Any

from clickstream.engine.evaluate import RowFunction
from clickstream.engine.rows import Row

__all__ = ["FlatMap"]


class FlatMap:
    """Events multiplied by their table functions' results, which follow the value columns.

    Results of several functions stand side by side; the shorter ones are filled with NULL.
    Source: ksqldb-streams …/streams/StreamFlatMapBuilder, KudtfFlatMapper.
    """

    def __init__(self, arguments: RowFunction, calls: list[tuple[Callable[..., Iterable[Any]], int]]) -> None:
        self._arguments = arguments
        self._calls = calls

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the multiplied rows."""
        out: list[Row] = []
        for key, value, time_ms, headers in rows:
            if value is None:
                continue
            arguments = self._arguments(key, value, time_ms)
            at, results = 0, []
            for call, count in self._calls:
                results.append(call(*arguments[at : at + count]))
                at += count
            out += [(key, value + extra, time_ms, headers) for extra in zip_longest(*results)]
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
