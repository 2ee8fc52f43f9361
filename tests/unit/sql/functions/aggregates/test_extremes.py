import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clickstream.sql.functions.aggregates.extremes import ORDERED
from clickstream.sql.functions.resolved import ResolvedAggregate
from tests.helpers.functions import aggregated, resolve


@pytest.mark.parametrize(
    ("aggregate", "rows", "value"),
    [
        (resolve("MAX", ["INT"]), [3, None, 7, 5], 7),
        (resolve("MIN", ["INT"]), [3, None, -7, 5], -7),
        (resolve("MIN", ["INT"]), [None], None),
        (resolve("MAX", ["INT"]), [], None),
        (resolve("MAX", ["STRING"]), ["a", "B"], "a"),
        (resolve("MAX", ["BYTES"]), [b"\x01", b"\xff"], b"\x01"),
        (resolve("MIN", ["BYTES"]), [b"\x01", b"\xff"], b"\xff"),
        (resolve("MAX", ["DECIMAL(3, 1)"]), [Decimal("1.5"), Decimal("10.0")], Decimal("10.0")),
        (resolve("MAX", ["DATE"]), [date(2020, 1, 1), date(2021, 1, 1)], date(2021, 1, 1)),
        (resolve("MIN", ["DOUBLE"]), [math.nan, 1.0], 1.0),
    ],
)
def test_values(aggregate: ResolvedAggregate, rows: list[Any], value: Any) -> None:
    assert aggregated(aggregate, rows) == value


def test_not_a_number_is_the_largest() -> None:
    assert math.isnan(aggregated(resolve("MAX", ["DOUBLE"]), [1.0, math.nan, math.inf]))


@pytest.mark.parametrize("name", ["MIN", "MAX"])
@pytest.mark.parametrize("type_", ORDERED)
def test_results_have_the_type_of_the_values(name: str, type_: str) -> None:
    aggregate = resolve(name, [f"{type_}(4, 2)" if type_ == "DECIMAL" else type_])
    assert aggregate.returns == aggregate.parameters[0]
    assert aggregate.undo is None


def test_merging() -> None:
    largest = resolve("MAX", ["INT"])
    assert largest.merge(1, 2) == 2
    assert largest.merge(None, 2) == largest.merge(2, None) == 2
