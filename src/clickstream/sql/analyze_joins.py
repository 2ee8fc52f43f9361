"""The joins of a FROM clause: conditions checked, each turned so that the new source is on the right.

Source: ksqldb-engine …/analyzer/Analyzer.java (visitJoinedSource) — the rules and their wording.
"""

from collections.abc import Iterator

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.analysis import JoinInfo
from clickstream.sql.expressions import column_refs
from clickstream.sql.format import format_expression
from clickstream.sql.normalise import located
from clickstream.sql.query_sources import AliasedSource, QuerySources

__all__ = ["analyze_joins"]


def analyze_joins(relation: n.Relation, sources: QuerySources) -> tuple[JoinInfo, ...]:
    """Return the joins of `relation`, in written order.

    Raises: SqlError, UnknownName.
    """
    return tuple(_analyze(join, sources) for join in _joins(relation))


def _joins(relation: n.Relation) -> Iterator[n.Join]:
    if isinstance(relation, n.Join):
        yield from _joins(relation.left)
        yield relation


def _analyze(join: n.Join, sources: QuerySources) -> JoinInfo:
    condition = _equality(join.criteria)
    left = _only_source(condition.left, condition, sources)
    right = _only_source(condition.right, condition, sources)
    if left == right:
        raise SqlError(
            "Each side of the join must reference exactly one source and not the same source. "
            f"Left side references `{left.alias}` and right references `{right.alias}`"
        )
    _check_windows(left, right)
    added = join.right.alias
    if added not in (left.alias, right.alias):
        raise SqlError(
            f"A join criteria is expected to reference the source (`{added}`) in the FROM clause, "
            f"instead the right source references `{right.alias}` and the left source references "
            f"`{left.alias}`"
        )
    info = JoinInfo(left, condition.left, right, condition.right, join.kind, join.within)
    return info.flip() if left.alias == added else info


def _equality(criteria: n.Expression) -> n.Comparison:
    if isinstance(criteria, n.Comparison):
        if criteria.op != "=":
            raise SqlError("Only equality join criteria is supported.")
        return criteria
    if isinstance(criteria, n.Logical) and all(
        isinstance(side, n.Comparison) and side.op == "=" for side in (criteria.left, criteria.right)
    ):
        raise SqlError(
            "Invalid join condition: joins on multiple conditions are not yet supported. "
            f"Got {format_expression(criteria)}."
        )
    raise SqlError(f"Unsupported join expression: {format_expression(criteria)}")


def _only_source(side: n.Expression, condition: n.Comparison, sources: QuerySources) -> AliasedSource:
    aliases: set[str] = set()
    for ref in column_refs(side):
        owner = sources.by_alias(ref.source) if ref.source else None
        if owner is None or ref.name not in owner.columns:
            shown = f"{ref.source}.{ref.name}" if ref.source else ref.name
            raise UnknownName(f"{located(ref)}JOIN ON column '{shown}' cannot be resolved.", name=ref.name)
        aliases.add(owner.alias)
    found = sources.by_alias(next(iter(aliases))) if len(aliases) == 1 else None
    if found is None:
        raise SqlError(
            f"Invalid comparison expression '{format_expression(side)}' in join "
            f"'{format_expression(condition)}'. Each side of the join comparision must contain "
            "references from exactly one source."
        )
    return found


def _check_windows(left: AliasedSource, right: AliasedSource) -> None:
    a, b = left.source.window, right.source.window
    if (a is None) != (b is None):
        raise SqlError(
            "Can not join windowed source to non-windowed source.\n"
            f"`{left.alias}` is {a.kind if a else 'not'} windowed\n"
            f"`{right.alias}` is {b.kind if b else 'not'} windowed"
        )
    if a is None or b is None or (a.kind == "SESSION") == (b.kind == "SESSION"):
        return
    raise SqlError(
        f"Incompatible windowed sources.\nLeft source: {a.kind}\nRight source: {b.kind}\n"
        "Session windowed sources can only be joined to other session windowed sources, and may still "
        "not result in expected behaviour as session bounds must be an exact match for the join to work\n"
        "Hopping and tumbling windowed sources can only be joined to other hopping and tumbling "
        "windowed sources"
    )
