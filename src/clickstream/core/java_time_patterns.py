"""Date patterns as java.time.format.DateTimeFormatter has them, the common letters, English names.

Used by WITH (TIMESTAMP_FORMAT=…) and by the functions that parse and format dates. Text between single
quotes stands for itself, `''` is a quote. Optional parts in brackets may be left out when reading.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["DatePattern", "date_pattern", "parse_zone"]

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_zone(name: str) -> tzinfo:
    """Return the zone of `UTC`, `Z`, `+02:00`, `GMT+2`, `Europe/Berlin`.

    Raises: ValueError.
    """
    if name in ("Z", "UTC", "GMT", "UT"):
        return UTC
    found = re.fullmatch(r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?", name)
    if found:
        shift = timedelta(hours=int(found[2]), minutes=int(found[3] or 0), seconds=int(found[4] or 0))
        return timezone(-shift if found[1] == "-" else shift)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise ValueError(f"Unknown time-zone ID: {name}") from error


# --------------------------------------------------------------------------------- fields


@dataclass(slots=True)
class _Fields:
    """What was read; None where the pattern has no such letter."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    day_of_year: int | None = None
    hour: int | None = None
    half_hour: int | None = None
    afternoon: bool | None = None
    minute: int = 0
    second: int = 0
    nanos: int = 0
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """One piece of a pattern: how it reads (a regular expression and what to do) and how it writes."""

    regex: str
    read: Callable[[_Fields, str], None] | None
    write: Callable[[datetime], str]


def _number(low: int, high: int | None = None) -> str:
    return rf"\d{{{low}}}" if high is None else rf"\d{{{low},{high}}}"


def _setter(name: str, convert: Callable[[str], object]) -> Callable[[_Fields, str], None]:
    def read(fields: _Fields, text: str) -> None:
        setattr(fields, name, convert(text))

    return read


def _digits(count: int, widest: int = 19) -> str:
    return _number(1, widest) if count == 1 else _number(count)


def _year(count: int) -> _Part:
    if count == 2:
        return _Part(_number(2), _setter("year", lambda t: 2000 + int(t)), lambda d: f"{d.year % 100:02}")
    regex = rf"-?{_number(count, 10)}" if count != 4 else r"-?\d{4,10}"
    return _Part(regex, _setter("year", int), lambda d: f"{d.year:0{count}}")


def _month(count: int) -> _Part:
    if count <= 2:
        return _Part(_digits(count, 2), _setter("month", int), lambda d: f"{d.month:0{count}}")
    names = [name[:3] if count == 3 else name for name in _MONTHS]
    return _Part(
        "|".join(names), _setter("month", lambda t: names.index(t) + 1), lambda d: names[d.month - 1]
    )


def _weekday(count: int) -> _Part:
    names = [name[:3] if count <= 3 else name for name in _DAYS]
    return _Part("|".join(names), None, lambda d: names[d.weekday()])


def _fraction(count: int) -> _Part:
    def write(moment: datetime) -> str:
        return f"{moment.microsecond:06}000"[:count].ljust(count, "0")

    return _Part(_number(count), _setter("nanos", lambda t: int(t.ljust(9, "0")[:9])), write)


def _plain(name: str, count: int, value: Callable[[datetime], int], widest: int = 2) -> _Part:
    return _Part(_digits(count, widest), _setter(name, int), lambda d: f"{value(d):0{count}}")


def _offset(letter: str, count: int) -> _Part:
    colon = ":" if count in (3, 5) else ""

    def write(moment: datetime) -> str:
        shift = moment.utcoffset() or timedelta()
        minutes = int(shift.total_seconds()) // 60
        if letter == "X" and minutes == 0:
            return "Z"
        if letter == "Z" and count == 4:
            return "GMT" if minutes == 0 else f"GMT{_hours(minutes, ':')}"
        if letter != "Z" and count == 1 and minutes % 60 == 0:
            return _hours(minutes, "")[:3]
        return _hours(minutes, ":" if letter == "Z" and count == 5 else colon)

    regex = r"Z|(?:GMT)?[+-]\d{2}(?::?\d{2})?(?::?\d{2})?|GMT"
    return _Part(regex, _setter("zone", parse_zone), write)


def _hours(minutes: int, colon: str) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"


def _zone_name(letter: str, _count: int) -> _Part:
    def write(moment: datetime) -> str:
        zone = moment.tzinfo
        if letter == "V":
            return getattr(zone, "key", None) or ("Z" if zone is UTC else str(zone))
        return moment.tzname() or ""

    return _Part(r"[A-Za-z][A-Za-z0-9_/+:-]*|[+-]\d{2}:?\d{2}", _setter("zone", parse_zone), write)


def _half_day(_count: int) -> _Part:
    return _Part("AM|PM", _setter("afternoon", lambda t: t == "PM"), lambda d: "PM" if d.hour >= 12 else "AM")


