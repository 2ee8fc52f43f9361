"""Pull queries: a SELECT without EMIT, answered once from a table's state or a stream's topic.

The plan narrows what is looked at (`keys`, `window_start`, `window_end`) and keeps the whole WHERE as
`predicate`, so whoever runs it may ignore the narrowing and still be right.
Source: ksqldb-engine …/analyzer/PullQueryValidator.java, …/planner/plan/QueryProjectNode.java.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clickstream.core.errors import SqlError, TypeMismatch
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Analysis, unqualified
from clickstream.sql.catalog import DataSource
from clickstream.sql.expression_types import expression_type
from clickstream.sql.expressions import column_refs, rewrite
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.plan import TransientPlan
from clickstream.sql.planner_select import check_duplicates, select_items
from clickstream.sql.planner_source import build_source
from clickstream.sql.pull_keys import Bounds, Narrowing, narrow
from clickstream.sql.query_sources import AliasedSource
from clickstream.sql.schema import ROWOFFSET, ROWPARTITION, WINDOW_COLUMNS, Column, LogicalSchema
from clickstream.sql.settle import check_boolean, settle
from clickstream.sql.time_text import timestamp_comparisons

__all__ = ["PullPlan", "StreamPullPlan", "check_pull", "not_queryable", "plan_table_pull"]

_HELP = " See https://cnfl.io/queries for more info.\nAdd EMIT CHANGES if you intended to issue a push query."


@dataclass(frozen=True, slots=True)
class PullPlan:
    """A look into a table's rows.

    Shape:  `keys` — complete keys in the order to look them up, None for all rows; `columns` — the
            SELECT in order, over the source's key and value columns, ROWTIME, WINDOWSTART and
            WINDOWEND; `output` — their types, in the same order; `key_columns` — those of them that
            the answer's header marks KEY. Bounds are inclusive, epoch milliseconds, None if open.
    """

    source: DataSource
    columns: tuple[tuple[str, n.Expression], ...]
    output: tuple[Column, ...]
    key_columns: frozenset[str]
    predicate: n.Expression | None = None
    keys: tuple[tuple[Any, ...], ...] | None = None
    window_start: Bounds | None = None
    window_end: Bounds | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class StreamPullPlan:
    """A stream read from its first record to the last there is now, then the query ends."""

    plan: TransientPlan


def check_pull(analysis: Analysis) -> None:
    """Check that a query may be a pull query.

    Raises: SqlError with ksqlDB's advice.
    """
    clauses = (
        (analysis.joins, "JOIN clauses"),
        (analysis.window, "WINDOW clauses"),
        (analysis.group_by, "GROUP BY clauses"),
        (analysis.partition_by, "PARTITION BY clauses"),
        (analysis.having, "HAVING clauses"),
    )
    for present, what in clauses:
        if present:
            raise SqlError(f"Pull queries don't support {what}.{_HELP}")
    selected = (i.expression for i in analysis.select if isinstance(i, n.SingleColumn))
    _refuse_pseudo(selected, "SELECT")
    _refuse_pseudo((analysis.where,) if analysis.where is not None else (), "WHERE")


def _refuse_pseudo(expressions: Iterable[n.Expression], clause: str) -> None:
    found = [
        f"`{ref.name}`"
        for expression in expressions
        for ref in column_refs(expression)
        if ref.name in (ROWPARTITION, ROWOFFSET)
    ]
    if found:
        raise SqlError(
            f"Pull queries don't support the following columns in {clause} clauses: "
            f"{', '.join(found)}\n{_HELP}"
        )


def not_queryable(name: str) -> SqlError:
    """Return the error for a table without state of its own.

    Source: golden/rest/query/030 and 079.
    """
    return SqlError(
        f"The `{name}` table isn't queryable. To derive a queryable table, you can do "
        f"'CREATE TABLE QUERYABLE_{name} AS SELECT * FROM {name}'.{_HELP}"
    )


def plan_table_pull(
    analysis: Analysis, functions: FunctionLookup, settings: Mapping[str, object]
) -> PullPlan:
    """Return the plan of a pull query on a table.

    Raises: SqlError.
    """
    return _PullBuilder(analysis, functions, settings).build()


class _PullBuilder:
    def __init__(self, analysis: Analysis, functions: FunctionLookup, settings: Mapping[str, object]) -> None:
        self._analysis = analysis
        self._functions = functions
        self._settings = settings
        self._aliased: AliasedSource = analysis.sources.first
        self._below = build_source(self._aliased, "KsqlTopic.Source")

    def build(self) -> PullPlan:
        source = self._aliased.source
        where = self._predicate()
        narrowing = self._narrow(where)
        columns, output, keys = self._columns()
        predicate = (
            settle(where, self._below.columns, self._functions, what="expression", schema=self._below.schema)
            if where is not None
            else None
        )
        return PullPlan(
            source,
            columns,
            output,
            keys,
            predicate,
            narrowing.keys,
            narrowing.window_start,
            narrowing.window_end,
            self._analysis.limit,
        )

    def _bare(self, expression: n.Expression) -> n.Expression:
        return rewrite(expression, lambda e: unqualified(e, is_join=False))

    def _predicate(self) -> n.Expression | None:
        if self._analysis.where is None:
            return None
        where = timestamp_comparisons(self._bare(self._analysis.where))
        try:
            type_ = expression_type(where, self._below.columns, self._functions)
        except SqlError as error:
            raise type(error)(f"Error in WHERE expression: {error.message}") from None
        check_boolean(where, type_, "WHERE")
        return where

    def _narrow(self, predicate: n.Expression | None) -> Narrowing:
        scan = self._settings.get("ksql.query.pull.table.scan.enabled", True)
        allowed = str(scan).strip().lower() == "true"
        return narrow(predicate, self._aliased.source, self._functions, scan_allowed=allowed)

    def _columns(
        self,
    ) -> tuple[tuple[tuple[str, n.Expression], ...], tuple[Column, ...], frozenset[str]]:
        self._check_stars()
        schema = self._aliased.source.schema
        columns: list[tuple[str, n.Expression]] = []
        output: list[Column] = []
        for item in select_items(self._below, self._analysis, self._functions):
            type_ = expression_type(item.expression, self._below.columns, self._functions)
            if type_ is None:
                raise TypeMismatch(
                    "Can't infer a type of null. Please explicitly cast it to a required type, "
                    "e.g. CAST(null AS VARCHAR)."
                )
            settled = settle(item.expression, self._below.columns, self._functions, what="Select")
            columns.append((item.alias, settled))
            output.append(Column(item.alias, type_))
        key_names = frozenset(c.name for c in schema.key) | frozenset(WINDOW_COLUMNS)
        keys = frozenset(c.name for c in output if c.name in key_names)
        check_duplicates(
            LogicalSchema(
                tuple(c for c in output if c.name in keys),
                tuple(c for c in output if c.name not in keys),
            )
        )
        return tuple(columns), tuple(output), keys

    def _check_stars(self) -> None:
        stars = [i for i in self._analysis.select if isinstance(i, n.AllColumns)]
        if stars and len(self._analysis.select) != 1:
            raise SqlError(
                "Pull queries only support wildcards in the projects if they are the only expression"
            )
