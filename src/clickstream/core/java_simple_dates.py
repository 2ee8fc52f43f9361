"""Dates read the way java.text.SimpleDateFormat does, leniently: what PARSE_DATE accepts.

Month 13 is January of the next year, digits are read as far as they go, and text behind the date does
not matter.
Source: org.apache.commons.lang3.time.FastDateFormat (the behaviour we match); ksqldb-engine
…/function/udf/datetime/ParseDate.java.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from clickstream.core.time_zones import parse_zone, read_zone_name

__all__ = ["parse_simple_date"]

_EPOCH_DAY = date(1970, 1, 1)
_DAY_MS = 86_400_000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    + "|".join(_MONTHS)
)
_DAY_NAMES = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun"
_TWO_DIGIT_WINDOW = 80
"""Years of two digits lie in the century that began so many years ago."""

_NUMBERS = {
    "y": "year",
    "Y": "year",
    "M": "month",
    "L": "month",
    "d": "day",
    "D": "day_of_year",
    "H": "hour",
    "k": "hour",
    "K": "half_hour",
    "h": "half_hour",
    "m": "minute",
    "s": "second",
    "S": "ms",
    "u": None,
    "w": None,
    "W": None,
    "F": None,
}
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")


@dataclass(frozen=True, slots=True)
class _Step:
    """One piece of a pattern and what becomes of its text."""

    regex: str
    take: Callable[["_Read", str], None] | None


class _Read:
    """What was read."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.zone: tzinfo = UTC


def parse_simple_date(pattern: str, text: str) -> int:
    """Return days since the epoch of `text`.

    Raises: ValueError if it does not fit the pattern, or has a time other than midnight UTC.
    """
    regex, steps = _compiled(pattern)
    found = regex.match(text)
    if found is None:
        raise ValueError(f"Unparseable date: {text}")
    read = _Read()
    for step, piece in zip(steps, found.groups(), strict=True):
        if step.take is not None:
            step.take(read, piece.strip())
    ms = _epoch_ms(read)
    if ms % _DAY_MS:
        raise ValueError("Date format contains time field.")
    return ms // _DAY_MS


def _epoch_ms(read: _Read) -> int:
    get = read.numbers.get
    months = get("month", 1) - 1
    year, month = get("year", 1970) + months // 12, months % 12 + 1
    if "day_of_year" in read.numbers:
        day = date(year, 1, 1) + timedelta(days=get("day_of_year", 1) - 1)
    else:
        day = date(year, month, 1) + timedelta(days=get("day", 1) - 1)
    hour = get("hour", get("half_hour", 0) + 12 * get("afternoon", 0))
    ms = ((hour * 60 + get("minute", 0)) * 60 + get("second", 0)) * 1000 + get("ms", 0)
    offset = datetime(day.year, day.month, day.day, tzinfo=read.zone).utcoffset() or timedelta()
    return (day - _EPOCH_DAY).days * _DAY_MS + ms - offset // timedelta(milliseconds=1)


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> tuple[re.Pattern[str], tuple[_Step, ...]]:
    tokens = _tokens(pattern)
    steps = []
    for at, (letter, count, text) in enumerate(tokens):
        follows = tokens[at + 1][0] if at + 1 < len(tokens) else ""
        steps.append(_step(letter, count, text, is_adjacent=_is_number(follows, tokens[at + 1 : at + 2])))
    return re.compile("".join(f"({step.regex})" for step in steps), re.ASCII), tuple(steps)


def _tokens(pattern: str) -> list[tuple[str, int, str]]:
    """Return (letter, how often, "") and ("", 0, literal text)."""
    tokens: list[tuple[str, int, str]] = []
    at = 0
    while at < len(pattern):
        found = _TOKEN.match(pattern, at)
        if found is None:
            raise ValueError(f"Unterminated quote in {pattern}")
        at = found.end()
        if found[2]:
            tokens.append((found[2], len(found[0]), ""))
        else:
            text = found[0] if found[1] is None else found[1].replace("''", "'") or "'"
            tokens.append(("", 0, text))
    return tokens


def _is_number(letter: str, token: list[tuple[str, int, str]]) -> bool:
    return letter in _NUMBERS and not (letter in "ML" and token[0][1] >= 3)


def _step(letter: str, count: int, text: str, *, is_adjacent: bool) -> _Step:
    """Return the step of a token; a number that another one follows has a fixed width."""
    if not letter:
        return _Step(re.escape(text), None)
    if letter in "ML" and count >= 3:
        return _Step(f"(?i:{_MONTH_NAMES})", _take_month)
    if letter in _NUMBERS:
        regex = rf"\d{{1,{count}}}" if is_adjacent else r"\s*\d+"
        return _Step(regex, _taking(letter, count))
    match letter:
        case "E":
            return _Step(f"(?i:{_DAY_NAMES})", None)
        case "a":
            return _Step("(?i:am|pm)", _take_half)
        case "G":
            return _Step("(?i:ad|bc)", None)
        case "z":
            return _Step(r"[A-Za-z][A-Za-z_/]*(?:[+-]\d{1,2}:\d{2})?|[+-]\d{4}", _take_zone)
        case "Z" | "X":
            return _Step(r"Z|[+-]\d{2}(?::?\d{2})?", _take_offset)
    raise ValueError(f"Format '{letter}' not supported")


def _taking(letter: str, count: int) -> Callable[[_Read, str], None] | None:
    name = _NUMBERS[letter]
    if name is None:
        return None

    def take(read: _Read, text: str) -> None:
        value = int(text)
        if letter in "yY" and count <= 2 and value < 100:
            value = _full_year(value)
        read.numbers[name] = value % 24 if letter == "k" else value % 12 if letter == "h" else value

    return take


def _full_year(two_digits: int) -> int:
    first = date.today().year - _TWO_DIGIT_WINDOW
    year = first // 100 * 100 + two_digits
    return year if year >= first else year + 100


def _take_month(read: _Read, text: str) -> None:
    read.numbers["month"] = _MONTHS.index(text[:3].lower()) + 1


def _take_half(read: _Read, text: str) -> None:
    read.numbers["afternoon"] = int(text.lower() == "pm")


def _take_zone(read: _Read, text: str) -> None:
    read.zone = read_zone_name(text)


def _take_offset(read: _Read, text: str) -> None:
    read.zone = parse_zone(text)
