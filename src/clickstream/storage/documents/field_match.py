"""Which rows of one field match a value, a range or a pattern. A mask has one flag a row.

A test on text runs once on each distinct text of the column, then the flags are spread by code.
"""

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.columns import NumberColumn, TextColumn
from clickstream.storage.documents.dates import DateFormat
from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.index import Index
from clickstream.storage.documents.text import tokens

__all__ = [
    "Bounds",
    "Mask",
    "Scope",
    "nothing",
    "pattern_mask",
    "phrase_mask",
    "range_mask",
    "term_mask",
]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a query runs. Units: `now_ms` — the request's time, the same for every index."""

    index: Index
    now_ms: int

    def field(self, name: str) -> FieldType | None:
        """Return the field of a name."""
        return self.index.mapping.fields.get(name)

    def number(self, name: str) -> NumberColumn | None:
        """Return the field's column if it holds numbers."""
        column = self.index.column(name)
        return column if isinstance(column, NumberColumn) else None

    def text(self, name: str) -> TextColumn | None:
        """Return the field's column if it holds texts."""
        column = self.index.column(name)
        return column if isinstance(column, TextColumn) else None


@dataclass(frozen=True, slots=True)
class Bounds:
    """A range; None is open. `lower` and `upper` are as the request gave them."""

    lower: Any = None
    upper: Any = None
    with_lower: bool = True
    with_upper: bool = True
    format: DateFormat | None = None
    zone: tzinfo = UTC


def nothing(index: Index) -> Mask:
    """Return the mask of no row."""
    return np.zeros(index.size, np.bool_)


# ------------------------------------------------------------------------------------------------ values


def term_mask(scope: Scope, field: FieldType, value: Any) -> Mask:
    """Return the rows of which some value is `value`.

    Raises: DocumentError if the value cannot be one of the field's.
    """
    if field.family == "date":
        return range_mask(scope, field, Bounds(value, value))
    if field.family in ("integer", "float", "boolean"):
        wanted = _number(field, value)
        return _numbers(scope, field, lambda values: values == wanted)
    text = _text(value)
    if field.family == "ip":
        return _ip_mask(scope, field, text)
    if field.family == "text":
        return _texts(scope, field, lambda term: text in tokens(term))
    column = scope.text(field.name)
    code = None if column is None else column.code(text)
    if column is None or code is None:
        return nothing(scope.index)
    mask: Mask = column.codes[: scope.index.size] == code
    for row, more in column.extra.items():
        if code in more:
            mask[row] = True
    return mask


def phrase_mask(scope: Scope, field: FieldType, phrase: str) -> Mask:
    """Return the rows whose text has the words of `phrase` in a row."""
    words = tokens(phrase)
    if not words:
        return nothing(scope.index)
    return _texts(scope, field, lambda term: _contains(tokens(term), words))


def _contains(where: tuple[str, ...], words: tuple[str, ...]) -> bool:
    length = len(words)
    return any(where[at : at + length] == words for at in range(len(where) - length + 1))


def pattern_mask(scope: Scope, field: FieldType, fits: Callable[[str], bool]) -> Mask:
    """Return the rows of which some text, or some word of it, passes a test."""
    if field.family == "text":
        return _texts(scope, field, lambda term: any(map(fits, tokens(term))))
    return _texts(scope, field, fits)


# ------------------------------------------------------------------------------------------------ ranges


def range_mask(scope: Scope, field: FieldType, bounds: Bounds) -> Mask:
    """Return the rows of which some value lies within the bounds. Raises: DocumentError."""
    if field.family == "date":
        lower, upper = _date_bounds(scope, field, bounds)
        return _numbers(scope, field, lambda values: (values >= lower) & (values <= upper))
    if field.family in ("integer", "float", "boolean"):
        return _numbers(scope, field, _number_test(field, bounds))
    if field.family == "ip":
        return _texts(scope, field, _ip_test(bounds))
    return _texts(scope, field, _text_test(bounds))


def _date_bounds(scope: Scope, field: FieldType, bounds: Bounds) -> tuple[int, int]:
    format_ = bounds.format or field.format

    def parse(value: Any, round_up: bool) -> int:
        at_ms = format_.parse_math(_text(value), scope.now_ms, bounds.zone, round_up=round_up)
        return max(_LOWEST, min(_HIGHEST, at_ms))

    lower, upper = _LOWEST, _HIGHEST
    if bounds.lower is not None:
        lower = parse(bounds.lower, not bounds.with_lower) + (0 if bounds.with_lower else 1)
    if bounds.upper is not None:
        upper = parse(bounds.upper, bounds.with_upper) - (0 if bounds.with_upper else 1)
    return lower, upper


