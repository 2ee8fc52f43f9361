"""INSERT INTO … SELECT: whether a query's rows fit the stream they are to go to.

Source: ksqldb-engine …/engine/rewrite/AstSanitizer.java (visitInsertInto), EngineExecutor — wording.
"""

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.normalise import unknown_target
from clickstream.sql.number_types import NUMBERS
from clickstream.sql.schema import Column, HeaderColumn, LogicalSchema
from clickstream.sql.settle import describe_schema

__all__ = ["check_fits", "insert_target"]


def insert_target(statement: n.InsertInto, catalog: Catalog) -> DataSource:
    """Return the stream an INSERT INTO writes to.

    Raises: UnknownName if it does not exist; SqlError if it takes no inserts.
    """
    target = catalog.get(statement.target)
    if target is None:
        raise unknown_target(statement.target, statement.at)
    if target.kind != "STREAM":
        raise SqlError(f"INSERT INTO can only be used to insert into a stream. {target.name} is a table.")
    if target.is_source:
        raise SqlError(f"Cannot insert into read-only stream: {target.name}")
    if any(isinstance(c, HeaderColumn) for c in target.schema.value):
        raise SqlError(f"Cannot insert into {target.name} because it has header columns")
    return target


def check_fits(schema: LogicalSchema, kind: str, target: DataSource) -> None:
    """Check that rows of `schema` can be written to `target`.

    Raises: SqlError.
    """
    if kind != target.kind:
        raise SqlError(
            f"Incompatible data sink and query result. Data sink ({target.name}) type is "
            f"{target.kind.lower()} but select query result is {kind.lower()}."
        )
    pairs = ((schema.key, target.schema.key), (schema.value, target.schema.value))
    if all(_columns_fit(have, want) for have, want in pairs):
        return
    raise SqlError(
        "Incompatible schema between results and sink.\n"
        f"Result schema is {describe_schema(schema)}\nSink schema is {describe_schema(target.schema)}"
    )


def _columns_fit(have: tuple[Column, ...], want: tuple[Column, ...]) -> bool:
    return len(have) == len(want) and all(
        a.name == b.name and _type_fits(a, b) for a, b in zip(have, want, strict=True)
    )


def _type_fits(have: Column, want: Column) -> bool:
    if have.type == want.type:
        return True
    a, b = have.type.base, want.type.base
    return a in NUMBERS and b in NUMBERS and a != "DECIMAL" and NUMBERS.index(a) < NUMBERS.index(b)
