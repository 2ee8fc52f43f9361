"""What an aggregation needs: the columns, the arguments, the calls; and the rules of GROUP BY.

Source: ksqldb-engine …/analyzer/AggregateAnalyzer.java — the rules, the order of columns, the wording.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal as OneOf

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.expressions import children
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.schema import WINDOW_COLUMNS

__all__ = ["AggregateAnalysis", "analyze_aggregation"]

_Clause = OneOf["SELECT", "WHERE", "GROUP BY", "HAVING"]


@dataclass(slots=True)
class AggregateAnalysis:
    """Columns used anywhere (in order of use), aggregates' arguments, aggregates one by one."""

    columns: list[n.ColumnRef] = field(default_factory=list)
    arguments: list[n.Expression] = field(default_factory=list)
    calls: list[n.FunctionCall] = field(default_factory=list)


def analyze_aggregation(
    *,
    select: Sequence[n.Expression],
    where: n.Expression | None,
    group_by: Sequence[n.Expression],
    having: n.Expression | None,
    windowed: bool,
    functions: FunctionLookup,
    default_argument: n.ColumnRef,
) -> AggregateAnalysis:
    """Return the analysis of an aggregation whose expressions name bare columns.

    `default_argument` is what `COUNT(*)` counts: the first source's ROWTIME.

    Raises: SqlError where GROUP BY's rules are broken.
    """
    collector = _Collector(tuple(group_by), functions, default_argument, windowed=windowed)
    for expression in select:
        collector.clause(expression, "SELECT")
    if where is not None:
        collector.clause(where, "WHERE")
    for expression in group_by:
        collector.clause(expression, "GROUP BY")
    if having is not None:
        collector.clause(having, "HAVING")
    collector.enforce()
    return collector.result


class _Collector:
    def __init__(
        self,
        group_by: tuple[n.Expression, ...],
        functions: FunctionLookup,
        default_argument: n.ColumnRef,
        *,
        windowed: bool,
    ) -> None:
        bounds = tuple(n.ColumnRef(name) for name in WINDOW_COLUMNS) if windowed else ()
        self.result = AggregateAnalysis()
        self._grouped = frozenset((*group_by, *bounds))
        self._functions = functions
        self._default = default_argument
        self._windowed = windowed
        self._loose_selects: list[n.Expression] = []
        self._loose_having: list[n.Expression] = []

    # ------------------------------------------------------------------------------- walking

    def clause(self, expression: n.Expression, clause: _Clause) -> None:
        """Take in one expression of a clause."""
        loose = self._visit(expression, clause, None)
        if clause == "HAVING":
            self._loose_having += loose
        elif clause == "SELECT" and loose:
            self._loose_selects.append(expression)

    def _visit(self, node: n.Node, clause: _Clause, aggregate: str | None) -> list[n.Expression]:
        """Collect from `node`; return the columns used outside aggregates and the grouping."""
        if isinstance(node, n.ColumnRef):
            return self._column(node, clause, aggregate)
        if isinstance(node, n.FunctionCall) and self._functions.kind(node.name) == "aggregate":
            self._aggregate(node, clause, aggregate)
            return self._visit_all(self._arguments(node), clause, node.name)
        loose = self._visit_all(children(node), clause, aggregate)
        grouped = isinstance(node, n.Expression) and node in self._grouped
        return [] if grouped else loose

    def _visit_all(
        self, nodes: Iterable[n.Node], clause: _Clause, aggregate: str | None
    ) -> list[n.Expression]:
        return [found for node in nodes for found in self._visit(node, clause, aggregate)]

    def _arguments(self, call: n.FunctionCall) -> tuple[n.Expression, ...]:
        return call.args or (self._default,)

    def _aggregate(self, call: n.FunctionCall, clause: _Clause, outer: str | None) -> None:
        if outer is not None:
            raise SqlError(f"Aggregate functions can not be nested: {outer}({call.name}())")
        if clause == "GROUP BY":
            raise SqlError(
                f"GROUP BY does not support aggregate functions: {call.name} is an aggregate function."
            )
        self.result.arguments += self._arguments(call)
        self.result.calls.append(call)

    def _column(self, ref: n.ColumnRef, clause: _Clause, aggregate: str | None) -> list[n.Expression]:
        is_bound = ref.name in WINDOW_COLUMNS
        if is_bound and self._windowed and (clause != "SELECT" or aggregate is not None):
            raise SqlError(
                f"Window bounds column {ref.name} can only be used in the SELECT clause of windowed "
                "aggregations and can not be passed to aggregate functions.\n"
                "See https://github.com/confluentinc/ksql/issues/4397"
            )
        if not (is_bound and self._windowed) and ref not in self.result.columns:
            self.result.columns.append(ref)
        if aggregate is not None or ref in self._grouped:
            return []
        return [ref]

    # ------------------------------------------------------------------------------- rules

    def enforce(self) -> None:
        """Refuse what GROUP BY does not allow."""
        if not self.result.calls:
            raise SqlError("GROUP BY requires aggregate functions in either the SELECT or HAVING clause.")
        if self._loose_selects:
            raise SqlError(
                f"Non-aggregate SELECT expression(s) not part of GROUP BY: {_shown(self._loose_selects)}\n"
                "Either add the column(s) to the GROUP BY or remove them from the SELECT."
            )
        if self._loose_having:
            raise SqlError(
                f"Non-aggregate HAVING expression not part of GROUP BY: {_shown(self._loose_having)}\n"
                "Consider switching the HAVING clause to a WHERE clause before the GROUP BY."
            )


def _shown(expressions: Sequence[n.Expression]) -> str:
    return ", ".join(format_expression(e) for e in dict.fromkeys(expressions))