_LOWEST, _HIGHEST = -(2**62), 2**62


def _number_test(field: FieldType, bounds: Bounds) -> Callable[[npt.NDArray[Any]], Mask]:
    lower = None if bounds.lower is None else _number(field, bounds.lower)
    upper = None if bounds.upper is None else _number(field, bounds.upper)

    def test(values: npt.NDArray[Any]) -> Mask:
        mask: Mask = np.ones(len(values), np.bool_)
        if lower is not None:
            mask &= values >= lower if bounds.with_lower else values > lower
        if upper is not None:
            mask &= values <= upper if bounds.with_upper else values < upper
        return mask

    return test


def _text_test(bounds: Bounds) -> Callable[[str], bool]:
    lower = None if bounds.lower is None else _text(bounds.lower)
    upper = None if bounds.upper is None else _text(bounds.upper)

    def test(term: str) -> bool:
        above = lower is None or term > lower or (bounds.with_lower and term == lower)
        return above and (upper is None or term < upper or (bounds.with_upper and term == upper))

    return test


def _number(field: FieldType, value: Any) -> float | int:
    """Return the number to compare with, whole if it can be. Raises: DocumentError."""
    if field.family == "boolean":
        return _boolean(value)
    if isinstance(value, bool):
        raise _not_a_number(value)
    if isinstance(value, int):
        return _within(value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise _not_a_number(value) from None
    if not math.isfinite(number):
        return number
    if field.family == "float":
        with np.errstate(over="ignore"):
            return float(np.float32(number)) if field.type != "double" else number
    if not number.is_integer():
        return number
    return _within(int(value) if isinstance(value, str) and value.lstrip("+-").isdigit() else int(number))


def _within(value: int) -> float | int:
    # NumPy compares int64 with larger Python integers only as floats.
    if -(2**63) <= value < 2**63:
        return value
    return math.inf if value > 0 else -math.inf


def _not_a_number(value: Any) -> DocumentError:
    return DocumentError("number_format_exception", f'For input string: "{value}"')


def _boolean(value: Any) -> int:
    text = _text(value)
    if text not in ("true", "false", ""):
        raise DocumentError(
            "illegal_argument_exception", f"Can't parse boolean value [{text}], expected [true] or [false]"
        )
    return int(text == "true")


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


# ------------------------------------------------------------------------------------------- addresses


def _ip_mask(scope: Scope, field: FieldType, text: str) -> Mask:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise DocumentError("illegal_argument_exception", f"'{text}' is not an IP string literal.") from None
    return _texts(scope, field, lambda term: ipaddress.ip_address(term) in network)


def _ip_test(bounds: Bounds) -> Callable[[str], bool]:
    lower = None if bounds.lower is None else _address(_text(bounds.lower))
    upper = None if bounds.upper is None else _address(_text(bounds.upper))

    def test(term: str) -> bool:
        address = _address(term)
        above = lower is None or address > lower or (bounds.with_lower and address == lower)
        return above and (upper is None or address < upper or (bounds.with_upper and address == upper))

    return test


def _address(text: str) -> int:
    """Return an address as a number; version 4 lies inside version 6 as mapped addresses do."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise DocumentError("illegal_argument_exception", f"'{text}' is not an IP string literal.") from None
    return int(address) if address.version == 6 else (0xFFFF << 32) | int(address)


# -------------------------------------------------------------------------------------------- spreading


def _numbers(scope: Scope, field: FieldType, test: Callable[[npt.NDArray[Any]], Mask]) -> Mask:
    column = scope.number(field.name)
    if column is None:
        return nothing(scope.index)
    size = scope.index.size
    mask = test(column.values[:size]) & column.present[:size]
    if column.extra:
        owners = [row for row, more in column.extra.items() for _ in more]
        values = np.array([value for more in column.extra.values() for value in more], column.values.dtype)
        mask[np.array(owners, np.int64)[test(values)]] = True
    return mask


def _texts(scope: Scope, field: FieldType, test: Callable[[str], bool]) -> Mask:
    column = scope.text(field.name)
    if column is None:
        return nothing(scope.index)
    # The last flag is that of code −1, no text.
    flags = np.fromiter((test(term) for term in column.terms), np.bool_, len(column.terms))
    mask: Mask = np.append(flags, False)[column.codes[: scope.index.size]]
    for row, codes in column.extra.items():
        if any(flags[code] for code in codes):
            mask[row] = True
    return mask
