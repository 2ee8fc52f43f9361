"""ASSERT VALUES and ASSERT NULL VALUES.

Each assertion reads its source's topic one record further, so a test's assertions on one source say which
records stand there, in order.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from typing import Any

from clickstream.core.errors import SqlError
from clickstream.core.records import Record
from clickstream.engine.serde import Codec
from clickstream.engine.serde.codec import DecodeError
from clickstream.engine.workbench import Workbench
from clickstream.node.sqltest.results import Difference, Mismatch, first_difference
from clickstream.node.sqltest.value_text import value_text
from clickstream.sql import nodes as n
from clickstream.sql.catalog import DataSource
from clickstream.sql.constants import constant
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.insert_values import InsertRow, plan_row
from clickstream.sql.schema import ROWTIME, WINDOW_COLUMNS, Column, HeaderColumn
from clickstream.sql.types import BIGINT

__all__ = ["RowAssertions"]

RECORD = "record"
"""The part of a comparison that says whether a record has a value at all."""

_SHOWN_RECORDS = 10


class RowAssertions:
    """Checks a test's assertions of rows, and knows which records were asserted already."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._read: Counter[str] = Counter()

    def check(self, statement: n.AssertValues) -> None:
        """Check that the next record of the source's topic is the asserted one.

        Raises: Mismatch if it is another one, or there is none; SqlError if the statement does not fit
            its source.
        """
        wanted = self._wanted(statement)
        topic = wanted.source.topic
        records = self._bench.records(topic)
        place = self._read[topic]
        if place >= len(records):
            raise Mismatch(
                "Expected another record, but all records have already been read: "
                f"{topic} holds {len(records)}",
                list(wanted.compared(None)),
                [f"{topic}[{at}] {wanted.line(record)}" for at, record in _last(records)],
            )
        self._read[topic] += 1
        differences = list(wanted.compared(records[place]))
        if first_difference(differences):
            raise Mismatch(
                f"Expected record does not match actual: record {place} of {topic}",
                differences,
                [
                    f"record {at} of {topic} is the expected one"
                    for at, record in enumerate(records)
                    if at != place and not first_difference(list(wanted.compared(record)))
                ][:1],
            )

    def _wanted(self, statement: n.AssertValues) -> "_Wanted":
        window, insert = _without_window(statement)
        try:
            row = plan_row(insert, self._bench.catalog, REGISTRY)
        except SqlError as error:
            error.message = error.message.removeprefix(
                f"Failed to insert values into '{statement.target}'. "
            ).replace("Cannot insert values into", "Cannot assert values of")
            raise
        if window and row.source.window is None:
            raise SqlError(f"{row.source.name} has no windows: {', '.join(window)} cannot be asserted")
        if statement.tombstone and any(part is not None for part in row.value):
            raise SqlError("Unexpected value columns specified in ASSERT NULL VALUES.")
        return _Wanted(row, window, timed=ROWTIME in insert.columns, tombstone=statement.tombstone)


# --------------------------------------------------------------------------------- one row


@dataclasses.dataclass(frozen=True, slots=True)
class _Wanted:
    """An asserted row; `window` has the bounds that are asserted, by column name."""

    row: InsertRow
    window: dict[str, object]
    timed: bool
    tombstone: bool

    @property
    def source(self) -> DataSource:
        """The source whose topic is looked at."""
        return self.row.source

    def compared(self, record: Record | None) -> Iterator[Difference]:
        """Yield the parts of a record beside what is asserted of them; without a record, the latter alone."""
        actual = None if record is None else _read(self.source, record)
        for name, (expected, asserted) in self._expected(actual).items():
            if not asserted:
                expected = ""
            if actual is None:
                yield Difference(name, expected, "", fits=False)
            else:
                value = actual.get(name, "NULL")
                yield Difference(name, expected, value, fits=not asserted or expected == value)

    def line(self, record: Record) -> str:
        """Return a record on one line."""
        parts = _read(self.source, record)
        if parts[RECORD] == "row":
            del parts[RECORD]
        return " ".join(f"{name}={value}" for name, value in parts.items())

    def _expected(self, actual: dict[str, str] | None) -> dict[str, tuple[str, bool]]:
        """Return the text of each part and whether it is asserted, in the order in which they are shown."""
        parts = {ROWTIME: (str(self.row.timestamp_ms), self.timed)}
        for column, value in zip(self.source.schema.key, self.row.key, strict=True):
            parts[column.name] = (value_text(value, column.type), True)
        if self.source.window is not None:
            for name in WINDOW_COLUMNS:
                parts[name] = (value_text(self.window.get(name), BIGINT), name in self.window)
        is_odd = self.tombstone or (actual is not None and actual.get(RECORD) == "tombstone")
        if is_odd:
            parts[RECORD] = ("tombstone" if self.tombstone else "row", True)
        for column, value in zip(self.source.schema.value, self.row.value, strict=True):
            if not isinstance(column, HeaderColumn):
                parts[column.name] = (value_text(value, column.type), not self.tombstone)
        return parts


def _read(source: DataSource, record: Record) -> dict[str, str]:
    """Return the parts of a record as text, by name; what cannot be read says why."""
    codec = Codec(source.schema, source.formats, source.window)
    parts = {ROWTIME: str(record.timestamp_ms)}
    names = [*source.schema.key, *(Column(*c) for c in WINDOW_COLUMNS.items() if source.window)]
    try:
        parts |= _texts(names, codec.decode_key(record.key))
    except DecodeError as error:
        parts |= dict.fromkeys((c.name for c in names), f"({error.reason})")
    stored = [c for c in source.schema.value if not isinstance(c, HeaderColumn)]
    try:
        value = codec.decode_value(record.value)
    except DecodeError as error:
        return parts | {RECORD: "row"} | dict.fromkeys((c.name for c in stored), f"({error.reason})")
    if value is None:
        return parts | {RECORD: "tombstone"}
    return parts | {RECORD: "row"} | _texts(stored, value)


def _texts(columns: list[Column], values: tuple[Any, ...]) -> dict[str, str]:
    return {c.name: value_text(value, c.type) for c, value in zip(columns, values, strict=True)}


def _without_window(statement: n.AssertValues) -> tuple[dict[str, object], n.InsertValues]:
    """Return the window bounds that are asserted, and the rest as a row that could be inserted."""
    if not statement.columns:
        return {}, n.InsertValues(statement.target, (), statement.values, at=statement.at)
    pairs = list(zip(statement.columns, statement.values, strict=True))
    window: dict[str, object] = {}
    for name, value in pairs:
        if name in WINDOW_COLUMNS:
            window[name], _ = constant(value, REGISTRY)
    kept = [(name, value) for name, value in pairs if name not in WINDOW_COLUMNS]
    names, values = tuple(name for name, _ in kept), tuple(value for _, value in kept)
    return window, n.InsertValues(statement.target, names, values, at=statement.at)


def _last(records: list[Record]) -> list[tuple[int, Record]]:
    return list(enumerate(records))[-_SHOWN_RECORDS:]
