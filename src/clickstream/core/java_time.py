"""Dates and times as text, the way casts between text and time types read and write them."""

import re
from datetime import date

__all__ = [
    "DAY_MS",
    "calendar_date",
    "date_text",
    "parse_date",
    "parse_time",
    "parse_timestamp",
    "time_text",
    "timestamp_text",
]

DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2})(?:\.(\d{1,9}))?)?", re.ASCII)
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})$")


def parse_date(text: str) -> int:
    """Return days since the epoch of `2020-05-26`; month and day may be left out.

    Raises: ValueError.
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a date: {text!r}")
    return (date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) - _EPOCH).days


def parse_time(text: str) -> int:
    """Return milliseconds of the day of `18:00:00.001`; minutes and seconds may be left out.

    Raises: ValueError.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59 or int(found[3] or 0) > 59:
        raise ValueError(f"not a time: {text!r}")
    ms = int((found[4] or "0").ljust(3, "0")[:3])
    return ((int(found[1]) * 60 + int(found[2] or 0)) * 60 + int(found[3] or 0)) * 1000 + ms


def parse_timestamp(text: str) -> int:
    """Return epoch milliseconds of `2020-05-26T23:59:58.000[+02:00]`, UTC without a zone.

    Raises: ValueError.
    """
    text = text.strip()
    day, _, rest = text.partition("T")
    if not rest:
        return parse_date(day) * DAY_MS
    zone = _ZONE.search(rest)
    shift = _zone_ms(zone[1]) if zone else 0
    clock = rest[: zone.start()] if zone else rest
    return parse_date(day) * DAY_MS + (parse_time(clock) if clock else 0) - shift


def _zone_ms(zone: str) -> int:
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-1 if zone[0] == "-" else 1) * minutes * 60_000


def calendar_date(days: int) -> tuple[int, int, int]:
    """Return year, month and day of days since the epoch; years may be beyond those of `datetime`."""
    # Counted from 0000-03-01, so that the leap day is the last day of its year; an era has 400 years.
    era, day = divmod(days + 719_468, 146_097)
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    return era * 400 + year + (month > 9), month + (3 if month < 10 else -9), day + 1


def date_text(days: int) -> str:
    """Return `2020-05-26`; years with more than four digits have a sign."""
    year, month, day = calendar_date(days)
    sign = "-" if year < 0 else "+" if year > 9999 else ""
    return f"{sign}{abs(year):04}-{month:02}-{day:02}"


def time_text(ms: int) -> str:
    """Return `18:00`, with seconds and milliseconds where they are not zero, as java.time prints."""
    seconds, fraction = divmod(ms, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{hour:02}:{minute:02}"
    if second or fraction:
        text += f":{second:02}"
    return f"{text}.{fraction:03}" if fraction else text


def timestamp_text(ms: int) -> str:
    """Return `2020-05-26T23:59:58.000` in UTC."""
    days, rest = divmod(ms, DAY_MS)
    seconds, fraction = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    return f"{date_text(days)}T{minutes // 60:02}:{minutes % 60:02}:{second:02}.{fraction:03}"
