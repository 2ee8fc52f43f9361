"""DROP STREAM and DROP TABLE: whether a source may go, as far as a catalog can tell.

Whether queries still use it is for whoever runs them to say.
Source: ksqldb-engine …/ddl/commands/DropSourceFactory.java; golden/rest/ksql/130 to 134.
"""

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.nearest import nearest

__all__ = ["source_to_drop"]


def source_to_drop(statement: n.DropSource, catalog: Catalog) -> DataSource | None:
    """Return the source a DROP is about, None where it may be missing and is.

    Raises: UnknownName, SqlError.
    """
    source = catalog.get(statement.name)
    if source is None:
        if statement.if_exists:
            return None
        raise UnknownName(
            f"{statement.kind.capitalize()} {statement.name} does not exist.",
            name=statement.name,
            suggestions=nearest(statement.name, catalog.sources),
        )
    if source.kind != statement.kind:
        raise SqlError(
            f"Incompatible data source type is {source.kind.lower()}, "
            f"but statement was DROP {statement.kind.lower()}"
        )
    if statement.delete_topic and source.is_source:
        raise SqlError(f"Cannot delete topic for read-only source: {source.name}")
    readers = sorted(s for s, read in catalog.reads.items() if source.name in read and s != source.name)
    if readers:
        raise SqlError(
            f"Cannot drop {source.name}.\n"
            f"The following streams and/or tables read from this source: [{', '.join(readers)}].\n"
            f"You need to drop them before dropping {source.name}."
        )
    return source
