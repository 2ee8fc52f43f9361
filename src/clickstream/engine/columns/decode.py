"""JSON objects to columns: each record straight into a struct made for the schema.

The struct has the fields of the chunk's first object and takes no others, and of values only those that
stand for themselves, and integers written as text. So whatever it takes it takes exactly as
`serde/json_format.py` does; anything odd in a chunk sends all of it there. A column's values are picked
from the structs when it is first used; integers at once, since their text may be none.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from clickstream.core.java_numbers import parse_integer
from clickstream.engine.columns.column import Column, Encoder
from clickstream.sql import schema

__all__ = ["JsonColumns"]

_TEXTS_KEPT = 1 << 16
"""Bound on remembered texts of numbers, each column."""

_SHAPES_KEPT = 100
"""Bound on remembered sets of field names, against documents that never repeat theirs."""

_FIELDS: dict[str, Any] = {
    "STRING": str | None,
    "INTEGER": Annotated[int, msgspec.Meta(ge=-(1 << 31), le=(1 << 31) - 1)] | str | None,
    "BIGINT": Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)] | str | None,
    "DOUBLE": float | None,
    "BOOLEAN": bool | None,
}

_BITS = {"INTEGER": 32, "BIGINT": 64}

_parse = msgspec.json.Decoder().decode


class _Integers(dict[str, int]):
    """Integers by their text, remembered: the same texts come again and again."""

    def __init__(self, bits: int) -> None:
        super().__init__()
        self._bits = bits

    def __missing__(self, text: str) -> int:
        if len(self) >= _TEXTS_KEPT:
            self.clear()
        number = self[text] = parse_integer(text, self._bits)
        return number

    def read(self, values: list[Any]) -> list[int | None]:
        """Return `values` with numbers for texts.

        Raises: ValueError if a text is no such number.
        """
        kinds = set(map(type, values))
        if str not in kinds:
            return values
        if len(kinds) == 1:
            return list(map(self.__getitem__, values))
        return [self[value] if value.__class__ is str else value for value in values]


class _Shape:
    """Documents of one set of field names: how to read them, and where each column is (None: nowhere)."""

    def __init__(self, decoder: "msgspec.json.Decoder[Any]", places: Sequence[str | None]) -> None:
        self.decode = decoder.decode
        self.pickers = [None if place is None else attrgetter(place) for place in places]


class JsonColumns:
    """Reads the values of one source's chunks."""

    def __init__(self, columns: Sequence[schema.Column], encoders: Sequence[Encoder]) -> None:
        self._columns = columns
        self._encoders = encoders
        self._supported = bool(columns) and all(c.type.base in _FIELDS for c in columns)
        self._integers = {c.name: _Integers(_BITS[c.type.base]) for c in columns if c.type.base in _BITS}
        self._shapes: dict[tuple[str, ...], _Shape | None] = {}

    def decode(self, raws: Sequence[bytes]) -> list[Column] | None:
        """Return the columns of these objects, None if one of them is not of the plain sort."""
        shape = self._shape_of(raws[0]) if self._supported else None
        if shape is None:
            return None
        try:
            structs = list(map(shape.decode, raws))
            return [
                self._column(column, encoder, picker, structs)
                for column, encoder, picker in zip(self._columns, self._encoders, shape.pickers, strict=True)
            ]
        except (msgspec.MsgspecError, ValueError):
            return None

    def _column(self, column: schema.Column, encoder: Encoder, picker: Any, structs: list[Any]) -> Column:
        if picker is None:
            return Column.of_list(column.type, [None] * len(structs), encoder)
        if column.name in self._integers:
            numbers = self._integers[column.name].read(list(map(picker, structs)))
            return Column.of_list(column.type, numbers, encoder)
        return Column.loading(column.type, lambda: list(map(picker, structs)), encoder)

    def _shape_of(self, raw: bytes) -> _Shape | None:
        try:
            document = _parse(raw)
        except (msgspec.MsgspecError, ValueError):
            return None
        if document.__class__ is not dict:
            return None
        names = tuple(document)
        if names not in self._shapes:
            if len(self._shapes) >= _SHAPES_KEPT:
                self._shapes.clear()
            self._shapes[names] = self._make_shape(names)
        return self._shapes[names]

    def _make_shape(self, names: tuple[str, ...]) -> _Shape | None:
        folded = {name.upper(): name for name in names}
        if len(folded) < len(names) or not names:
            return None
        fields = {name: f"f{at}" for at, name in enumerate(names)}
        types: dict[str, Any] = dict.fromkeys(fields.values(), Any)
        places: list[str | None] = []
        for column in self._columns:
            found = column.name if column.name in fields else folded.get(column.name)
            place = None if found is None else fields[found]
            if place is not None:
                if place in places:
                    return None
                types[place] = _FIELDS[column.type.base]
            places.append(place)
        struct = msgspec.defstruct(
            "Document",
            [(place, type_, None) for place, type_ in types.items()],
            rename={place: name for name, place in fields.items()},
            forbid_unknown_fields=True,
            gc=False,
        )
        return _Shape(msgspec.json.Decoder(struct), places)
