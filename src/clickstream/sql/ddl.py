"""CREATE STREAM and CREATE TABLE over a topic: columns and properties to a `DataSource`.

Source: ksqldb-engine …/ddl/commands/CreateSourceFactory.java, ksqldb-parser …/tree/TableElements.java —
the checks and their wording.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.catalog import DataSource
from clickstream.sql.custom_types import resolve_elements
from clickstream.sql.formats import check_format, check_schema
from clickstream.sql.normalise import located, sorted_properties
from clickstream.sql.plan import Formats
from clickstream.sql.planner_keys import key_type
from clickstream.sql.planner_select import check_duplicates
from clickstream.sql.planner_sink import check_timestamp, key_wrapping, value_wrapping
from clickstream.sql.properties import WithProperties
from clickstream.sql.schema import PSEUDO_COLUMNS, WINDOW_COLUMNS, Column, HeaderColumn, LogicalSchema
from clickstream.sql.types import BYTES, STRING, ArrayType, SqlType, StructType

__all__ = ["create_source", "normalise_create", "schema_of"]

_HEADERS_TYPE = ArrayType(StructType((("KEY", STRING), ("VALUE", BYTES))))


def normalise_create(
    statement: n.CreateSource, types: Mapping[str, SqlType], settings: Mapping[str, object]
) -> n.CreateSource:
    """Return a CREATE with types resolved and the WITH clause that ksqlDB shows.

    Raises: SqlError on bad properties, types or a format that is missing.
    """
    given = WithProperties.of_create(statement.properties)
    defaults: dict[str, object] = {"CLEANUP_POLICY": "compact" if statement.kind == "TABLE" else "delete"}
    properties = dict(statement.properties)
    if "FORMAT" not in properties:
        key, value = _default_formats(given, settings)
        properties.update({"KEY_FORMAT": key, "VALUE_FORMAT": value})
    return dataclasses.replace(
        statement,
        elements=resolve_elements(statement.elements, types),
        properties=sorted_properties(properties, defaults),
    )


def _default_formats(given: WithProperties, settings: Mapping[str, object]) -> tuple[str, str]:
    key = given.format("KEY") or str(settings.get("ksql.persistence.default.format.key", "KAFKA"))
    value = given.format("VALUE") or settings.get("ksql.persistence.default.format.value")
    if value is None:
        raise SqlError(
            "Statement is missing the 'VALUE_FORMAT' property from the WITH clause. Either provide one "
            "or set a default via the 'ksql.persistence.default.format.value' config."
        )
    return key.upper(), str(value).upper()


def create_source(statement: n.CreateSource, settings: Mapping[str, object], *, text: str) -> DataSource:
    """Return the stream or table that a normalised CREATE declares.

    Raises: SqlError.
    """
    given = WithProperties.of_create(statement.properties)
    topic = given.topic
    if topic is None:
        raise SqlError('Missing required property "KAFKA_TOPIC" which has no default value.')
    key, value = str(given.format("KEY")), str(given.format("VALUE"))
    for name in (key, value):
        check_format(name, topic)
    delimiters = given.delimiter("KEY", key) or ",", given.delimiter("VALUE", value) or ","
    schema = schema_of(statement)
    physical = tuple(c for c in schema.value if not isinstance(c, HeaderColumn))
    if given.window is not None and not schema.key:
        raise SqlError("Windowed sources require a key column.")
    features = value_wrapping(value, LogicalSchema((), physical), given.wrap_value, settings)
    check_schema(key, schema.key, "Key")
    check_schema(value, physical, "Value")
    return DataSource(
        kind=statement.kind,
        name=statement.name,
        schema=schema,
        topic=topic,
        formats=Formats(
            key=key,
            value=value,
            wrap_value="UNWRAP_SINGLES" not in features,
            value_delimiter=delimiters[1],
            key_delimiter=delimiters[0],
        ),
        window=given.window,
        timestamp=check_timestamp(schema, given),
        is_source=statement.is_source,
        statement_text=text,
        partitions=given.integer("PARTITIONS"),
        replicas=given.integer("REPLICAS"),
        retention_ms=given.integer("RETENTION_MS"),
        key_features=key_wrapping(key, schema),
        value_features=features,
    )


def schema_of(statement: n.CreateSource) -> LogicalSchema:
    """Return the declared schema.

    Raises: SqlError where a column cannot be.
    """
    _check_constraints(statement)
    if not statement.elements:
        raise SqlError("The statement does not define any columns.")
    keys = [e for e in statement.elements if e.constraint in ("KEY", "PRIMARY KEY")]
    if statement.kind == "TABLE" and not keys:
        raise SqlError("Tables require a PRIMARY KEY. Please define the PRIMARY KEY.")
    for element in statement.elements:
        _check_name(element)
    schema = LogicalSchema(
        tuple(Column(e.name, key_type(e.type, e.name)) for e in keys),
        tuple(_value_column(e) for e in statement.elements if e not in keys),
    )
    _check_all_distinct(statement.elements)
    check_duplicates(schema)
    return schema


def _check_constraints(statement: n.CreateSource) -> None:
    wrong, right = ("KEY", "PRIMARY KEY") if statement.kind == "TABLE" else ("PRIMARY KEY", "KEY")
    for element in statement.elements:
        if element.constraint == wrong:
            raise SqlError(
                f"{located(element)}Column `{element.name}` is a '{wrong}' column: "
                f"please use '{right}' for {statement.kind.lower()}s."
            )


def _check_name(element: n.TableElement) -> None:
    if element.name.upper() in {*PSEUDO_COLUMNS, *WINDOW_COLUMNS}:
        raise SqlError(
            f"'{element.name}' is a reserved column name. You cannot use it as a name for a column."
        )


def _check_all_distinct(elements: Sequence[n.TableElement]) -> None:
    names = [e.name for e in elements]
    twice = sorted({name for i, name in enumerate(names) if name in names[:i]})
    if twice:
        raise SqlError(f"Duplicate column names: {', '.join(twice)}")


def _value_column(element: n.TableElement) -> Column:
    if element.constraint == "HEADERS":
        if element.type != _HEADERS_TYPE:
            raise SqlError(f"Invalid type for HEADERS column: expected {_HEADERS_TYPE}, got {element.type}")
        return HeaderColumn(element.name, element.type)
    if element.constraint == "HEADER":
        if element.type != BYTES:
            raise SqlError(
                f"Invalid type for HEADER('{element.header}') column: expected BYTES, got {element.type}"
            )
        return HeaderColumn(element.name, element.type, element.header)
    return Column(element.name, element.type)
