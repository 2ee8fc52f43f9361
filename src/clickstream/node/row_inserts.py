"""Rows written by hand: INSERT INTO … VALUES, and the rows of `/inserts-stream`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from clickstream.core.errors import SqlError
from clickstream.engine.rows import null_key
from clickstream.engine.serde import Codec
from clickstream.node.entities import Entity
from clickstream.node.execution import Execution
from clickstream.node.node import Node
from clickstream.node.rejections import BadTarget, RequestRejected
from clickstream.sql.catalog import DataSource
from clickstream.sql.insert_values import InsertRow, check_insertable, insert_row, plan_insert_values
from clickstream.sql.nodes import InsertValues
from clickstream.sql.types import (
    BIGINT,
    BOOLEAN,
    DOUBLE,
    INTEGER,
    STRING,
    ArrayType,
    DecimalType,
    MapType,
    SqlType,
    StructType,
)

__all__ = ["RowInserter", "insert_values"]


def insert_values(run: Execution, statement: InsertValues) -> Entity | None:
    """INSERT INTO … VALUES: the row is in the topic, committed, when this returns."""
    row = plan_insert_values(statement, run.node.catalog, run.node.functions)
    if not run.dry:
        _produce(run.node, row)
    return None


def _produce(node: Node, row: InsertRow) -> None:
    source = row.source
    if not node.topics.exists(source.topic):
        raise RequestRejected(f"Topic '{source.topic}' does not exist.")
    codec = Codec(source.schema, source.formats)
    key = row.key if any(part is not None for part in row.key) else null_key(len(row.key))
    at_ms = node.clock.now_ms() if row.timestamp_ms is None else row.timestamp_ms
    try:
        record = codec.encode(key, row.value, at_ms)
    except Exception as error:
        # Whatever a value does to a writer, it is the statement that is wrong.
        raise SqlError(f"Failed to insert values into '{source.name}'. {error}") from error
    node.produce([(source.topic, [record])])


class RowInserter:
    """Inserts JSON rows into one stream or table; columns it does not have are passed over."""

    def __init__(self, node: Node, target: str) -> None:
        name = target[1:-1] if target[:1] == target[-1:] == "`" else target.upper()
        source = node.catalog.get(name)
        if source is None:
            raise BadTarget(f"Cannot insert values into an unknown stream/table: `{name}`")
        check_insertable(source)
        self._node = node
        self._source: DataSource = source

    def insert(self, row: Any) -> None:
        """Insert one row; it is committed on return.

        Raises: SqlError, RequestRejected if it does not fit.
        """
        if not isinstance(row, Mapping):
            raise RequestRejected("Invalid JSON in inserts stream: a row must be an object")
        schema = self._source.schema
        columns = {c.name: c.type for c in (*schema.key, *schema.value)}
        typed = {}
        for given, value in row.items():
            name = given[1:-1] if given[:1] == given[-1:] == "`" else given.upper()
            if name not in columns:
                name = given
            if name in columns:
                typed[name] = _typed(value, columns[name])
        missing = [c.name for c in schema.key if c.name not in typed]
        if missing and self._source.kind == "TABLE":
            raise RequestRejected(f"Key field must be specified: {', '.join(missing)}")
        _produce(self._node, insert_row(self._source, typed))


def _typed(value: Any, wanted: SqlType) -> tuple[Any, SqlType | None]:
    """Return a JSON value as a SQL value with its type; numbers take the column's where they can."""
    if (
        isinstance(wanted, DecimalType)
        and isinstance(value, int | float | str)
        and not isinstance(value, bool)
    ):
        return _decimal(value), DecimalType(wanted.precision, wanted.scale)
    match value:
        case None:
            return None, None
        case bool():
            return value, BOOLEAN
        case int():
            return value, INTEGER if -(2**31) <= value < 2**31 else BIGINT
        case float():
            return value, DOUBLE
        case str():
            return value, STRING
        case list() if isinstance(wanted, ArrayType):
            return [_typed(item, wanted.item)[0] for item in value], wanted
        case dict() if isinstance(wanted, MapType):
            return {key: _typed(item, wanted.value)[0] for key, item in value.items()}, wanted
        case dict() if isinstance(wanted, StructType):
            given = {key.upper(): item for key, item in value.items()} | value
            return {name: _typed(given.get(name), t)[0] for name, t in wanted.fields}, wanted
    return value, STRING


def _decimal(value: int | float | str) -> Decimal:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        raise RequestRejected(f"Can't coerce a field of type String to DECIMAL: {value}") from None
