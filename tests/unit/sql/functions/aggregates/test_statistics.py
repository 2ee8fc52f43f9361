import math
from typing import Any

import pytest

from clickstream.sql.functions.resolved import ResolvedAggregate
from tests.helpers.functions import aggregated, resolve, state_of


@pytest.mark.parametrize(
    ("aggregate", "rows", "undone", "value"),
    [
        (resolve("STDDEV_SAMP", ["INT"]), [2, 4, None, 9], [], 13.0),
        (resolve("STDDEV_SAMPLE", ["INT"]), [2, 4, None, 9], [], math.sqrt(13)),
        (resolve("STDDEV_SAMPLE", ["DOUBLE"]), [1.5, 2.5, 100.0], [100.0], math.sqrt(0.5)),
        (resolve("STDDEV_SAMPLE", ["BIGINT"]), [7], [], 0.0),
        (resolve("STDDEV_SAMPLE", ["BIGINT"]), [7], [7], 0.0),
        (resolve("CORRELATION", ["INT", "INT"]), [(1, 2), (2, 4), (None, 9), (3, 6)], [], 1.0),
        (
            resolve("CORRELATION", ["DOUBLE", "DOUBLE"]),
            [(1.0, 3.0), (2.0, 1.0), (9.0, 9.0)],
            [(9.0, 9.0)],
            -1.0,
        ),
        (resolve("CORRELATION", ["INT", "INT"]), [], [], math.nan),
        (resolve("CORRELATION", ["INT", "INT"]), [(1, 1)], [], math.nan),
    ],
)
def test_values(aggregate: ResolvedAggregate, rows: list[Any], undone: list[Any], value: float) -> None:
    assert aggregated(aggregate, rows, undone) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("name", ["STDDEV_SAMPLE", "STDDEV_SAMP"])
def test_merging_equals_adding(name: str) -> None:
    aggregate = resolve(name, ["DOUBLE"])
    rows = [1.0, 5.0, 2.5, 8.0, 8.5]
    merged = aggregate.merge(state_of(aggregate, rows[:2]), state_of(aggregate, rows[2:]))
    assert aggregate.result(merged) == pytest.approx(aggregated(aggregate, rows))
    assert aggregate.result(aggregate.merge(aggregate.initial(), merged)) == aggregate.result(merged)


def test_correlations_merge() -> None:
    aggregate = resolve("CORRELATION", ["BIGINT", "BIGINT"])
    rows = [(1, 5), (2, 3), (4, 4), (8, 1)]
    merged = aggregate.merge(state_of(aggregate, rows[:1]), state_of(aggregate, rows[1:]))
    assert aggregate.result(merged) == pytest.approx(aggregated(aggregate, rows))


def test_numbers_beyond_all_measure_make_no_error() -> None:
    aggregate = resolve("STDDEV_SAMPLE", ["DOUBLE"])
    assert aggregate.result(state_of(aggregate, [1e300, -1e300])) == math.inf
    assert math.isnan(aggregate.result([0.0, 2, -1e-300]))
