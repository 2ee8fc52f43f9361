"""Keywords, and how a name is written so that it reads back as itself.

Only spelling lives here. Which names exist is the catalog's business.

Source: confluentinc/ksql ksqldb-parser SqlBase.g4 — which words are keywords, and which of them may
still be used as a name without quotes.
"""

import re

__all__ = ["NON_RESERVED", "RESERVED", "TIME_UNITS", "TYPE_WORDS", "needs_quotes", "quote", "quote_always"]

_ALSO_NAMES = """
    ADD ALTER ANALYZE ARRAY ASSERT CHANGES COLUMN COLUMNS DATE DAY DEFINE EMIT ESCAPE EXPLAIN FINAL
    FUNCTION FUNCTIONS GRACE HEADER HEADERS HOUR ID IF INTEGER INTERVAL KEY MAP MINUTE MONTH PARTITION
    PARTITIONS PERIOD PLUGINS PRIMARY REPLACE RESET SCHEMA SECOND SESSION SET SHOW SINK SOURCE STRING
    STRUCT SUBJECT SYSTEM TABLES TIME TIMEOUT TIMESTAMP TYPE TYPES UNDEFINE VARIABLES YEAR ZONE
"""
NON_RESERVED = frozenset(_ALSO_NAMES.split())
"""Keywords that are also names."""

_NEVER_NAMES = """
    ADVANCE ALL AND AS AT BEGINNING BETWEEN BY CASE CAST CATALOG CONNECTOR CONNECTORS CREATE DAYS
    DECIMAL DELETE DESCRIBE DISTINCT DROP ELSE END EXISTS EXPORT EXTENDED FALSE FROM FULL GROUP HAVING
    HOPPING HOURS IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT LIST LOAD MATERIALIZED MILLISECOND
    MILLISECONDS MINUTES MONTHS NAMESPACE NOT NULL ON OR OUTER PAUSE PRINT PROPERTIES QUERIES QUERY
    RENAME RESUME RETENTION RIGHT RUN SAMPLE SCRIPT SECONDS SELECT SIZE STREAM STREAMS TABLE TERMINATE
    THEN TO TOPIC TOPICS TRUE TUMBLING UNSET VALUES VIEW WHEN WHERE WINDOW WITH WITHIN YEARS
"""
RESERVED = frozenset(_NEVER_NAMES.split())
"""Keywords that need quotes to be a name."""

_BUILT_IN_TYPES = "BOOLEAN INT INTEGER BIGINT DOUBLE VARCHAR STRING BYTES DATE TIME TIMESTAMP"
TYPE_WORDS = frozenset(_BUILT_IN_TYPES.split())
"""What a type's name means unless it is quoted."""

TIME_UNITS = {
    spelling: plural
    for plural in ("MILLISECONDS", "SECONDS", "MINUTES", "HOURS", "DAYS")
    for spelling in (plural, plural.removesuffix("S"))
}
"""Every spelling of a time unit, to its plural."""

_PLAIN = re.compile(r"[A-Z_][A-Z0-9_@]*\Z")


def needs_quotes(name: str) -> bool:
    """Return whether `name` written bare would read back as something else."""
    return name in RESERVED or _PLAIN.match(name) is None


def quote(name: str) -> str:
    """Return `name`, in back-ticks where it needs them."""
    return quote_always(name) if needs_quotes(name) else name


def quote_always(name: str) -> str:
    """Return `name` in back-ticks."""
    return f"`{name.replace('`', '``')}`"
