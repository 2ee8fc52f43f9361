"""Table functions: one row for each element they give.

Source: ksqldb-engine …/planner/plan/FlatMapNode.java — the columns' names.
"""

from dataclasses import dataclass

from clickstream.sql import nodes as n
from clickstream.sql.analysis import Analysis, unqualified
from clickstream.sql.expression_types import ExpressionTyper
from clickstream.sql.expressions import rewrite
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.plan import FlatMap
from clickstream.sql.planner_relations import Relation, SingleInput
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.settle import settle

__all__ = ["build_flatmap"]


@dataclass(frozen=True)
class FlatMapRelation(SingleInput):
    """Rows multiplied; `results` pair each call with the column of its result."""

    results: tuple[tuple[n.FunctionCall, str], ...]

    def resolve_select(self, expression: n.Expression) -> n.Expression:
        """Return the expression with calls of table functions replaced by their columns."""
        names = dict(self.results)

        def replace(node: n.Expression) -> n.Expression | None:
            if isinstance(node, n.FunctionCall) and node in names:
                return n.ColumnRef(names[node], at=node.at)
            return None

        return self.below.resolve_select(rewrite(expression, replace))


def build_flatmap(below: Relation, analysis: Analysis, functions: FunctionLookup) -> Relation:
    """Return `below` with the table functions of the SELECT applied.

    Raises: SqlError.
    """
    is_join = analysis.sources.is_join
    typer = ExpressionTyper(below.columns, functions)
    calls: list[tuple[str, n.FunctionCall]] = []
    results: list[tuple[n.FunctionCall, str]] = []
    made: list[Column] = []
    for index, original in enumerate(analysis.table_functions):
        call = rewrite(original, lambda e: unqualified(e, is_join=is_join))
        name = f"KSQL_SYNTH_{index}"
        returns = functions.table(call.name, typer.argument_types(call)).returns
        settled = settle(call, below.columns, functions, what="Select")
        assert isinstance(settled, n.FunctionCall)
        calls.append((name, settled))
        results.append((call, name))
        made.append(Column(name, returns))
    schema = LogicalSchema(below.step.schema.key, (*below.step.schema.value, *made))
    step = FlatMap(schema, below.step.kind, below.step, tuple(calls), context="FlatMap")
    return FlatMapRelation(step, below.sources, below, tuple(results))
