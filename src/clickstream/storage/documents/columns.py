"""Columns: the values of one field for every row of an index, ready for NumPy.

`NumberColumn` holds longs, dates and booleans as int64 and doubles as float64; `TextColumn` holds codes
into a dictionary of the distinct texts, so that a test on text runs once a distinct value, not once a row.
A row's first value stands in the array; the few rows with more values have the rest in `extra`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Column", "NumberColumn", "Scalar", "TextColumn"]

Scalar = int | float | str
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class NumberColumn:
    """One number a row. `present` says which rows have one."""

    __slots__ = ("extra", "present", "values")

    def __init__(self, dtype: type[np.int64] | type[np.float64], capacity: int) -> None:
        self.values: npt.NDArray[Any] = np.zeros(capacity, dtype)
        self.present: Mask = np.zeros(capacity, np.bool_)
        self.extra: dict[int, tuple[Scalar, ...]] = {}

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` rows."""
        self.values = _grown(self.values, capacity)
        self.present = _grown(self.present, capacity)

    def clear(self, rows: Rows) -> None:
        """Take the values of `rows` away."""
        self.present[rows] = False
        _forget(self.extra, rows)

    def put(
        self, rows: Sequence[int], values: Sequence[Scalar], extra: dict[int, tuple[Scalar, ...]]
    ) -> None:
        """Give each of `rows` its value; `extra` are further values of some of them."""
        at = np.asarray(rows, np.int64)
        self.values[at] = values
        self.present[at] = True
        self.extra.update(extra)


class TextColumn:
    """One text a row, as a code into `terms`; −1 is none."""

    __slots__ = ("_codes_of", "_ranks", "codes", "extra", "terms")

    def __init__(self, capacity: int) -> None:
        self.codes: npt.NDArray[np.int32] = np.full(capacity, -1, np.int32)
        self.terms: list[str] = []
        self.extra: dict[int, tuple[int, ...]] = {}
        self._codes_of: dict[str, int] = {}
        self._ranks: npt.NDArray[np.int64] = np.zeros(0, np.int64)

    @property
    def present(self) -> Mask:
        """Which rows have a text."""
        return self.codes >= 0

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` rows."""
        self.codes = _grown(self.codes, capacity, fill=-1)

    def clear(self, rows: Rows) -> None:
        """Take the texts of `rows` away."""
        self.codes[rows] = -1
        _forget(self.extra, rows)

    def put(
        self, rows: Sequence[int], values: Sequence[Scalar], extra: dict[int, tuple[Scalar, ...]]
    ) -> None:
        """Give each of `rows` its text; `extra` are further texts of some of them."""
        texts = [str(value) for value in values]
        for text in set(texts):
            self._encode(text)
        self.codes[np.asarray(rows, np.int64)] = list(map(self._codes_of.__getitem__, texts))
        for row, more in extra.items():
            self.extra[row] = tuple(self._encode(str(value)) for value in more)

    def code(self, text: str) -> int | None:
        """Return the code of `text`, None if no row ever had it."""
        return self._codes_of.get(text)

    def ranks(self) -> npt.NDArray[np.int64]:
        """Return each code's place in the order of the texts."""
        if len(self._ranks) != len(self.terms):
            order = sorted(range(len(self.terms)), key=self.terms.__getitem__)
            self._ranks = np.empty(len(order), np.int64)
            self._ranks[order] = np.arange(len(order))
        return self._ranks

    def _encode(self, text: str) -> int:
        code = self._codes_of.get(text)
        if code is None:
            code = self._codes_of[text] = len(self.terms)
            self.terms.append(text)
        return code


Column = NumberColumn | TextColumn


def _grown(array: npt.NDArray[Any], capacity: int, *, fill: int = 0) -> npt.NDArray[Any]:
    larger = np.full(capacity, fill, array.dtype)
    larger[: len(array)] = array
    return larger


def _forget(extra: dict[int, Any], rows: Rows) -> None:
    if extra:
        for row in rows.tolist():
            extra.pop(row, None)
