"""A query's steps, clause by clause, from its sources to its projection."""

from dataclasses import dataclass

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Analysis, Projection, unqualified
from clickstream.sql.expressions import rewrite
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.normalise import located
from clickstream.sql.plan import Project
from clickstream.sql.planner_aggregate import build_aggregation
from clickstream.sql.planner_flatmap import build_flatmap
from clickstream.sql.planner_joins import build_joins
from clickstream.sql.planner_keys import build_keyless, build_partition
from clickstream.sql.planner_project import build_projection
from clickstream.sql.planner_relations import Relation
from clickstream.sql.planner_source import build_filter, build_source
from clickstream.sql.schema import LogicalSchema

__all__ = ["BuiltQuery", "build_query", "check_keys"]


@dataclass(frozen=True, slots=True)
class BuiltQuery:
    """A query's last step, its columns in the order of the SELECT, and what the SELECT is over."""

    project: Project
    columns: tuple[str, ...]
    relation: Relation


def build_query(
    analysis: Analysis,
    functions: FunctionLookup,
    target: LogicalSchema | None = None,
    *,
    keyless_allowed: bool = False,
) -> BuiltQuery:
    """Return the steps of a query.

    `target` is the schema of the stream an INSERT INTO writes to. `keyless_allowed` gives a stream
    whose key is not selected no key, where it would be refused otherwise.
    Raises: SqlError.
    """
    relation = _relation(analysis, functions)
    if keyless_allowed and _drops_key(relation, analysis):
        relation = build_keyless(relation)
    if analysis.group_by:
        project, columns = build_aggregation(relation, analysis, functions, target)
        return BuiltQuery(project, columns, relation)
    _check_unaggregated(analysis)
    project, columns = build_projection(relation, analysis, functions, target)
    return BuiltQuery(project, columns, relation)


def check_keys(built: BuiltQuery, analysis: Analysis) -> None:
    """Check that a persistent query without GROUP BY selects its key.

    Raises: SqlError.
    """
    if analysis.sink is not None and not analysis.group_by:
        built.relation.check_keys(analysis.sink.name, _bare_projection(analysis))


def _relation(analysis: Analysis, functions: FunctionLookup) -> Relation:
    if analysis.joins:
        relation = build_joins(analysis, functions)
    else:
        relation = build_source(analysis.sources.first, "KsqlTopic.Source")
    if analysis.where is not None:
        predicate = rewrite(analysis.where, lambda e: unqualified(e, is_join=analysis.sources.is_join))
        relation = build_filter(relation, predicate, functions, clause="WHERE", context="WhereFilter")
    if analysis.partition_by:
        relation = build_partition(relation, analysis, functions)
    if analysis.table_functions:
        relation = build_flatmap(relation, analysis, functions)
    return relation


def _drops_key(relation: Relation, analysis: Analysis) -> bool:
    keys = [n.ColumnRef(c.name) for c in relation.step.schema.key]
    if analysis.group_by or not analysis.persistent or relation.step.kind == "TABLE":
        return False
    return bool(keys) and not any(_bare_projection(analysis).contains(key) for key in keys)


def _check_unaggregated(analysis: Analysis) -> None:
    if analysis.window is not None:
        raise SqlError(f"{located(analysis.window)}WINDOW clause requires a GROUP BY clause.")
    if analysis.having is not None:
        raise SqlError("HAVING requires a GROUP BY clause.")
    if analysis.emit == "FINAL":
        raise SqlError("EMIT FINAL is only supported for windowed aggregations.")


def _bare_projection(analysis: Analysis) -> Projection:
    """Return the SELECT as the steps see it, with the original items for stars of one source."""
    is_join = analysis.sources.is_join
    bare = tuple(rewrite(item, lambda e: unqualified(e, is_join=is_join)) for item in analysis.select)
    return Projection((*bare, *analysis.select))
