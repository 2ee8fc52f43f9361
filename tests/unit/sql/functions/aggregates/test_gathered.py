from typing import Any

import pytest

from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.functions.resolved import ResolvedAggregate
from tests.helpers.functions import aggregated, resolve, state_of


@pytest.mark.parametrize(
    ("aggregate", "rows", "undone", "value"),
    [
        (resolve("COLLECT_LIST", ["INT"]), [1, None, 1], [], [1, None, 1]),
        (resolve("COLLECT_LIST", ["STRING"]), ["a", "b", "a"], ["a"], ["a", "b"]),
        (resolve("COLLECT_LIST", ["STRING"]), ["a"], ["x"], ["a"]),
        (resolve("COLLECT_LIST", ["MAP<STRING, INT>"]), [{"a": 1}], [], [{"a": 1}]),
        (resolve("COLLECT_SET", ["INT"]), [1, None, 1, None, 2], [], [1, None, 2]),
        (resolve("COLLECT_SET", ["ARRAY<INT>"]), [[1], [1], [2]], [], [[1], [2]]),
    ],
)
def test_values(aggregate: ResolvedAggregate, rows: list[Any], undone: list[Any], value: Any) -> None:
    assert aggregated(aggregate, rows, undone) == value


def test_sets_cannot_take_back() -> None:
    assert resolve("COLLECT_SET", ["INT"]).undo is None


def test_limits_hold_when_adding_and_merging() -> None:
    registry = REGISTRY.configured(
        {"ksql.functions.collect_list.limit": "3", "ksql.functions.collect_set.limit": "2"}
    )
    listed = resolve("COLLECT_LIST", ["INT"], registry=registry)
    assert aggregated(listed, [1, 2, 3, 4]) == [1, 2, 3]
    assert listed.merge([1, 2], [3, 4]) == [1, 2, 3]
    distinct = resolve("COLLECT_SET", ["INT"], registry=registry)
    assert aggregated(distinct, [1, 1, 2, 3]) == [1, 2]
    assert distinct.merge([1], [1, 2, 3]) == [1, 2]


def test_merging_keeps_the_states() -> None:
    listed = resolve("COLLECT_LIST", ["INT"])
    first = state_of(listed, [1])
    assert listed.merge(first, [2]) == [1, 2]
    assert first == [1]
