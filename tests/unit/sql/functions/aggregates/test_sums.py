from decimal import Decimal
from typing import Any

import pytest

from clickstream.core.errors import SqlError
from clickstream.sql.functions.resolved import ResolvedAggregate
from tests.helpers.functions import aggregated, resolve, state_of, type_named

_INT_MAX = 2**31 - 1
_LONG_MAX = 2**63 - 1


@pytest.mark.parametrize(
    ("aggregate", "rows", "undone", "value"),
    [
        (resolve("SUM", ["INT"]), [1, None, 5], [1, None], 5),
        (resolve("SUM", ["INT"]), [], [], 0),
        (resolve("SUM", ["INT"]), [_INT_MAX, 1], [], -(2**31)),
        (resolve("SUM", ["INT"]), [_INT_MAX, 1], [1], _INT_MAX),
        (resolve("SUM", ["BIGINT"]), [_LONG_MAX, 2], [], -(2**63) + 1),
        (resolve("SUM", ["DOUBLE"]), [0.5, 0.25], [], 0.75),
        (resolve("SUM", ["DECIMAL(5, 2)"]), [], [], Decimal("0.00")),
        (
            resolve("SUM", ["DECIMAL(5, 2)"]),
            [Decimal("1.10"), Decimal("2.20")],
            [Decimal("1.10")],
            Decimal("2.20"),
        ),
        (resolve("SUM_LIST", ["ARRAY<INT>"]), [[1, None, 2], None, [], [_INT_MAX]], [], -(2**31) + 2),
        (resolve("SUM_LIST", ["ARRAY<BIGINT>"]), [[1], [2, 3]], [[1]], 5),
        (resolve("SUM_LIST", ["ARRAY<DOUBLE>"]), [[0.5], [1.0]], [], 1.5),
        (resolve("AVG", ["INT"]), [1, 2, None], [], 1.5),
        (resolve("AVG", ["BIGINT"]), [1, 2, 9], [9], 1.5),
        (resolve("AVG", ["DOUBLE"]), [0.5, 1.5], [], 1.0),
        (resolve("AVG", ["INT"]), [None], [], 0.0),
    ],
)
def test_values(aggregate: ResolvedAggregate, rows: list[Any], undone: list[Any], value: Any) -> None:
    shown = aggregated(aggregate, rows, undone)
    assert (type(shown), str(shown)) == (type(value), str(value))


@pytest.mark.parametrize(
    ("name", "type_", "returns"),
    [
        ("SUM", "INT", "INT"),
        ("SUM", "BIGINT", "BIGINT"),
        ("SUM", "DECIMAL(7, 3)", "DECIMAL(7, 3)"),
        ("SUM_LIST", "ARRAY<INT>", "INT"),
        ("AVG", "INT", "DOUBLE"),
    ],
)
def test_result_types(name: str, type_: str, returns: str) -> None:
    assert resolve(name, [type_]).returns == type_named(returns)


def test_merging() -> None:
    total, average = resolve("SUM", ["INT"]), resolve("AVG", ["INT"])
    assert total.merge(_INT_MAX, 1) == -(2**31)
    assert average.result(average.merge(state_of(average, [1, 2]), state_of(average, [6]))) == 3.0


@pytest.mark.parametrize(("name", "type_"), [("SUM", "STRING"), ("AVG", "ARRAY<INT>"), ("SUM_LIST", "INT")])
def test_types_that_cannot_be_summed(name: str, type_: str) -> None:
    with pytest.raises(SqlError, match="does not accept parameters"):
        resolve(name, [type_])
