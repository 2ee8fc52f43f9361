"""States of a GROUP BY whose aggregates fail: the query goes on."""

from dataclasses import replace
from typing import Any

from clickstream.engine.aggregates import Accumulator, Aggregates
from clickstream.engine.scope import Scope
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.functions.resolved import ResolvedAggregate
from clickstream.sql.nodes import ColumnRef, FunctionCall
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.types import DOUBLE


class Failing:
    """Functions of which every aggregate fails to show and to merge."""

    def __getattr__(self, name: str) -> Any:
        return getattr(REGISTRY, name)

    def aggregate(self, *arguments: Any) -> ResolvedAggregate:
        def fail(*_: object) -> None:
            raise OverflowError("too large")

        return replace(
            REGISTRY.aggregate(*arguments), result=fail, merge=fail, shows_state=False, inline=None
        )


def failing() -> tuple[Accumulator, list[str]]:
    told: list[str] = []
    scope = Scope.of(LogicalSchema((), (Column("V", DOUBLE),)), windowed=False)
    calls = [("A", FunctionCall("SUM", (ColumnRef("V"),)))]
    made = Aggregates(scope, Failing(), [("V", ColumnRef("V"))], calls, lambda what, error: told.append(what))
    return made.accumulator(), told


def test_a_value_that_cannot_be_shown_is_null() -> None:
    accumulator, told = failing()
    state = accumulator.initial(0)
    accumulator.add(state, (), (1.5,), 0)
    assert accumulator.result(state) == (1.5, None)
    assert told == ["SUM"]


def test_states_that_cannot_be_merged_leave_the_first() -> None:
    accumulator, told = failing()
    states = [accumulator.initial(0), accumulator.initial(0)]
    for state, value in zip(states, (1.0, 2.0), strict=True):
        accumulator.add(state, (), (value,), 0)
    merged = accumulator.merge(*states)
    assert merged[2] == states[0][2]
    assert told == ["merging SUM"]
