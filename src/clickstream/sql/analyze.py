"""From a normalised query to its `Analysis`: names checked, joins turned, misuse refused.

Source: ksqldb-engine …/analyzer/Analyzer.java, ColumnReferenceValidator.java — the rules and their wording.
"""

import dataclasses
from collections.abc import Iterable

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Analysis, SinkInfo
from clickstream.sql.analyze_joins import analyze_joins
from clickstream.sql.catalog import Catalog
from clickstream.sql.expressions import column_refs, find_calls, walk
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.nearest import nearest
from clickstream.sql.normalise import located
from clickstream.sql.query_sources import QuerySources, collect_sources
from clickstream.sql.schema import PSEUDO_COLUMNS, WINDOW_COLUMNS
from clickstream.sql.types import INTEGER

__all__ = ["NO_GROUPING", "analyze_query", "check_columns"]

NO_GROUPING = n.Literal(1, INTEGER)
"""What a query groups by that has aggregates but no GROUP BY."""

_SYSTEM_COLUMNS = (*PSEUDO_COLUMNS, *WINDOW_COLUMNS)
_KAFKA_ADVICE = (
    "The KAFKA format is primarily intended for use as a key format. It can be used as a value format, "
    "but can not be used in any operation that requires a repartition or changelog topic."
)


def analyze_query(
    query: n.Query, catalog: Catalog, functions: FunctionLookup, sink: SinkInfo | None = None
) -> Analysis:
    """Return the analysis of a normalised query.

    Raises: UnknownName, SqlError.
    """
    sources = collect_sources(query.from_, catalog)
    _check_functions(query, functions)
    _check_groupings(query)
    analysis = Analysis(
        sources=sources,
        select=query.select,
        joins=analyze_joins(query.from_, sources),
        window=query.window,
        where=query.where,
        group_by=query.group_by,
        partition_by=query.partition_by,
        having=query.having,
        emit=query.emit,
        limit=query.limit,
        sink=sink,
    )
    _check_select(analysis)
    analysis = _with_dummy_grouping(analysis, functions)
    analysis = dataclasses.replace(analysis, table_functions=_table_functions(analysis, functions))
    check_columns(analysis)
    _check_kafka_values(analysis)
    _check_windowed_table(analysis)
    return analysis


def _check_functions(query: n.Query, functions: FunctionLookup) -> None:
    for node in walk(query):
        if isinstance(node, n.FunctionCall) and functions.kind(node.name) is None:
            near = nearest(node.name, functions.names())
            raise UnknownName(
                f"Can't find any functions with the name '{node.name}'",
                name=node.name,
                suggestions=near,
            )


def _check_groupings(query: n.Query) -> None:
    for index, expression in enumerate(query.group_by):
        if expression in query.group_by[:index]:
            raise SqlError(f"Duplicate GROUP BY expression: {format_expression(expression)}")
    for index, expression in enumerate(query.partition_by):
        if expression in query.partition_by[:index]:
            raise SqlError(f"Duplicate PARTITION BY expression: {format_expression(expression)}")


def _check_select(analysis: Analysis) -> None:
    for item in analysis.select:
        if not isinstance(item, n.SingleColumn) or item.alias is None:
            continue
        reserved = item.alias.upper()
        if reserved not in _SYSTEM_COLUMNS:
            continue
        expression = item.expression
        if not isinstance(expression, n.ColumnRef) or expression.name.upper() != reserved:
            raise SqlError(
                f"`{reserved}` is a reserved column name. You cannot use it as an alias for a column."
            )
        if analysis.persistent:
            raise SqlError(
                f"Reserved column name in select: `{reserved}`. Please remove or alias the column."
            )


def _with_dummy_grouping(analysis: Analysis, functions: FunctionLookup) -> Analysis:
    if analysis.group_by:
        return analysis
    for item in analysis.select:
        if isinstance(item, n.SingleColumn) and find_calls(
            item.expression, lambda name: functions.kind(name) == "aggregate"
        ):
            return dataclasses.replace(analysis, group_by=(NO_GROUPING,))
    return analysis


