"""The letters of java.time's date patterns: how each reads and writes.

Source: java.time.format.DateTimeFormatterBuilder.appendPattern (documentation).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clickstream.core.java_time_fields import Fields
from clickstream.core.time_zones import offset_text, parse_zone, read_zone_name, zone_id, zone_name

__all__ = ["NANOS", "Moment", "NoSuchField", "Part", "literal", "part"]

NANOS = 1_000_000_000
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_QUARTERS = ("1st quarter", "2nd quarter", "3rd quarter", "4th quarter")
_ERAS = ("Before Christ", "Anno Domini")


class NoSuchField(ValueError):
    """What is written has no such field: a date no hour, a time no year."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is written: a date, nanoseconds of a day, and both in a zone; None is not there."""

    date: date | None
    nanos: int | None
    zoned: datetime | None


Read = Callable[[Fields, str], None]
Write = Callable[[Moment], str]


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a pattern: how it reads (a regular expression and what to do) and how it writes."""

    regex: str
    read: Read | None
    write: Write


def literal(text: str) -> Part:
    """Return the piece that stands for itself."""
    return Part(re.escape(text), None, lambda _moment: text)


def part(letter: str, count: int, padding: int = 0) -> Part:
    """Return the piece that `count` times `letter` is, filled up with blanks to `padding`.

    Raises: ValueError for a letter that is not supported, or too many of it.
    """
    make = _LETTERS.get(letter)
    if make is None:
        raise ValueError(f"Unknown pattern letter: {letter}")
    made = make(count)
    if not padding:
        return made
    return Part(f" *(?:{made.regex})", made.read, lambda moment: made.write(moment).rjust(padding))


def _at_most(most: int, count: int) -> None:
    if count > most:
        raise ValueError("Too many pattern letters")


def _date(moment: Moment) -> date:
    if moment.date is None:
        raise NoSuchField("Unsupported field of a date")
    return moment.date


def _nanos(moment: Moment) -> int:
    if moment.nanos is None:
        raise NoSuchField("Unsupported field of a time")
    return moment.nanos


def _zoned(moment: Moment) -> datetime:
    if moment.zoned is None:
        raise NoSuchField("Unsupported field of a zone")
    return moment.zoned


# --------------------------------------------------------------------------------- numbers

Value = Callable[[Moment], int]


def _number(regex: str, name: str | None, value: Value, width: int) -> Part:
    read: Read | None = None
    if name is not None:
        field_name = name

        def read(fields: Fields, text: str) -> None:
            fields.put(field_name, int(text))

    return Part(regex, read, lambda moment: f"{value(moment):0{width}}")


def _short(name: str | None, value: Value, most: int = 2) -> Callable[[int], Part]:
    """Return the maker of a number of one letter (any width) or exactly as many digits as letters."""

    def make(count: int) -> Part:
        _at_most(most, count)
        return _number(r"-?\d{1,19}" if count == 1 else rf"\d{{{count}}}", name, value, count)

    return make


def _wide(name: str | None, value: Value) -> Callable[[int], Part]:
    return lambda count: _number(rf"\d{{{count},19}}", name, value, count)


def _day_of_year(count: int) -> Part:
    _at_most(3, count)
    return _number(rf"-?\d{{{count},3}}", "day_of_year", lambda m: _date(m).timetuple().tm_yday, count)


def _year(name: str | None, value: Value) -> Callable[[int], Part]:
    def make(count: int) -> Part:
        if count == 2:
            return Part(r"\d{2}", _two_digits(name), lambda m: f"{abs(value(m)) % 100:02}")
        if count < 4:
            return _number(rf"-?\d{{{count},19}}", name, value, count)
        return _number(rf"\d{{{count}}}|\+\d{{{count + 1},19}}|-\d{{{count},19}}", name, value, count)

    return make


def _two_digits(name: str | None) -> Read | None:
    """Return the reader of a year of the century that begins in 2000."""
    if name is None:
        return None
    return lambda fields, text: fields.put(name, 2000 + int(text))


def _fraction(count: int) -> Part:
    _at_most(9, count)

    def read(fields: Fields, text: str) -> None:
        fields.put("nano", int(text.ljust(9, "0")))

    return Part(rf"\d{{{count}}}", read, lambda m: f"{_nanos(m) % NANOS:09}"[:count])


def _hour(moment: Moment) -> int:
    return _nanos(moment) // (3600 * NANOS)


def _week_based_year(moment: Moment) -> int:
    """Return the year that the week belongs to; weeks begin on Monday, the first has 1 January."""
    day = _date(moment)
    sunday = day + timedelta(days=7 - day.isoweekday())
    return sunday.year


def _week_of_year(moment: Moment) -> int:
    day = _date(moment)
    first = date(_week_based_year(moment), 1, 1)
    return (day - (first - timedelta(days=first.isoweekday() - 1))).days // 7 + 1


def _week_of_month(moment: Moment) -> int:
    day = _date(moment)
    first = day.replace(day=1)
    return (day.day - 1 + first.isoweekday() - 1) // 7 + 1


# --------------------------------------------------------------------------------- names


def _names(names: Sequence[str], name: str | None, value: Value, first: int) -> Part:
    """Return a piece that is one of `names`, of which the first stands for the number `first`."""
    lowered = [text.lower() for text in names]
    read: Read | None = None
    if name is not None:
        field_name = name

        def read(fields: Fields, text: str) -> None:
            fields.put(field_name, lowered.index(text.lower()) + first)

    longest_first = sorted(names, key=len, reverse=True)
    return Part("|".join(map(re.escape, longest_first)), read, lambda m: names[value(m) - first])


def _lengths(names: Sequence[str], count: int, short: int) -> list[str]:
    """Return names as `count` letters want them: 4 all, 5 one letter, else `short` letters."""
    return [text if count == 4 else text[:1] if count == 5 else text[:short] for text in names]


def _month(count: int) -> Part:
    _at_most(5, count)
    if count <= 2:
        return _short("month", lambda m: _date(m).month)(count)
    return _names(_lengths(_MONTHS, count, 3), "month", lambda m: _date(m).month, 1)


def _quarter(count: int) -> Part:
    _at_most(5, count)
    if count <= 2:
        return _short(None, _quarter_of)(count)
    names = [f"Q{n}" for n in range(1, 5)] if count == 3 else _lengths(_QUARTERS, count, 1)
    return _names(names, None, _quarter_of, 1)


def _quarter_of(moment: Moment) -> int:
    return (_date(moment).month + 2) // 3


def _weekday(count: int) -> Part:
    _at_most(5, count)
    return _names(_lengths(_DAYS, count, 3), "weekday", lambda m: _date(m).isoweekday(), 1)


def _weekday_number(count: int) -> Part:
    return _short("weekday", lambda m: _date(m).isoweekday())(count) if count <= 2 else _weekday(count)


def _era(count: int) -> Part:
    _at_most(5, count)
    names = list(_ERAS) if count == 4 else ["B", "A"] if count == 5 else ["BC", "AD"]
    return _names(names, "era", lambda m: int(_date(m).year > 0), 0)


def _half_day(count: int) -> Part:
    _at_most(1, count)
    return _names(("AM", "PM"), "afternoon", lambda m: _hour(m) // 12, 0)


# --------------------------------------------------------------------------------- zones

_OFFSETS = {
    1: (r"[+-]\d{2}(?:\d{2})?", ""),
    2: (r"[+-]\d{4}", ""),
    3: (r"[+-]\d{2}:\d{2}", ":"),
    4: (r"[+-]\d{4}(?:\d{2})?", ""),
    5: (r"[+-]\d{2}:\d{2}(?::\d{2})?", ":"),
}
"""How an offset reads by the number of letters, and what stands between its hours and minutes."""


def _read_offset(fields: Fields, text: str) -> None:
    fields.zone = parse_zone(text.upper())


def _offset(count: int, zero: str) -> Part:
    """Return an offset; `zero` is the text of none, always kept when reading."""
    _at_most(5, count)
    regex, colon = _OFFSETS[count]

    def write(moment: Moment) -> str:
        zoned = _zoned(moment)
        if not zoned.utcoffset():
            return zero
        text = offset_text(zoned, colon)
        if count == 1 and text.endswith("00"):
            return text[:3]
        return text if count > 3 else text[:6] if colon else text[:5]

    return Part(f"{regex}|Z" if zero == "Z" else regex, _read_offset, write)


def _named_offset(count: int) -> Part:
    """Return an offset such as GMT+8, or GMT+08:00 with four letters."""
    if count not in (1, 4):
        raise ValueError("Pattern letter count must be 1 or 4: O")

    def write(moment: Moment) -> str:
        zoned = _zoned(moment)
        if not zoned.utcoffset():
            return "GMT"
        text = offset_text(zoned, ":")
        if count == 4:
            return f"GMT{text}"
        return f"GMT{text[0]}{text[1:].removeprefix('0')}".removesuffix(":00")

    return Part(r"GMT(?:[+-]\d{1,2}(?::\d{2})?(?::\d{2})?)?", _read_offset, write)


def _old_offset(count: int) -> Part:
    if count == 4:
        return _named_offset(4)
    return _offset(2, "+0000") if count < 4 else _offset(count, "Z")


def _plain_offset(count: int) -> Part:
    _at_most(5, count)
    return _offset(count, "+00" if count == 1 else "+00:00" if count % 2 else "+0000")


_ZONE = r"[A-Za-z][A-Za-z0-9_/+\-~.]*(?::\d{2})?|[+-]\d{1,2}(?::?\d{2})?"


def _read_zone(fields: Fields, text: str) -> None:
    fields.zone = read_zone_name(text)


def _zone(count: int) -> Part:
    _at_most(4, count)
    return Part(_ZONE, _read_zone, lambda m: zone_name(_zoned(m), is_long=count == 4))


def _zone_id(count: int) -> Part:
    if count != 2:
        raise ValueError("Pattern letter count must be 2: V")
    return Part(_ZONE, _read_zone, lambda m: zone_id(_zoned(m)))


_LETTERS: dict[str, Callable[[int], Part]] = {
    "G": _era,
    "y": _year("year_of_era", lambda m: abs(_date(m).year)),
    "u": _year("year", lambda m: _date(m).year),
    "Y": _year(None, _week_based_year),
    "D": _day_of_year,
    "M": _month,
    "L": _month,
    "d": _short("day", lambda m: _date(m).day),
    "Q": _quarter,
    "q": _quarter,
    "w": _short(None, _week_of_year),
    "W": _short(None, _week_of_month, 1),
    "E": _weekday,
    "e": _weekday_number,
    "c": _weekday_number,
    "F": _short(None, lambda m: (_date(m).day - 1) % 7 + 1, 1),
    "a": _half_day,
    "H": _short("hour", _hour),
    "k": _short("clock_hour", lambda m: _hour(m) or 24),
    "K": _short("half_hour", lambda m: _hour(m) % 12),
    "h": _short("clock_half_hour", lambda m: _hour(m) % 12 or 12),
    "m": _short("minute", lambda m: _nanos(m) // (60 * NANOS) % 60),
    "s": _short("second", lambda m: _nanos(m) // NANOS % 60),
    "S": _fraction,
    "A": _wide("milli_of_day", lambda m: _nanos(m) // 1_000_000),
    "n": _wide("nano", lambda m: _nanos(m) % NANOS),
    "N": _wide("nano_of_day", _nanos),
    "X": lambda count: _offset(count, "Z"),
    "x": _plain_offset,
    "Z": _old_offset,
    "O": _named_offset,
    "z": _zone,
    "v": _zone,
    "V": _zone_id,
}
