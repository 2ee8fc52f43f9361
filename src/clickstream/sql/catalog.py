"""Streams, tables and custom types that exist, by name. Knows nothing about I/O."""

from dataclasses import dataclass, field
from typing import Literal as OneOf

from clickstream.core.errors import SqlError
from clickstream.sql.plan import Formats, TimestampSpec, WindowInfo
from clickstream.sql.schema import LogicalSchema
from clickstream.sql.types import SqlType

__all__ = ["Catalog", "DataSource", "already_exists"]


@dataclass(frozen=True, slots=True)
class DataSource:
    """A stream or table. Header columns are `HeaderColumn`s among `schema.value`.

    `created_by` is the id of the query that fills it (CREATE … AS SELECT), None for a plain CREATE.
    `is_source` marks CREATE SOURCE … (read-only). `partitions` and `replicas` are what WITH asked
    for, None where it said nothing; `retention_ms` likewise.
    """

    kind: OneOf["STREAM", "TABLE"]
    name: str
    schema: LogicalSchema
    topic: str
    formats: Formats = field(default_factory=Formats)
    window: WindowInfo | None = None
    timestamp: TimestampSpec | None = None
    is_source: bool = False
    created_by: str | None = None
    statement_text: str = ""
    partitions: int | None = None
    replicas: int | None = None
    retention_ms: int | None = None
    key_features: frozenset[str] = frozenset()
    value_features: frozenset[str] = frozenset()


@dataclass(slots=True)
class Catalog:
    """What exists. `copy()` gives a sandbox in which statements can be validated first."""

    sources: dict[str, DataSource] = field(default_factory=dict)
    types: dict[str, SqlType] = field(default_factory=dict)
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Sink name to the sources its queries read, which DROP and OR REPLACE have to respect."""

    def copy(self) -> "Catalog":
        """Return an independent catalog with the same content."""
        return Catalog(dict(self.sources), dict(self.types), dict(self.reads))

    def get(self, name: str) -> DataSource | None:
        """Return the source called `name`, or None."""
        return self.sources.get(name)

    def add(self, source: DataSource, *, replace: bool = False) -> None:
        """Add `source`.

        Raises: SqlError if the name is taken and `replace` is false.
        """
        existing = self.sources.get(source.name)
        if existing is not None and not replace:
            raise already_exists(source, existing)
        self.sources[source.name] = source

    def drop(self, name: str) -> DataSource:
        """Remove and return the source called `name`.

        Raises: KeyError if there is none.
        """
        self.reads.pop(name, None)
        return self.sources.pop(name)


def already_exists(source: DataSource, existing: DataSource) -> SqlError:
    """Return the error for a name that is taken.

    Source: golden/rest/ksql/034 and 052.
    """
    return SqlError(
        f"Cannot add {source.kind.lower()} '{source.name}': "
        f"A {existing.kind.lower()} with the same name already exists"
    )
