"""Schemas of sources and of every step of a plan."""

from dataclasses import dataclass

from clickstream.sql.types import BIGINT, BYTES, INTEGER, SqlType

__all__ = [
    "PSEUDO_COLUMNS",
    "ROWOFFSET",
    "ROWPARTITION",
    "ROWTIME",
    "WINDOWEND",
    "WINDOWSTART",
    "WINDOW_COLUMNS",
    "Column",
    "HeaderColumn",
    "LogicalSchema",
]

ROWTIME = "ROWTIME"
ROWPARTITION = "ROWPARTITION"
ROWOFFSET = "ROWOFFSET"
WINDOWSTART = "WINDOWSTART"
WINDOWEND = "WINDOWEND"

PSEUDO_COLUMNS: dict[str, SqlType] = {ROWTIME: BIGINT, ROWPARTITION: INTEGER, ROWOFFSET: BIGINT}
WINDOW_COLUMNS: dict[str, SqlType] = {WINDOWSTART: BIGINT, WINDOWEND: BIGINT}


@dataclass(frozen=True, slots=True)
class Column:
    """A named, typed column. Names are as stored: upper case unless they were quoted."""

    name: str
    type: SqlType


@dataclass(frozen=True, slots=True)
class HeaderColumn(Column):
    """A value column filled from the record's headers: all of them, or the last one named `header`."""

    header: str | None = None

    @property
    def is_single(self) -> bool:
        """True for `HEADER('name')` (BYTES), false for `HEADERS` (array of structs)."""
        return self.type == BYTES


@dataclass(frozen=True, slots=True)
class LogicalSchema:
    """Key columns and value columns, in declared order."""

    key: tuple[Column, ...] = ()
    value: tuple[Column, ...] = ()

    def column(self, name: str) -> Column | None:
        """Return the column called `name`, key columns first, or None."""
        return next((c for c in (*self.key, *self.value) if c.name == name), None)

    def is_key(self, name: str) -> bool:
        """Return whether `name` is a key column."""
        return any(c.name == name for c in self.key)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, key columns first."""
        return tuple(c.name for c in (*self.key, *self.value))
