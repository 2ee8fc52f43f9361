"""One index in memory: which document is in which row, and the columns of its fields.

A document keeps its row while it lives, so an update writes in place and a table row that changes every
second costs no memory. Rows of deleted documents are used again. What is on disk is the business of
`disk.py`; sources are read from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.columns import Column, NumberColumn, Scalar, TextColumn
from clickstream.storage.documents.disk import StoredDocument
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.loading import whole_columns
from clickstream.storage.documents.mapping import IndexMapping, Values
from clickstream.storage.documents.sources import decode_source

__all__ = ["Index", "IndexInfo", "Written"]

FIRST_CAPACITY = 64
DELETED_KEPT = 10_000
"""How many versions of deleted documents are remembered, so that a version never goes back soon after."""


@dataclass
class IndexInfo:
    """What an index is, apart from its documents. Units: `created_ms` — epoch milliseconds."""

    number: int
    name: str
    uuid: str
    created_ms: int
    settings: dict[str, Any] = field(default_factory=dict)
    aliases: dict[str, Any] = field(default_factory=dict)


class Written(msgspec.Struct, frozen=True, gc=False):
    """What writing or deleting a document did. `result`: created, updated, deleted, not_found, noop."""

    result: str
    version: int
    seq_no: int
    row: int


class Index:
    """The documents of one index as columns. Not safe for threads: the store holds its lock."""

    def __init__(self, info: IndexInfo, mapping: IndexMapping) -> None:
        self.info = info
        self.mapping = mapping
        self.columns: dict[str, Column] = {}
        self.ids: list[str] = []
        self.rows: dict[str, int] = {}
        self.seq_no: npt.NDArray[np.int64] = np.zeros(FIRST_CAPACITY, np.int64)
        self.versions: npt.NDArray[np.int64] = np.zeros(FIRST_CAPACITY, np.int64)
        self._live: npt.NDArray[np.bool_] = np.zeros(FIRST_CAPACITY, np.bool_)
        self._free: list[int] = []
        self._next_seq_no = 0
        self._deleted: dict[str, int] = {}
        self._pending: dict[int, Mapping[str, Values] | None] = {}

    # ------------------------------------------------------------------------------------- reading

    @property
    def count(self) -> int:
        """The number of documents."""
        return len(self.rows)

    @property
    def size(self) -> int:
        """The number of rows, living or not; every mask has this length."""
        return len(self.ids)

    @property
    def live(self) -> npt.NDArray[np.bool_]:
        """Which rows hold a document."""
        return self._live[: len(self.ids)]

    def column(self, name: str) -> Column | None:
        """Return the column of a field, None if no document ever had a value for it."""
        return self.columns.get(name)

    def last_seq_no(self) -> int:
        """Return the sequence number of the last write, −1 before the first."""
        return self._next_seq_no - 1

    # ------------------------------------------------------------------------------------- writing

    def write(self, id_: str, values: Mapping[str, Values]) -> Written:
        """Put a document in; the columns follow at `flush`."""
        row = self.rows.get(id_)
        created = row is None
        if row is None:
            row = self._take_row(id_)
            version = self._deleted.pop(id_, 0) + 1
        else:
            version = int(self.versions[row]) + 1
        return self._place(row, version, values, "created" if created else "updated")

    def delete(self, id_: str) -> Written:
        """Take a document out; deleting one that is not there counts as a write too."""
        seq_no = self._take_seq_no()
        row = self.rows.pop(id_, None)
        if row is None:
            version = self._deleted.get(id_, 0) + 1
            self._remember_deleted(id_, version)
            return Written("not_found", version, seq_no, -1)
        version = int(self.versions[row]) + 1
        self._remember_deleted(id_, version)
        self._live[row] = False
        self._pending[row] = None
        self._free.append(row)
        return Written("deleted", version, seq_no, row)

    def load(self, documents: Sequence[StoredDocument]) -> None:
        """Put documents of the disk in, in the order of rows and after those that are here."""
        if not documents:
            return
        rows, ids, versions, seq_nos, sources = zip(*documents, strict=True)
        self._take_rows(rows, ids)
        at = np.array(rows, np.int64)
        self._live[at] = True
        self.versions[at], self.seq_no[at] = versions, seq_nos
        self._next_seq_no = max(self._next_seq_no, max(seq_nos) + 1)
        columns = whole_columns(self.mapping, sources)
        if columns is None:
            for row, id_, source in zip(rows, ids, sources, strict=True):
                self._pending[row] = self.mapping.parse(decode_source(source), id_)
            self.flush()
            return
        for name, (places, values) in columns.items():
            column = self._column_for(self.mapping.fields[name])
            column.put(at[places].tolist(), values, {})

    def _take_rows(self, rows: Sequence[int], ids: Sequence[str]) -> None:
        self.rows.update(zip(ids, rows, strict=True))
        if rows[-1] - rows[0] + 1 == len(rows) and rows[0] == len(self.ids):
            self.ids.extend(ids)
        else:
            for row, id_ in zip(rows, ids, strict=True):
                self._free.extend(range(len(self.ids), row))
                self.ids.extend([""] * (row - len(self.ids)))
                self.ids.append(id_)
        self._make_room()

    def flush(self) -> None:
        """Bring the columns up to the writes since the last time."""
        if not self._pending:
            return
        touched = np.fromiter(self._pending, np.int64, len(self._pending))
        for column in self.columns.values():
            column.clear(touched)
        for name, (rows, values, extra) in self._by_field().items():
            self._column_for(self.mapping.fields[name]).put(rows, values, extra)
        self._pending.clear()

    def _by_field(self) -> dict[str, tuple[list[int], list[Scalar], dict[int, tuple[Scalar, ...]]]]:
        fields: dict[str, tuple[list[int], list[Scalar], dict[int, tuple[Scalar, ...]]]] = {}
        for row, document in self._pending.items():
            if document is None:
                continue
            for name, value in document.items():
                entry = fields.get(name)
                if entry is None:
                    entry = fields[name] = ([], [], {})
                entry[0].append(row)
                if type(value) is tuple:
                    entry[1].append(value[0])
                    entry[2][row] = value[1:]
                else:
                    entry[1].append(value)  # type: ignore[arg-type]  # a tuple went the other way
        return fields

    def _column_for(self, field_: FieldType) -> Column:
        column = self.columns.get(field_.name)
        if column is None:
            capacity = len(self._live)
            column = NumberColumn(field_.dtype, capacity) if field_.numeric else TextColumn(capacity)
            self.columns[field_.name] = column
        return column

    def _place(self, row: int, version: int, values: Mapping[str, Values], result: str) -> Written:
        seq_no = self._take_seq_no()
        self.versions[row], self.seq_no[row] = version, seq_no
        self._live[row] = True
        self._pending[row] = values
        return Written(result, version, seq_no, row)

    def _take_seq_no(self) -> int:
        seq_no = self._next_seq_no
        self._next_seq_no += 1
        return seq_no

    def _take_row(self, id_: str) -> int:
        if self._free:
            row = self._free.pop()
            self.ids[row] = id_
        else:
            row = len(self.ids)
            self._append_id(id_)
        self.rows[id_] = row
        return row

    def _append_id(self, id_: str) -> None:
        self.ids.append(id_)
        self._make_room()

    def _make_room(self) -> None:
        if len(self.ids) > len(self._live):
            self._grow(max(len(self.ids), len(self._live) * 3 // 2))

    def _grow(self, capacity: int) -> None:
        for name in ("seq_no", "versions", "_live"):
            old = getattr(self, name)
            larger = np.zeros(capacity, old.dtype)
            larger[: len(old)] = old
            setattr(self, name, larger)
        for column in self.columns.values():
            column.grow(capacity)

    def _remember_deleted(self, id_: str, version: int) -> None:
        if len(self._deleted) >= DELETED_KEPT:
            self._deleted.clear()
        self._deleted[id_] = version
