from typing import Any

import pytest

from clickstream.sql.functions.aggregates.counts import HISTOGRAM_LIMIT
from clickstream.sql.functions.resolved import ResolvedAggregate
from tests.helpers.functions import aggregated, resolve, state_of


@pytest.mark.parametrize(
    ("aggregate", "rows", "undone", "value"),
    [
        (resolve("COUNT", []), [(), (), ()], [()], 2),
        (resolve("COUNT", ["STRING"]), ["a", None, "b"], [None, "a"], 1),
        (resolve("COUNT", ["STRING"]), [], [], 0),
        (resolve("HISTOGRAM", ["STRING"]), ["a", "b", "a"], [], {"a": 2, "b": 1}),
        (resolve("HISTOGRAM", ["STRING"]), ["a", "b", "a"], ["b", "a"], {"a": 1}),
        (resolve("HISTOGRAM", ["STRING"]), ["a"], ["c"], {"a": 1}),
        (resolve("ATTR", ["INT"]), [1, 1], [], 1),
        (resolve("ATTR", ["INT"]), [1, 2], [], None),
        (resolve("ATTR", ["INT"]), [1, None], [], None),
        (resolve("ATTR", ["INT"]), [1, 2], [2], 1),
        (resolve("ATTR", ["INT"]), [], [], None),
        (resolve("ATTR", ["ARRAY<INT>"]), [[1], [1]], [], [1]),
    ],
)
def test_values(aggregate: ResolvedAggregate, rows: list[Any], undone: list[Any], value: Any) -> None:
    assert aggregated(aggregate, rows, undone) == value


def test_merging() -> None:
    count = resolve("COUNT", ["INT"])
    assert count.merge(2, 3) == 5
    histogram = resolve("HISTOGRAM", ["STRING"])
    first, second = state_of(histogram, ["a", "b"]), state_of(histogram, ["b", "c"])
    assert histogram.result(histogram.merge(first, second)) == {"a": 1, "b": 2, "c": 1}
    assert first == {"a": 1, "b": 1}
    attr = resolve("ATTR", ["INT"])
    assert attr.result(attr.merge(state_of(attr, [1]), state_of(attr, [1, 1]))) == 1
    assert attr.result(attr.merge(state_of(attr, [1]), state_of(attr, [2]))) is None


def test_histograms_take_no_further_strings_when_full() -> None:
    histogram = resolve("HISTOGRAM", ["STRING"])
    counts = aggregated(histogram, [str(n % (HISTOGRAM_LIMIT + 5)) for n in range(2 * HISTOGRAM_LIMIT + 10)])
    assert len(counts) == HISTOGRAM_LIMIT
    assert set(counts.values()) == {2}


def test_distinct_values() -> None:
    distinct = resolve("COUNT_DISTINCT", ["STRING"])
    some = state_of(distinct, ["a", "b", None, "a"])
    assert distinct.result(some) == 2
    assert distinct.result(distinct.merge(some, state_of(distinct, ["b", "c"]))) == 3
    assert distinct.result(distinct.initial()) == 0
    assert distinct.undo is None