_LETTERS: dict[str, Callable[[int], _Part]] = {
    "y": _year,
    "u": _year,
    "M": _month,
    "L": _month,
    "d": lambda n: _plain("day", n, lambda d: d.day),
    "D": lambda n: _plain("day_of_year", n, lambda d: d.timetuple().tm_yday, 3),
    "E": _weekday,
    "H": lambda n: _plain("hour", n, lambda d: d.hour),
    "k": lambda n: _plain("hour", n, lambda d: d.hour or 24),
    "h": lambda n: _plain("half_hour", n, lambda d: d.hour % 12 or 12),
    "K": lambda n: _plain("half_hour", n, lambda d: d.hour % 12),
    "a": _half_day,
    "m": lambda n: _plain("minute", n, lambda d: d.minute),
    "s": lambda n: _plain("second", n, lambda d: d.second),
    "S": _fraction,
    "n": lambda n: _plain("nanos", n, lambda d: d.microsecond * 1000, 9),
    "X": lambda n: _offset("X", n),
    "x": lambda n: _offset("x", n),
    "Z": lambda n: _offset("Z", n),
    "z": lambda n: _zone_name("z", n),
    "V": lambda n: _zone_name("V", n),
}


# --------------------------------------------------------------------------------- patterns


@dataclass(frozen=True, slots=True)
class DatePattern:
    """A pattern, ready to read and write. Made by `date_pattern`."""

    text: str
    _regex: re.Pattern[str]
    _readers: tuple[Callable[[_Fields, str], None] | None, ...]
    _writers: tuple[Callable[[datetime], str], ...] = field(repr=False)

    def parse_ms(self, text: str, zone: tzinfo = UTC) -> int:
        """Return epoch milliseconds of `text`; `zone` counts where the pattern has none.

        Raises: ValueError.
        """
        fields = self._read(text)
        moment = self._moment(fields, fields.zone or zone)
        return (moment - _EPOCH) // timedelta(milliseconds=1)

    def parse_days(self, text: str) -> int:
        """Return days since the epoch of `text`. Raises: ValueError."""
        return (self._day(self._read(text)) - date(1970, 1, 1)).days

    def parse_day_ms(self, text: str) -> int:
        """Return milliseconds of the day of `text`. Raises: ValueError."""
        fields = self._read(text)
        return ((_hour(fields) * 60 + fields.minute) * 60 + fields.second) * 1000 + fields.nanos // 1_000_000

    def format_ms(self, ms: int, zone: tzinfo = UTC) -> str:
        """Return the text of epoch milliseconds, in `zone`."""
        moment = (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)
        return "".join(write(moment) for write in self._writers)

    def _read(self, text: str) -> _Fields:
        found = self._regex.fullmatch(text)
        if found is None:
            raise ValueError(f"Text '{text}' could not be parsed with '{self.text}'")
        fields = _Fields()
        for reader, part in zip(self._readers, found.groups(), strict=True):
            if reader is not None and part is not None:
                reader(fields, part)
        return fields

    def _day(self, fields: _Fields) -> date:
        year = 1970 if fields.year is None else fields.year
        if fields.day_of_year is not None:
            return date(year, 1, 1) + timedelta(days=fields.day_of_year - 1)
        return date(year, fields.month or 1, fields.day or 1)

    def _moment(self, fields: _Fields, zone: tzinfo) -> datetime:
        day = self._day(fields)
        hour = _hour(fields)
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        clock = timedelta(hours=hour, minutes=fields.minute, seconds=fields.second)
        return start + clock + timedelta(microseconds=fields.nanos // 1000)


def _hour(fields: _Fields) -> int:
    if fields.half_hour is not None:
        return fields.half_hour % 12 + (12 if fields.afternoon else 0)
    return (fields.hour or 0) % 24


_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|\[|\]|[^A-Za-z'\[\]]+")


@lru_cache(maxsize=256)
def date_pattern(text: str) -> DatePattern:
    """Return the pattern that `text` writes.

    Raises: ValueError for a letter that is not supported.
    """
    regex: list[str] = []
    readers: list[Callable[[_Fields, str], None] | None] = []
    writers: list[Callable[[datetime], str]] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"Pattern ends with an incomplete string literal: {text}")
        at = token.end()
        if token[0] in ("[", "]"):
            regex.append("(?:" if token[0] == "[" else ")?")
        elif token[2]:
            part = _part(token[2], len(token[0]), text)
            regex.append(f"({part.regex})")
            readers.append(part.read)
            writers.append(part.write)
        else:
            literal = token[0] if token[1] is None else token[1].replace("''", "'") or "'"
            regex.append(re.escape(literal))
            writers.append(_constant(literal))
    return DatePattern(text, re.compile("".join(regex)), tuple(readers), tuple(writers))


def _constant(text: str) -> Callable[[datetime], str]:
    return lambda _moment: text


def _part(letter: str, count: int, pattern: str) -> _Part:
    make = _LETTERS.get(letter)
    if make is None:
        raise ValueError(f"Unknown pattern letter: {letter} in {pattern}")
    return make(count)
