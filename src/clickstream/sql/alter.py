"""ALTER STREAM and ALTER TABLE … ADD COLUMN.

Source: ksqldb-engine …/ddl/commands/AlterSourceFactory.java — the checks and their wording.
"""

import dataclasses

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.custom_types import resolve_elements
from clickstream.sql.formats import check_schema
from clickstream.sql.schema import Column, LogicalSchema

__all__ = ["alter_source"]


def alter_source(statement: n.AlterSource, catalog: Catalog) -> DataSource:
    """Return the source with the columns added.

    Raises: SqlError.
    """
    source = catalog.get(statement.name)
    kind = statement.kind.lower()
    if source is None:
        raise SqlError(f"Source {statement.name} does not exist.")
    if source.kind != statement.kind:
        raise SqlError(
            f"Incompatible data source type is {source.kind.lower()}, but statement was ALTER {kind}"
        )
    if source.is_source:
        raise SqlError(
            f"Cannot alter {kind} '{source.name}': ALTER operations are not supported on source {kind}s."
        )
    if source.created_by is not None:
        raise SqlError("ALTER command is not supported for CREATE ... AS statements.")
    value = list(source.schema.value)
    for element in resolve_elements(statement.columns, catalog.types):
        if source.schema.column(element.name) is not None or any(c.name == element.name for c in value):
            raise SqlError(
                f"Cannot add column `{element.name}` to schema. A column with the same name already exists."
            )
        value.append(Column(element.name, element.type))
    check_schema(source.formats.value, value, "Value")
    return dataclasses.replace(source, schema=LogicalSchema(source.schema.key, tuple(value)))
