"""The statement as ksqlDB stores and shows it: sources qualified, columns named, WITH completed.

Errors found here are those that ksqlDB finds while it prepares a statement, before planning.
"""

import dataclasses
from collections.abc import Mapping

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog
from clickstream.sql.column_aliases import AliasGenerator, join_alias
from clickstream.sql.expressions import column_refs, rewrite, walk
from clickstream.sql.nearest import nearest
from clickstream.sql.query_sources import QuerySources, collect_sources

__all__ = ["located", "normalise_query", "sorted_properties"]


def normalise_query(query: n.Query, catalog: Catalog) -> n.Query:
    """Return `query` with qualified columns and an alias on every single column.

    Raises: UnknownName for a source, SqlError for an ambiguous column or a bad lambda parameter.
    """
    sources = collect_sources(query.from_, catalog)
    _check_qualifiers(query, sources)
    _check_lambdas(query, sources)
    qualified = rewrite(query, lambda e: _qualify(e, sources))
    names = AliasGenerator(sources.column_names)
    select = tuple(_named(item, sources, names) for item in qualified.select)
    return dataclasses.replace(qualified, select=select)


def _qualify(expression: n.Expression, sources: QuerySources) -> n.Expression | None:
    if not isinstance(expression, n.ColumnRef) or expression.source is not None:
        return None
    owners = sources.with_column(expression.name)
    if len(owners) > 1:
        choices = " or ".join(sorted(f"{owner}.{expression.name}" for owner in owners))
        raise SqlError(
            f"Exception while preparing statement: {located(expression)}"
            f"Column '{expression.name}' is ambiguous. Could be {choices}."
        )
    if not owners:
        return None
    return dataclasses.replace(expression, source=owners[0])


def _named(item: n.SelectItem, sources: QuerySources, names: AliasGenerator) -> n.SelectItem:
    if not isinstance(item, n.SingleColumn) or item.alias is not None:
        return item
    expression = item.expression
    if isinstance(expression, n.ColumnRef):
        clashes = len(sources.with_column(expression.name)) > 1
        owner = expression.source if clashes else None
        alias = join_alias(owner, expression.name) if owner else expression.name
    else:
        alias = names.name_for(expression)
    return dataclasses.replace(item, alias=alias)


def _check_qualifiers(query: n.Query, sources: QuerySources) -> None:
    stars = [item.source for item in query.select if isinstance(item, n.AllColumns)]
    for name in (*stars, *(ref.source for ref in column_refs(query))):
        if name is not None and sources.by_alias(name) is None:
            raise UnknownName(
                f"Failed to prepare statement: '{name}' is not a valid stream/table name or alias.",
                name=name,
                suggestions=nearest(name, [s.alias for s in sources]),
            )


def _check_lambdas(query: n.Query, sources: QuerySources) -> None:
    declared = {c.name for s in sources for c in (*s.source.schema.key, *s.source.schema.value)}
    for node in walk(query):
        if isinstance(node, n.LambdaFunction):
            for parameter in node.params:
                if parameter in declared:
                    raise SqlError(f"Lambda function argument can't be a column name: {parameter}")
            _check_nested(node.body, set(node.params))


def _check_nested(body: n.Expression, outer: set[str]) -> None:
    for node in walk(body):
        if isinstance(node, n.LambdaFunction) and outer & set(node.params):
            raise SqlError("Reusing lambda arguments in nested lambda is not allowed")


def sorted_properties(properties: Mapping[str, object], defaults: Mapping[str, object]) -> n.Properties:
    """Return WITH properties, given ones over `defaults`, in the order ksqlDB prints them."""
    merged = {k: v for k, v in {**defaults, **properties}.items() if v is not None}
    return dict(sorted(merged.items()))


def located(node: n.Node) -> str:
    """Return the place of `node` as it begins ksqlDB's messages, or nothing."""
    return f"Line: {node.at.line}, Col: {node.at.column}: " if node.at else ""


def unknown_target(name: str, at: n.Location | None) -> UnknownName:
    """Return the error for an INSERT INTO whose target does not exist.

    Source: golden/rest/ksql/115 — the column counts past the words INSERT INTO.
    """
    place = f"Line: {at.line}, Col: {at.column + len('INSERT INTO') + 1}: " if at else ""
    return UnknownName(
        f"Exception while preparing statement: {place}Source `{name}` does not exist.", name=name
    )
