"""The sources a query reads, by alias, and the columns each of them shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.nearest import nearest
from clickstream.sql.schema import PSEUDO_COLUMNS, WINDOW_COLUMNS
from clickstream.sql.types import SqlType

__all__ = ["AliasedSource", "QuerySources", "collect_sources"]


@dataclass(frozen=True, slots=True)
class AliasedSource:
    """A source under the name the query gives it."""

    alias: str
    source: DataSource

    @property
    def columns(self) -> dict[str, SqlType]:
        """Every column a query may name: declared, pseudo and, for windowed keys, window bounds."""
        schema = self.source.schema
        declared = {c.name: c.type for c in (*schema.value, *schema.key)}
        windows = WINDOW_COLUMNS if self.source.window is not None else {}
        return {**PSEUDO_COLUMNS, **windows, **declared}


@dataclass(frozen=True, slots=True)
class QuerySources:
    """All sources of a query, in FROM order."""

    items: tuple[AliasedSource, ...]

    def __iter__(self) -> Iterator[AliasedSource]:
        return iter(self.items)

    @property
    def first(self) -> AliasedSource:
        """The source right after FROM, whose formats the sink inherits."""
        return self.items[0]

    @property
    def is_join(self) -> bool:
        """Whether there is more than one source."""
        return len(self.items) > 1

    def by_alias(self, alias: str) -> AliasedSource | None:
        """Return the source called `alias` here, or None."""
        return next((s for s in self.items if s.alias == alias), None)

    def with_column(self, name: str) -> list[str]:
        """Return the aliases of the sources that have a column `name`."""
        return [s.alias for s in self.items if name in s.columns]

    @property
    def column_names(self) -> set[str]:
        """The names of all columns of all sources."""
        return {name for s in self.items for name in s.columns}


def collect_sources(relation: n.Relation, catalog: Catalog) -> QuerySources:
    """Return the sources of a FROM clause.

    Raises: UnknownName if one does not exist; SqlError if one occurs twice.
    """
    items: list[AliasedSource] = []
    for table in table_refs(relation):
        source = catalog.get(table.name)
        if source is None:
            raise unknown_source(table.name, catalog)
        twin = next((s for s in items if s.source.name == source.name), None)
        if twin is not None:
            raise _repeated(table.name, many=len(items) > 1)
        items.append(AliasedSource(table.alias, source))
    return QuerySources(tuple(items))


def table_refs(relation: n.Relation) -> Iterator[n.TableRef]:
    """Yield the tables of a FROM clause, left to right."""
    if isinstance(relation, n.Join):
        yield from table_refs(relation.left)
        yield relation.right
    elif isinstance(relation, n.TableRef):
        yield relation


def unknown_source(name: str, catalog: Catalog) -> UnknownName:
    """Return the error for a source that does not exist.

    Source: golden/rest/ksql/053, golden/rest/query/034 and, for the other case, ksql/105.
    """
    message = f"Exception while preparing statement: {name} does not exist."
    twin = next((s for s in catalog.sources if s.upper() == name.upper()), None)
    if twin is not None:
        message += (
            f'\nDid you mean "{twin}"? Hint: wrap the source name in double quotes to make it case-sensitive.'
        )
    return UnknownName(message, name=name, suggestions=nearest(name, catalog.sources))


def _repeated(name: str, *, many: bool) -> SqlError:
    if many:
        return SqlError(
            f"N-way joins do not support multiple occurrences of the same source. Source: '{name}'."
        )
    return SqlError(f"Can not join '{name}' to '{name}': self joins are not yet supported.")
