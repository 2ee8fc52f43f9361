from typing import Any

import pytest

from clickstream.core.errors import SqlError
from clickstream.sql.functions.resolved import ResolvedAggregate
from tests.helpers.functions import aggregated, resolve, state_of, type_named

ROWS = [None, 1, 2, None, 3, None]


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        (resolve("EARLIEST_BY_OFFSET", ["INT"]), 1),
        (resolve("EARLIEST_BY_OFFSET", ["INT"], True), 1),
        (resolve("EARLIEST_BY_OFFSET", ["INT"], False), None),
        (resolve("LATEST_BY_OFFSET", ["INT"]), 3),
        (resolve("LATEST_BY_OFFSET", ["INT"], False), None),
        (resolve("EARLIEST_BY_OFFSET", ["INT"], 2), [1, 2]),
        (resolve("EARLIEST_BY_OFFSET", ["INT"], 2, False), [None, 1]),
        (resolve("LATEST_BY_OFFSET", ["INT"], 2), [2, 3]),
        (resolve("LATEST_BY_OFFSET", ["INT"], 3, False), [None, 3, None]),
        (resolve("LATEST_BY_OFFSET", ["INT"], 9, True), [1, 2, 3]),
    ],
)
def test_values(aggregate: ResolvedAggregate, value: Any) -> None:
    assert aggregated(aggregate, ROWS) == value


@pytest.mark.parametrize("name", ["EARLIEST_BY_OFFSET", "LATEST_BY_OFFSET"])
def test_nothing_came(name: str) -> None:
    assert aggregated(resolve(name, ["INT"]), []) is None
    assert aggregated(resolve(name, ["INT"], 2), []) == []


def test_result_types() -> None:
    assert resolve("LATEST_BY_OFFSET", ["MAP<STRING, INT>"]).returns == type_named("MAP<STRING, INT>")
    assert resolve("EARLIEST_BY_OFFSET", ["INT"], 2).returns == type_named("ARRAY<INT>")


@pytest.mark.parametrize(("name", "value"), [("EARLIEST_BY_OFFSET", "a"), ("LATEST_BY_OFFSET", "c")])
def test_merging_goes_by_arrival(name: str, value: str) -> None:
    aggregate = resolve(name, ["STRING"])
    first = aggregate.add(aggregate.initial(), "a")
    second = aggregate.add(aggregate.initial(), "b")
    second = aggregate.add(second, "c")
    assert aggregate.result(aggregate.merge(second, first)) == value
    assert aggregate.result(aggregate.merge(first, aggregate.initial())) == "a"


@pytest.mark.parametrize("name", ["EARLIEST_BY_OFFSET", "LATEST_BY_OFFSET"])
def test_merging_lists_keeps_the_earliest(name: str) -> None:
    aggregate = resolve(name, ["STRING"], 2)
    first, second = state_of(aggregate, ["a"]), state_of(aggregate, ["b", "c"])
    assert aggregate.result(aggregate.merge(second, first)) == ["a", "b"]


def test_restored_states_go_on_behind_their_numbers() -> None:
    stored = state_of(resolve("LATEST_BY_OFFSET", ["STRING"]), ["a", "b", "c"])
    restarted = resolve("LATEST_BY_OFFSET", ["STRING"])
    newer = restarted.add(stored, "d")
    assert restarted.result(restarted.merge(stored, newer)) == "d"


@pytest.mark.parametrize(
    ("name", "wording"), [("EARLIEST_BY_OFFSET", "earliestN"), ("LATEST_BY_OFFSET", "latestN")]
)
def test_counts_are_positive(name: str, wording: str) -> None:
    with pytest.raises(SqlError, match=f"{wording} must be 1 or greater"):
        resolve(name, ["INT"], 0)
