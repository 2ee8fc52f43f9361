from typing import Any

import pytest

from clickstream.core.errors import SqlError
from clickstream.sql.functions.resolved import ResolvedAggregate
from tests.helpers.functions import aggregated, resolve, state_of, type_named


@pytest.mark.parametrize(
    ("aggregate", "rows", "value"),
    [
        (resolve("TOPK", ["INT"], 3), [1, 9, None, 5, 9, 2], [9, 9, 5]),
        (resolve("TOPK", ["STRING"], 2), ["b"], ["b"]),
        (resolve("TOPK", ["DOUBLE"], 1), [], []),
        (resolve("TOPK", ["BYTES"], 1), [b"\xff", b"\x01"], [b"\x01"]),
        (resolve("TOPKDISTINCT", ["INT"], 3), [1, 9, None, 5, 9, 2], [9, 5, 2]),
        (
            resolve("TOPK", ["INT", "STRING", "DOUBLE"], 2),
            [(1, "a", 0.1), (None, "n", 0.2), (3, "c", None), (3, "d", 0.4)],
            [
                {"sort_col": 3, "col0": "c", "col1": None},
                {"sort_col": 3, "col0": "d", "col1": 0.4},
            ],
        ),
    ],
)
def test_values(aggregate: ResolvedAggregate, rows: list[Any], value: list[Any]) -> None:
    assert aggregated(aggregate, rows) == value


def test_result_types() -> None:
    assert resolve("TOPK", ["BIGINT"], 1).returns == type_named("ARRAY<BIGINT>")
    rows = resolve("TOPK", ["INT", "STRING"], 1).returns
    assert rows == type_named("ARRAY<STRUCT<`sort_col` INT, `col0` STRING>>")


def test_merging() -> None:
    for name, value in (("TOPK", [5, 5, 4]), ("TOPKDISTINCT", [5, 4, 1])):
        aggregate = resolve(name, ["INT"], 3)
        assert aggregate.merge(state_of(aggregate, [1, 5]), state_of(aggregate, [5, 4])) == value


def test_the_count_is_a_whole_number() -> None:
    with pytest.raises(SqlError, match="does not accept parameters"):
        resolve("TOPK", ["INT"], "3")
