"""GROUP BY: the five steps from rows to the projection of their aggregates.

Prepare (project what is needed) → GroupBy → Aggregate → [Suppress] → [HavingFilter] → Project.
Source: ksqldb-engine …/planner/plan/AggregateNode.java, LogicalPlanner.java (buildAggregateSchema).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from clickstream.core.errors import SqlError, Unsupported
from clickstream.sql import nodes as n
from clickstream.sql.aggregate_analysis import AggregateAnalysis, analyze_aggregation
from clickstream.sql.aggregate_states import check_states
from clickstream.sql.analysis import Analysis, unqualified
from clickstream.sql.analyze import NO_GROUPING
from clickstream.sql.column_aliases import AliasGenerator, join_alias
from clickstream.sql.expression_types import ExpressionTyper, expression_type, resolve_aggregate
from clickstream.sql.expressions import rewrite
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.plan import Aggregate, Filter, GroupBy, Project, Step, Suppress, WindowSpec
from clickstream.sql.planner_keys import key_type
from clickstream.sql.planner_relations import Relation, join_words, keys_missing
from clickstream.sql.planner_select import Selected, check_duplicates, key_copied_twice, select_items
from clickstream.sql.processing_schema import column_types, processing_schema
from clickstream.sql.schema import ROWTIME, WINDOW_COLUMNS, Column, LogicalSchema
from clickstream.sql.settle import check_boolean, settle
from clickstream.sql.types import SqlType

__all__ = ["build_aggregation"]

_VARIABLE = "KSQL_AGG_VARIABLE_{}"
_ARGUMENT = "KSQL_INTERNAL_COL_{}"

_MOST_WINDOWS = 1_000_000
"""Hopping windows that one record may be in: more would keep the whole process busy with each."""


def build_aggregation(
    below: Relation, analysis: Analysis, functions: FunctionLookup, target: LogicalSchema | None = None
) -> tuple[Project, tuple[str, ...]]:
    """Return the projecting step and the columns' names in the order of the SELECT.

    Raises: SqlError.
    """
    wanted = (*target.key, *target.value) if target is not None else ()
    selected = select_items(below, analysis, functions, wanted)
    return _AggregationBuilder(below, analysis, functions, selected).build()


@dataclass(frozen=True, slots=True)
class _Key:
    """A grouping expression, the name it has while grouping, and the one the SELECT gives it."""

    expression: n.Expression
    column: Column
    shown: str


class _AggregationBuilder:
    def __init__(
        self, below: Relation, analysis: Analysis, functions: FunctionLookup, selected: list[Selected]
    ) -> None:
        self._below = below
        self._analysis = analysis
        self._functions = functions
        self._selected = selected
        self._group_by = tuple(self._bare(e) for e in analysis.group_by)
        self._having = self._bare(analysis.having) if analysis.having is not None else None

    def _bare(self, expression: n.Expression) -> n.Expression:
        is_join = self._analysis.sources.is_join
        return rewrite(expression, lambda e: unqualified(e, is_join=is_join))

    def build(self) -> tuple[Project, tuple[str, ...]]:
        needs = self._needs()
        self._check_final()
        keys = self._keys()
        schema = self._output_schema(keys)
        internal = self._internal_columns(needs)
        prepared = self._prepare(internal)
        grouped = self._group(prepared, keys)
        aggregated: Step = self._aggregate(grouped, needs, internal)
        aggregated = self._suppress(aggregated)
        variables = _Variables(self._functions)
        selects = [variables.replace(s.expression) for s in self._selected]
        if self._having is not None:
            aggregated = self._filter_having(aggregated, self._having, variables.replace(self._having))
        return self._project(aggregated, selects, schema), tuple(s.alias for s in self._selected)

    # ------------------------------------------------------------------------------- analysis

    def _needs(self) -> AggregateAnalysis:
        first = self._analysis.sources.first.alias
        default = join_alias(first, ROWTIME) if self._analysis.sources.is_join else ROWTIME
        where = self._bare(self._analysis.where) if self._analysis.where is not None else None
        return analyze_aggregation(
            select=[s.expression for s in self._selected],
            where=where,
            group_by=self._group_by,
            having=self._having,
            windowed=self._analysis.window is not None,
            functions=self._functions,
            default_argument=n.ColumnRef(default),
        )

    def _check_final(self) -> None:
        if self._analysis.emit == "FINAL" and self._analysis.window is None:
            raise SqlError("EMIT FINAL is only supported for windowed aggregations.")

    def _keys(self) -> list[_Key]:
        selected = {s.alias for s in self._selected} if self._group_by == (NO_GROUPING,) else set()
        names = AliasGenerator({*self._below.columns, *selected})
        keys: list[_Key] = []
        for expression in self._group_by:
            type_ = expression_type(expression, self._below.columns, self._functions)
            aliases = [s.alias for s in self._selected if s.expression == expression]
            if len(aliases) > 1:
                raise key_copied_twice(join_words([f"`{a}`" for a in aliases], "and"))
            is_column = isinstance(expression, n.ColumnRef)
            name = expression.name if isinstance(expression, n.ColumnRef) else names.name_for(expression)
            settled = expression if is_column else self._settle(expression, "Group By")
            column = Column(name, key_type(type_, name))
            keys.append(_Key(settled, column, aliases[0] if aliases else name))
        return keys

    def _settle(self, expression: n.Expression, what: str) -> n.Expression:
        return settle(expression, self._below.columns, self._functions, what=what, schema=self._below.schema)

    # ------------------------------------------------------------------------------- schemas

    def _output_schema(self, keys: Sequence[_Key]) -> LogicalSchema:
        types = self._selected_types()
        values = tuple(Column(s.alias, types[i]) for i, s in enumerate(self._selected))
        check_duplicates(LogicalSchema((), values))
        if self._analysis.persistent:
            self._check_keys_selected()
            key_names = {k.shown for k in keys}
            dropped = key_names | self._bare_bounds()
            values = tuple(c for c in values if c.name not in dropped)
            if not values:
                raise SqlError("The projection contains no value columns.")
        schema = LogicalSchema(tuple(Column(k.shown, k.column.type) for k in keys), values)
        check_duplicates(schema)
        return schema

    def _selected_types(self) -> list[SqlType]:
        bounds = WINDOW_COLUMNS if self._analysis.window is not None else {}
        columns = {**self._below.columns, **bounds}
        types: list[SqlType] = []
        for item in self._selected:
            type_ = expression_type(item.expression, columns, self._functions)
            if type_ is None:
                raise SqlError(
                    "Can't infer a type of null. Please explicitly cast it to a required type, "
                    "e.g. CAST(null AS VARCHAR)."
                )
            types.append(type_)
        return types

    def _bare_bounds(self) -> set[str]:
        return {
            s.alias
            for s in self._selected
            if isinstance(s.expression, n.ColumnRef)
            and s.expression.name in WINDOW_COLUMNS
            and s.alias == s.expression.name
        }

    def _check_keys_selected(self) -> None:
        chosen = {s.expression for s in self._selected}
        missing = [e for e in self._group_by if e not in chosen]
        if not missing:
            return
        sink = self._analysis.sink.name if self._analysis.sink else ""
        if NO_GROUPING in missing:
            calls = ", ".join(format_expression(s.expression) for s in self._selected)
            raise SqlError(
                f"CREATE TABLE AS SELECT statement does not support aggregate function [{calls}] "
                "without a GROUP BY clause."
            )
        raise keys_missing(sink, "grouping expression", missing)

    # ------------------------------------------------------------------------------- steps

    def _internal_columns(self, needs: AggregateAnalysis) -> dict[n.Expression, str]:
        """Return a column's name for everything that is carried into the aggregation."""
        names: dict[n.Expression, str] = {}
        for expression in (*needs.columns, *needs.arguments):
            if expression in names:
                continue
            is_column = isinstance(expression, n.ColumnRef)
            names[expression] = (
                expression.name
                if is_column and isinstance(expression, n.ColumnRef)
                else _ARGUMENT.format(len(names))
            )
        return names

    def _prepare(self, internal: dict[n.Expression, str]) -> Project:
        columns = self._below.columns
        value: list[Column] = []
        pairs: list[tuple[str, n.Expression]] = []
        for expression, name in internal.items():
            type_ = expression_type(expression, columns, self._functions)
            if type_ is None:
                raise SqlError(f"Aggregate functions do not take {format_expression(expression)}")
            value.append(Column(name, type_))
            pairs.append((name, self._settle(expression, "Select")))
        step = self._below.step
        schema = LogicalSchema(step.schema.key, tuple(value))
        return Project(schema, step.kind, step, tuple(pairs), context="Aggregate.Prepare")

    def _group(self, prepared: Project, keys: Sequence[_Key]) -> GroupBy:
        schema = LogicalSchema(tuple(k.column for k in keys), prepared.schema.value)
        pairs = tuple((k.column.name, k.expression) for k in keys)
        return GroupBy(schema, prepared.kind, prepared, pairs, context="Aggregate.GroupBy")

    def _aggregate(
        self, grouped: GroupBy, needs: AggregateAnalysis, internal: dict[n.Expression, str]
    ) -> Aggregate:
        columns = column_types(grouped.schema)
        typer = ExpressionTyper(columns, self._functions)
        kept = tuple(Column(ref.name, columns[ref.name]) for ref in needs.columns)
        made: list[Column] = []
        calls: list[tuple[str, n.FunctionCall]] = []
        for index, call in enumerate(needs.calls):
            inner = self._inside(call, internal, typer)
            returns = resolve_aggregate(self._functions, inner, typer.argument_types(inner)).returns
            made.append(Column(_VARIABLE.format(index), returns))
            calls.append((_VARIABLE.format(index), inner))
        check_states([call.name for _, call in calls], self._below.sources[0].source.formats.value)
        self._check_window(grouped)
        self._check_undo(grouped, [call for _, call in calls], typer)
        return Aggregate(
            LogicalSchema(grouped.schema.key, (*kept, *made)),
            "TABLE",
            grouped,
            tuple((c.name, n.ColumnRef(c.name)) for c in kept),
            tuple(calls),
            self._window(),
            context="Aggregate.Aggregate",
        )

    def _inside(
        self, call: n.FunctionCall, internal: dict[n.Expression, str], typer: ExpressionTyper
    ) -> n.FunctionCall:
        """Return the call over the prepared columns; an aggregate's constants stay literals."""
        types = [expression_type(a, self._below.columns, self._functions) for a in call.args]
        constants = len(resolve_aggregate(self._functions, call, types).constants)
        split = len(call.args) - constants
        args: list[n.Expression] = [n.ColumnRef(internal[a]) for a in call.args[:split]]
        return n.FunctionCall(call.name, (*args, *call.args[split:]), call.star, at=call.at)

    def _check_window(self, grouped: GroupBy) -> None:
        """Check that the window can be one.

        Source: ksqldb-streams …/SchemaKGroupedTable.java for tables; Kafka Streams' TimeWindows and
            SessionWindows for the bounds, and all of the wording.
        """
        window = self._window()
        if window is None:
            return
        if grouped.kind == "TABLE":
            raise SqlError("Windowing not supported for table aggregations.")
        if window.size_ms <= 0:
            gap = window.kind == "SESSION"
            raise SqlError(
                "Gap time (gapMs) cannot be zero or negative."
                if gap
                else "Window size (sizeMs) must be larger than zero."
            )
        if not 0 < window.advance_ms <= window.size_ms:
            raise SqlError(
                "Window advancement interval should be more than zero and less than window duration "
                f"{window.size_ms} ms, but given advancement interval is: {window.advance_ms} ms"
            )
        overlapping = window.size_ms // window.advance_ms
        if overlapping > _MOST_WINDOWS:
            raise Unsupported(
                f"A hopping window of {window.size_ms} ms that advances by {window.advance_ms} ms",
                reason=f"every record would be in {overlapping} windows, more than {_MOST_WINDOWS}",
            )

    def _check_undo(self, grouped: GroupBy, calls: Sequence[n.FunctionCall], typer: ExpressionTyper) -> None:
        if grouped.kind != "TABLE":
            return
        bad = [
            call.name
            for call in calls
            if resolve_aggregate(self._functions, call, typer.argument_types(call)).undo is None
        ]
        names = list(dict.fromkeys(bad))
        if names:
            plural = "functions" if len(names) > 1 else "function"
            raise SqlError(
                f"The aggregation {plural} {join_words(names, 'and')} cannot be applied to a table "
                "source, only to a stream source."
            )

    def _window(self) -> WindowSpec | None:
        window = self._analysis.window
        if window is None:
            return None
        return WindowSpec(
            window.kind,
            window.size.ms,
            window.advance.ms if window.advance else window.size.ms,
            window.grace.ms if window.grace else None,
            window.retention.ms if window.retention else None,
        )

    def _suppress(self, aggregated: Step) -> Step:
        window = self._window()
        if self._analysis.emit != "FINAL" or window is None:
            return aggregated
        return Suppress(aggregated.schema, "TABLE", aggregated, window, context="Aggregate.Suppress")

    def _filter_having(self, aggregated: Step, having: n.Expression, over: n.Expression) -> Step:
        type_ = expression_type(having, self._below.columns, self._functions)
        check_boolean(having, type_, "HAVING")
        schema = processing_schema(aggregated)
        settled = settle(over, column_types(schema), self._functions, what="Predicate", schema=schema)
        return Filter(aggregated.schema, "TABLE", aggregated, settled, context="Aggregate.HavingFilter")

    def _project(self, aggregated: Step, selects: Sequence[n.Expression], schema: LogicalSchema) -> Project:
        below = processing_schema(aggregated)
        columns = column_types(below)
        left_out = {s.alias for s in self._selected if s.expression in self._group_by} | self._bare_bounds()
        pairs: list[tuple[str, n.Expression]] = []
        for item, over in zip(self._selected, selects, strict=True):
            if self._analysis.persistent and item.alias in left_out:
                continue
            pairs.append((item.alias, settle(over, columns, self._functions, what="Select", schema=below)))
        return Project(schema, "TABLE", aggregated, tuple(pairs), context="Aggregate.Project")


class _Variables:
    """Replaces aggregates by the variables that hold them, numbered in the order they are met."""

    def __init__(self, functions: FunctionLookup) -> None:
        self._functions = functions
        self._numbers = count()

    def replace(self, expression: n.Expression) -> n.Expression:
        """Return `expression` over the variables."""
        return rewrite(expression, self._variable)

    def _variable(self, node: n.Expression) -> n.Expression | None:
        if isinstance(node, n.FunctionCall) and self._functions.kind(node.name) == "aggregate":
            return n.ColumnRef(_VARIABLE.format(next(self._numbers)), at=node.at)
        return None