def _table_functions(analysis: Analysis, functions: FunctionLookup) -> tuple[n.FunctionCall, ...]:
    def is_table(name: str) -> bool:
        return functions.kind(name) == "table"

    found: list[n.FunctionCall] = []
    for item in analysis.select:
        if not isinstance(item, n.SingleColumn):
            continue
        calls = find_calls(item.expression, is_table)
        if not calls:
            continue
        for call in calls:
            nested = [c for argument in call.args for c in find_calls(argument, is_table)]
            if nested:
                raise SqlError(f"Table functions cannot be nested: {call.name}({nested[0].name}())")
        if analysis.group_by:
            raise SqlError("Table functions cannot be used with aggregations.")
        if analysis.sources.first.source.kind == "TABLE":
            raise SqlError("Table source is not supported with table functions")
        _refuse_in_case(item.expression, is_table)
        found.extend(calls)
    return tuple(dict.fromkeys(found))


def _refuse_in_case(expression: n.Expression, is_table: object) -> None:
    assert callable(is_table)
    for node in walk(expression):
        if isinstance(node, n.SearchedCase | n.SimpleCase) and find_calls(node, is_table):
            raise SqlError(f"Table functions cannot be used in CASE: {format_expression(node)}")


def check_columns(analysis: Analysis, *, windows_in_select: bool = True) -> None:
    """Check that every column a clause names exists.

    Raises: UnknownName naming the clause and the place.
    Source: golden/rest/ksql/054, golden/rest/query/036.
    """
    sources = analysis.sources
    windowed = analysis.window is not None and windows_in_select
    clauses: list[tuple[str, Iterable[n.Expression]]] = [
        ("WHERE", (analysis.where,) if analysis.where else ()),
        ("GROUP BY", analysis.group_by),
        ("PARTITION BY", analysis.partition_by),
        ("HAVING", (analysis.having,) if analysis.having else ()),
        ("SELECT", [i.expression for i in analysis.select if isinstance(i, n.SingleColumn)]),
    ]
    for clause, expressions in clauses:
        for expression in expressions:
            for ref in column_refs(expression):
                _check_column(ref, clause, sources, windowed=windowed, analysis=analysis)


def _check_column(
    ref: n.ColumnRef, clause: str, sources: QuerySources, *, windowed: bool, analysis: Analysis
) -> None:
    if ref.source is not None:
        owner = sources.by_alias(ref.source)
        known = owner is not None and ref.name in owner.columns
        known = known or (windowed and owner is not None and ref.name in WINDOW_COLUMNS)
    else:
        known = bool(sources.with_column(ref.name)) or (windowed and ref.name in WINDOW_COLUMNS)
        known = known or (clause != "JOIN ON" and _may_be_synthetic(ref.name, analysis))
    if known:
        return
    shown = f"{ref.source}.{ref.name}" if ref.source else ref.name
    near = nearest(ref.name, sources.column_names)
    problem = "cannot be resolved."
    if clause == "PARTITION BY":
        problem += (
            f" '{shown}' must be a column in the source schema since PARTITION BY is applied on the input."
        )
    raise UnknownName(
        f"{located(ref)}{clause} column '{shown}' {problem}",
        name=ref.name,
        suggestions=near,
    )


def _may_be_synthetic(name: str, analysis: Analysis) -> bool:
    """Return whether `name` may be a key that a join or GROUP BY makes up; checked again later."""
    if analysis.group_by:
        return False
    return (analysis.sources.is_join and name.startswith("ROWKEY")) or name.startswith("KSQL_COL_")


def _check_windowed_table(analysis: Analysis) -> None:
    source = analysis.sources.first.source
    if analysis.persistent and source.kind == "TABLE" and source.window is not None:
        raise SqlError("KSQL does not support persistent queries on windowed tables.")


def _check_kafka_values(analysis: Analysis) -> None:
    kafka = [s.alias for s in analysis.sources if s.source.formats.value == "KAFKA"]
    if not kafka:
        return
    for happens, what in ((analysis.sources.is_join, "JOIN"), (analysis.group_by, "GROUP BY")):
        if happens:
            raise SqlError(
                f"Source(s) {', '.join(kafka)} are using the 'KAFKA' value format. "
                f"This format does not yet support {what}.\n{_KAFKA_ADVICE}"
            )
