"""One column of a batch, in whichever form is asked for: values, codes of a dictionary, numbers.

A form is made when an operator first asks for it and then kept, so that all queries that read a chunk
share it. Rows left out by a filter are an index into the column before, looked at as late as possible.
"""

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from clickstream.sql.types import SqlType

__all__ = ["CODED", "Codes", "Column", "Dictionary", "Encoder", "Mask", "Numbers"]

Codes = NDArray[np.int64]
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

CODED = frozenset({"STRING", "INTEGER", "BIGINT", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "BYTES"})
"""Types of which equal values are the same value; of DOUBLE 0.0 and -0.0 are equal, and NaN is not NaN."""

_ENTRIES = 1 << 16
"""A dictionary that has grown past this is given up for a new one: its columns hardly repeat."""


class Dictionary(dict[Any, int]):
    """Codes by value; `entries` are the values by code. Looking up a new value adds it. NULL is one too."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Any] = []

    def __missing__(self, value: Any) -> int:
        code = self[value] = len(self.entries)
        self.entries.append(value)
        return code

    def encode(self, values: Sequence[Any]) -> Codes:
        """Return the codes of `values`."""
        return np.fromiter(map(self.__getitem__, values), np.int64, len(values))


class Encoder:
    """The dictionary of one column of a source or operator, from batch to batch."""

    __slots__ = ("_dictionary",)

    def __init__(self) -> None:
        self._dictionary = Dictionary()

    def dictionary(self) -> Dictionary:
        """Return the dictionary to encode the next batch with."""
        if len(self._dictionary.entries) > _ENTRIES:
            self._dictionary = Dictionary()
        return self._dictionary


class Column:
    """Values of one type, `size` of them."""

    __slots__ = (
        "_codes",
        "_dictionary",
        "_encoder",
        "_index",
        "_list",
        "_load",
        "_numbers",
        "_parent",
        "type",
    )

    def __init__(self, type_: SqlType, encoder: Encoder | None = None) -> None:
        self.type = type_
        self._encoder = encoder
        self._load: Callable[[], list[Any]] | None = None
        self._list: list[Any] | None = None
        self._codes: Codes | None = None
        self._dictionary: Dictionary | None = None
        self._numbers: tuple[Numbers, Mask | None] | None = None
        self._parent: Column | None = None
        self._index: Codes | None = None

    @classmethod
    def of_list(cls, type_: SqlType, values: list[Any], encoder: Encoder | None = None) -> Self:
        """Return the column of these values."""
        column = cls(type_, encoder)
        column._list = values
        return column

    @classmethod
    def loading(cls, type_: SqlType, load: Callable[[], list[Any]], encoder: Encoder) -> Self:
        """Return a column whose values `load` gives when they are first asked for."""
        column = cls(type_, encoder)
        column._load = load
        return column

    @classmethod
    def coded(cls, type_: SqlType, codes: Codes, dictionary: Dictionary) -> Self:
        """Return the column of the entries of `dictionary` that `codes` name."""
        column = cls(type_)
        column._codes, column._dictionary = codes, dictionary
        return column

    @classmethod
    def of_numbers(cls, type_: SqlType, numbers: Numbers) -> Self:
        """Return the column of these numbers, none of them NULL."""
        column = cls(type_)
        column._numbers = (numbers, None)
        return column

    @classmethod
    def joined(cls, columns: "Sequence[Column]") -> "Column":
        """Return the column of all values of `columns`, which are of one type, in order."""
        type_ = columns[0].type
        if columns[0].is_coded:
            coded = [column.codes() for column in columns]
            dictionary = coded[0][1]
            if all(other is dictionary for _, other in coded):
                return cls.coded(type_, np.concatenate([codes for codes, _ in coded]), dictionary)
        return cls.of_list(type_, [value for column in columns for value in column.values()])

    @property
    def is_coded(self) -> bool:
        """Whether `codes` can be asked for."""
        return self.type.base in CODED

    def values(self) -> list[Any]:
        """Return the values."""
        if self._list is None:
            self._list = self._make_list()
        return self._list

    def _make_list(self) -> list[Any]:
        if self._codes is not None and self._dictionary is not None:
            return list(map(self._dictionary.entries.__getitem__, self._codes.tolist()))
        if self._load is not None:
            return self._load()
        if self._numbers is not None:
            return _with_nulls(*self._numbers)
        assert self._parent is not None
        assert self._index is not None
        if self._parent._list is None and self.is_coded:
            codes, dictionary = self.codes()
            return list(map(dictionary.entries.__getitem__, codes.tolist()))
        return list(map(self._parent.values().__getitem__, self._index.tolist()))

    def codes(self) -> tuple[Codes, Dictionary]:
        """Return the values as codes of a dictionary.

        Shape: only where `is_coded`.
        """
        if self._codes is None or self._dictionary is None:
            if self._parent is not None and self._index is not None:
                codes, self._dictionary = self._parent.codes()
                self._codes = codes[self._index]
            else:
                self._encoder = self._encoder or Encoder()
                self._dictionary = self._encoder.dictionary()
                self._codes = self._dictionary.encode(self.values())
        return self._codes, self._dictionary

    def numbers(self) -> tuple[Numbers, Mask | None]:
        """Return the values as 64-bit integers, 0 where they are NULL, and where that is (None: nowhere).

        Shape: types that are held as int.
        """
        if self._numbers is None:
            if self._parent is not None and self._index is not None:
                numbers, nulls = self._parent.numbers()
                self._numbers = numbers[self._index], None if nulls is None else nulls[self._index]
            else:
                self._numbers = _numbers(self.values())
        return self._numbers

    def nulls(self) -> Mask | None:
        """Return where the values are NULL, None for nowhere.

        Shape: only where `is_coded`.
        """
        codes, dictionary = self.codes()
        null = dictionary.get(None)
        return None if null is None else codes == null

    def take(self, index: Codes) -> "Column":
        """Return the column of the rows `index`."""
        column = Column(self.type)
        if (
            self._parent is not None
            and self._index is not None
            and self._codes is None
            and self._list is None
        ):
            column._parent, column._index = self._parent, self._index[index]
        else:
            column._parent, column._index = self, index
        return column


def _numbers(values: Sequence[Any]) -> tuple[Numbers, Mask | None]:
    try:
        return np.fromiter(values, np.int64, len(values)), None
    except TypeError:
        nulls = np.fromiter((v is None for v in values), np.bool_, len(values))
        return np.fromiter((v or 0 for v in values), np.int64, len(values)), nulls


def _with_nulls(numbers: Numbers, nulls: Mask | None) -> list[Any]:
    values: list[Any] = numbers.tolist()
    if nulls is not None:
        for place in np.flatnonzero(nulls).tolist():
            values[place] = None
    return values
