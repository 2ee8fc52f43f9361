"""INSERT INTO … VALUES: one row for a topic.

Source: ksqldb-engine …/engine/InsertValuesExecutor.java, …/GenericRecordFactory.java — the checks and
their wording; golden/rest/ksql/107 to 116.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.core.errors import SqlError, TypeMismatch, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.constants import constant
from clickstream.sql.custom_types import resolve_type
from clickstream.sql.expressions import column_refs, rewrite
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.nearest import nearest
from clickstream.sql.schema import ROWOFFSET, ROWPARTITION, ROWTIME, HeaderColumn
from clickstream.sql.types import BIGINT, SqlType
from clickstream.sql.value_coercion import coerce_value

__all__ = ["InsertRow", "check_insertable", "insert_row", "plan_insert_values", "plan_row"]


@dataclass(frozen=True, slots=True)
class InsertRow:
    """A row to write to `source`'s topic. `timestamp_ms` None is now."""

    source: DataSource
    key: tuple[Any, ...]
    value: tuple[Any, ...]
    timestamp_ms: int | None = None


def plan_insert_values(statement: n.InsertValues, catalog: Catalog, functions: FunctionLookup) -> InsertRow:
    """Return the row of an INSERT INTO … VALUES.

    Raises: UnknownName for the target, SqlError for anything that does not fit it.
    """
    source = _checked_target(statement, catalog)
    check_insertable(source)
    return _planned(statement, source, catalog, functions)


def plan_row(statement: n.InsertValues, catalog: Catalog, functions: FunctionLookup) -> InsertRow:
    """Return the row that a statement describes, whether or not it may be inserted.

    Raises: as `plan_insert_values`.
    """
    return _planned(statement, _checked_target(statement, catalog), catalog, functions)


def _checked_target(statement: n.InsertValues, catalog: Catalog) -> DataSource:
    _check_counts(statement)
    _check_references(statement)
    return _target(statement.target, catalog)


def _planned(
    statement: n.InsertValues, source: DataSource, catalog: Catalog, functions: FunctionLookup
) -> InsertRow:
    typed = {}
    for name, expression in zip(_columns(statement, source), statement.values, strict=True):
        resolved = rewrite(expression, lambda e: _resolved_cast(e, catalog))
        typed[name] = constant(resolved, functions)
    return insert_row(source, typed)


def check_insertable(source: DataSource) -> None:
    """Check that rows may be written to `source` by hand.

    Raises: SqlError.
    """
    if source.is_source:
        raise SqlError(f"Cannot insert values into read-only {source.kind.lower()}: {source.name}")
    if source.window is not None:
        raise SqlError("Cannot insert values into windowed stream/table!")


def insert_row(source: DataSource, typed: dict[str, tuple[Any, SqlType | None]]) -> InsertRow:
    """Return the row for values by column name, with the type each has by itself.

    Raises: SqlError, beginning `Failed to insert values into`.
    """
    try:
        timestamp, timestamp_type = typed.pop(ROWTIME, (None, None))
        row = _row(source, typed)
        time_ms = _coerced("ROWTIME", timestamp, timestamp_type, BIGINT)
        return dataclasses.replace(row, timestamp_ms=time_ms)
    except SqlError as error:
        error.message = f"Failed to insert values into '{source.name}'. {error.message}"
        error.args = (error.message,)
        raise


def _row(source: DataSource, typed: dict[str, tuple[Any, SqlType | None]]) -> InsertRow:
    schema = source.schema
    missing = [c.name for c in schema.key if typed.get(c.name, (None, None))[0] is None]
    if source.kind == "TABLE" and missing:
        raise SqlError(f"Value for primary key column(s) {', '.join(missing)} is required for tables")
    values = {
        column.name: _coerced(column.name, *typed.get(column.name, (None, None)), column.type)
        for column in (*schema.key, *schema.value)
    }
    return InsertRow(
        source,
        tuple(values[c.name] for c in schema.key),
        tuple(values[c.name] for c in schema.value),
    )


def _coerced(name: str, value: Any, source: SqlType | None, target: SqlType) -> Any:
    try:
        return coerce_value(value, source, target)
    except TypeMismatch:
        shown = str(value).lower() if isinstance(value, bool) else value
        raise TypeMismatch(f"Expected type {target} for field `{name}` but got {source}({shown})") from None


def _check_counts(statement: n.InsertValues) -> None:
    if statement.columns and len(statement.columns) != len(statement.values):
        raise SqlError(
            "Failed to prepare statement: Expected number columns and values to match: "
            f"{len(statement.columns)}, {len(statement.values)}"
        )


def _check_references(statement: n.InsertValues) -> None:
    for value in statement.values:
        for ref in column_refs(value):
            if ref.source is not None:
                raise UnknownName(
                    f"Failed to prepare statement: '{ref.source}' is not a valid stream/table name or alias.",
                    name=ref.source,
                )
            raise SqlError(f"Cannot use a column in INSERT VALUES: {ref.name}")


def _target(name: str, catalog: Catalog) -> DataSource:
    source = catalog.get(name)
    if source is not None:
        return source
    message = f"Cannot insert values into an unknown stream/table: `{name}`"
    twin = next((s for s in catalog.sources if s.upper() == name.upper()), None)
    if twin is not None:
        message += (
            f'\nDid you mean "{twin}"? Hint: wrap the source name in double quotes to make it case-sensitive.'
        )
    raise UnknownName(message, name=name, suggestions=nearest(name, catalog.sources))


def _columns(statement: n.InsertValues, source: DataSource) -> Sequence[str]:
    writable = [c.name for c in (*source.schema.key, *source.schema.value) if not isinstance(c, HeaderColumn)]
    if not statement.columns:
        if len(writable) != len(statement.values):
            shown = ", ".join(f"`{name}`" for name in writable)
            raise SqlError(
                f"Failed to insert values into '{source.name}'. Expected a value for each column. "
                f"Expected Columns: [{shown}]. Got {len(statement.values)} values"
            )
        return writable
    headers = [c.name for c in source.schema.value if isinstance(c, HeaderColumn)]
    given = [name for name in statement.columns if name in headers]
    if given:
        raise SqlError(f"Cannot insert into HEADER columns: {', '.join(given)}")
    for name in statement.columns:
        if name in (ROWPARTITION, ROWOFFSET):
            raise SqlError(f"Inserting into column `{name}` is not allowed.")
        if name != ROWTIME and name not in writable:
            raise UnknownName(
                f"Failed to insert values into '{source.name}'. Column name `{name}` does not exist.",
                name=name,
                suggestions=nearest(name, writable),
            )
    return statement.columns


def _resolved_cast(node: n.Expression, catalog: Catalog) -> n.Expression | None:
    if not isinstance(node, n.Cast):
        return None
    operand = rewrite(node.operand, lambda e: _resolved_cast(e, catalog))
    return n.Cast(operand, resolve_type(node.type, catalog.types), at=node.at)
