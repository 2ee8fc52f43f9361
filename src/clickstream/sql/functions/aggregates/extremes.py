"""MIN and MAX.

Source: ksqldb-engine …/function/udaf/max/MaxKudaf.java, …/min/MinKudaf.java.
"""

from collections.abc import Callable, Sequence
from typing import Any

from clickstream.sql.functions.aggregates.states import nothing, same
from clickstream.sql.functions.ordering import order_of
from clickstream.sql.functions.registration import AggregateSteps, aggregate
from clickstream.sql.types import SqlType

__all__ = ["ORDERED", "maximum", "minimum"]

ORDERED = (
    "INTEGER", "BIGINT", "DOUBLE", "DECIMAL", "DATE", "TIME", "TIMESTAMP", "STRING", "BYTES",
)  # fmt: skip
"""Types whose values have an order."""

_SIGNATURES = tuple(f"{type_} val1 -> {type_}" for type_ in ORDERED)


def _pick(best: Callable[..., Any], type_: SqlType) -> AggregateSteps:
    """Return the steps that keep what `best`, which is min or max, prefers."""
    key = order_of(type_)

    def choose(state: Any, value: Any) -> Any:
        if state is None:
            return value
        if value is None:
            return state
        return best(state, value) if key is None else best(state, value, key=key)

    return AggregateSteps(nothing, choose, choose, same, shows_state=True)


@aggregate("MIN", *_SIGNATURES, description="The smallest value of a group that is not NULL.")
def minimum(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of MIN."""
    return _pick(min, types[0])


@aggregate("MAX", *_SIGNATURES, description="The largest value of a group that is not NULL.")
def maximum(types: Sequence[SqlType]) -> AggregateSteps:
    """Return the steps of MAX."""
    return _pick(max, types[0])
