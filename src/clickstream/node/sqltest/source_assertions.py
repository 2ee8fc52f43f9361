"""ASSERT STREAM and ASSERT TABLE.

Only what a statement says is compared: columns, and the properties it names.
Source: ksqlDB's test runner, which words a difference as here.
"""

from collections.abc import Callable, Iterator

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.custom_types import resolve_elements
from clickstream.sql.names import quote
from clickstream.sql.nearest import nearest
from clickstream.sql.properties import WithProperties
from clickstream.sql.schema import Column, HeaderColumn

__all__ = ["check_source"]


def check_source(statement: n.AssertSource, catalog: Catalog) -> None:
    """Check that a source is as asserted, in what the statement says of it.

    Raises: SqlError.
    """
    source = catalog.get(statement.name)
    if source is None:
        raise UnknownName(
            f"{statement.kind.capitalize()} {statement.name} does not exist.",
            name=statement.name,
            suggestions=nearest(statement.name, catalog.sources),
        )
    for what, expected, actual in _parts(statement, source, catalog):
        if expected != actual:
            raise SqlError(
                f"Expected {what} does not match actual for source {source.name}.\n"
                f"\tExpected: {expected}\n\tActual: {actual}"
            )


# --------------------------------------------------------------------------------- private


def _parts(
    statement: n.AssertSource, source: DataSource, catalog: Catalog
) -> Iterator[tuple[str, object, object]]:
    """Yield what the statement says of the source, and what is so."""
    if statement.elements:
        elements = resolve_elements(statement.elements, catalog.types)
        yield "schema", _schema_text(elements), _schema_text(_elements(source))
    yield "type", statement.kind, source.kind
    given = WithProperties.of_create(statement.properties)
    for name in statement.properties:
        if name not in _PROPERTIES and name not in _IGNORED:
            raise SqlError(f"{name} cannot be asserted: only {', '.join(_PROPERTIES)} can")
    for name, (what, expected, actual) in _PROPERTIES.items():
        if name in statement.properties:
            yield what, expected(given), actual(source)
            if name == "FORMAT":
                yield "key format", expected(given), source.formats.key


_IGNORED = frozenset({"PARTITIONS", "REPLICAS"})
"""Properties of topics, which tests do not have: accepted and not compared."""

_PROPERTIES: dict[str, tuple[str, Callable[[WithProperties], object], Callable[[DataSource], object]]] = {
    "KAFKA_TOPIC": ("kafka topic", lambda w: w.topic, lambda s: s.topic),
    "KEY_FORMAT": ("key format", lambda w: w.format("KEY"), lambda s: s.formats.key),
    "VALUE_FORMAT": ("value format", lambda w: w.format("VALUE"), lambda s: s.formats.value),
    "FORMAT": ("value format", lambda w: w.format("VALUE"), lambda s: s.formats.value),
    "VALUE_DELIMITER": (
        "delimiter",
        lambda w: w.delimiter("VALUE", "DELIMITED"),
        lambda s: s.formats.value_delimiter,
    ),
    "WRAP_SINGLE_VALUE": ("serde options", lambda w: w.wrap_value, lambda s: s.formats.wrap_value),
    "TIMESTAMP": (
        "timestamp column",
        lambda w: (w.text("TIMESTAMP") or "").upper(),
        lambda s: s.timestamp and s.timestamp.column.upper(),
    ),
    "TIMESTAMP_FORMAT": (
        "timestamp format",
        lambda w: w.text("TIMESTAMP_FORMAT"),
        lambda s: s.timestamp and s.timestamp.format,
    ),
    "WINDOW_TYPE": ("window type", lambda w: w.text("WINDOW_TYPE"), lambda s: s.window and s.window.kind),
    "WINDOW_SIZE": (
        "window size in ms",
        lambda w: w.window and w.window.size_ms,
        lambda s: s.window and s.window.size_ms,
    ),
}
"""Properties that can be asserted: how a message calls them, what is asserted, and what is so."""


def _elements(source: DataSource) -> tuple[n.TableElement, ...]:
    key = "KEY" if source.kind == "STREAM" else "PRIMARY KEY"
    keys = (n.TableElement(c.name, c.type, key) for c in source.schema.key)  # type: ignore[arg-type]
    return (*keys, *(_value_element(c) for c in source.schema.value))


def _value_element(column: Column) -> n.TableElement:
    if not isinstance(column, HeaderColumn):
        return n.TableElement(column.name, column.type)
    kind = "HEADER" if column.is_single else "HEADERS"
    return n.TableElement(column.name, column.type, kind, column.header)  # type: ignore[arg-type]


def _schema_text(elements: tuple[n.TableElement, ...]) -> str:
    """Return columns as a message shows them, keys first."""
    keys = [e for e in elements if e.constraint.endswith("KEY")]
    others = [e for e in elements if not e.constraint.endswith("KEY")]
    return ", ".join(f"{quote(e.name)} {e.type} {e.constraint}".rstrip() for e in (*keys, *others))
