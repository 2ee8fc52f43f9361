"""The documents a query chose, over one or several indices, as one set that aggregations and sorting read.

Positions 0 … size−1 stand for the documents; `values(field)` gives a field's values by position, with the
dictionaries of several indices made one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.columns import NumberColumn, TextColumn
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.index import Index

__all__ = ["Ints", "Selection", "Values", "distinct"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Values:
    """One field's values. `terms` is set for texts, whose values are codes into it.

    Shape:  `first` and `present` — one entry a position; `more_at`, `more` — further values of positions.
    """

    field: FieldType
    first: npt.NDArray[Any]
    present: Mask
    more_at: Ints
    more: npt.NDArray[Any]
    terms: list[str] | None = None

    def of(self, docs: Ints) -> tuple[Ints, npt.NDArray[Any]]:
        """Return every value of the positions `docs`: which entry of `docs` has it, and the value."""
        take = np.flatnonzero(self.present[docs])
        values = self.first[docs[take]]
        if not len(self.more):
            return take, values
        order = np.argsort(docs, kind="stable")
        sorted_docs = docs[order]
        left = np.searchsorted(sorted_docs, self.more_at, "left")
        right = np.searchsorted(sorted_docs, self.more_at, "right")
        counts = right - left
        starts = np.repeat(left, counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return (
            np.concatenate([take, order[starts + within]]),
            np.concatenate([values, np.repeat(self.more, counts)]),
        )


def distinct(values: Values, take: Ints, codes: Ints) -> Ints:
    """Return which of a field's values to count, so that an entry counts once for each code it has."""
    if not len(values.more) or not len(take):
        return np.arange(len(take))
    width = int(codes.max()) - int(codes.min()) + 1
    _, first = np.unique(take * width + (codes - codes.min()), return_index=True)
    return np.sort(first)


class Selection:
    """Chosen rows of indices."""

    def __init__(self, parts: Sequence[tuple[Index, Ints]]) -> None:
        self.parts = [(index, rows) for index, rows in parts if len(rows)]
        self.indices = [index for index, _ in parts]
        self.size = sum(len(rows) for _, rows in self.parts)
        self._values: dict[str, Values | None] = {}

    def field(self, name: str) -> FieldType | None:
        """Return the field of a name from the first index that has it."""
        for index in self.indices:
            field = index.mapping.fields.get(name)
            if field is not None:
                return field
        return None

    def values(self, name: str) -> Values | None:
        """Return the values of a field, None if no index maps it."""
        if name not in self._values:
            field = self.field(name)
            self._values[name] = None if field is None else self._gather(field)
        return self._values[name]

    def seq_no(self) -> Ints:
        """Return every document's sequence number, which orders documents of one index by their writing."""
        return _joined([index.seq_no[rows] for index, rows in self.parts], np.int64)

    def ordinal(self) -> Ints:
        """Return which of the indices each document is of."""
        counts = [len(rows) for _, rows in self.parts]
        return np.repeat(np.arange(len(counts)), counts)

    def locate(self, position: int) -> tuple[Index, int]:
        """Return index and row of a position."""
        for index, rows in self.parts:
            if position < len(rows):
                return index, int(rows[position])
            position -= len(rows)
        raise IndexError(position)

    def _gather(self, field: FieldType) -> Values:
        columns = [(index.column(field.name), rows) for index, rows in self.parts]
        if field.numeric:
            return self._gather_numbers(field, columns)
        return self._gather_texts(field, columns)

    def _gather_numbers(self, field: FieldType, columns: Sequence[tuple[Any, Ints]]) -> Values:
        floating = any(isinstance(c, NumberColumn) and c.values.dtype == np.float64 for c, _ in columns)
        dtype = np.float64 if floating else field.dtype
        firsts, presents, more_at, more = [], [], [], []
        base = 0
        for column, rows in columns:
            if isinstance(column, NumberColumn):
                firsts.append(column.values[rows].astype(dtype, copy=False))
                presents.append(column.present[rows])
                for at, extra in _extras(column.extra, rows):
                    more_at.extend([base + at] * len(extra))
                    more.extend(extra)
            else:
                firsts.append(np.zeros(len(rows), dtype))
                presents.append(np.zeros(len(rows), np.bool_))
            base += len(rows)
        return Values(
            field,
            _joined(firsts, dtype),
            _joined(presents, np.bool_),
            np.array(more_at, np.int64),
            np.array(more, dtype),
        )

    def _gather_texts(self, field: FieldType, columns: Sequence[tuple[Any, Ints]]) -> Values:
        texts = [column for column, _ in columns if isinstance(column, TextColumn)]
        terms, recoding = _one_dictionary(texts)
        firsts, more_at, more = [], [], []
        base = 0
        for column, rows in columns:
            if isinstance(column, TextColumn):
                recode = recoding[id(column)]
                codes = column.codes[rows]
                firsts.append(codes if recode is None else recode[codes])
                for at, extra in _extras(column.extra, rows):
                    more_at.extend([base + at] * len(extra))
                    more.extend(extra if recode is None else recode[list(extra)].tolist())
            else:
                firsts.append(np.full(len(rows), -1, np.int32))
            base += len(rows)
        first = _joined(firsts, np.int32)
        return Values(field, first, first >= 0, np.array(more_at, np.int64), np.array(more, np.int32), terms)


def _extras(extra: dict[int, Any], rows: Ints) -> list[tuple[int, Any]]:
    """Return place in `rows` and further values of each row that has some."""
    if not extra:
        return []
    at = np.flatnonzero(np.isin(rows, np.fromiter(extra, np.int64, len(extra))))
    return [(int(place), extra[int(rows[place])]) for place in at]


def _one_dictionary(
    columns: Sequence[TextColumn],
) -> tuple[list[str], dict[int, npt.NDArray[np.int32] | None]]:
    """Return the texts of all columns and, for each, its codes' new codes; None where they stay."""
    if len(columns) <= 1:
        return (columns[0].terms if columns else []), {id(column): None for column in columns}
    known: dict[str, int] = {}
    recoding: dict[int, npt.NDArray[np.int32] | None] = {}
    for column in columns:
        codes = [known.setdefault(term, len(known)) for term in column.terms]
        # The last place is that of code −1, no text.
        recoding[id(column)] = np.array([*codes, -1], np.int32)
    return list(known), recoding


def _joined(arrays: Sequence[npt.NDArray[Any]], dtype: Any) -> npt.NDArray[Any]:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)
