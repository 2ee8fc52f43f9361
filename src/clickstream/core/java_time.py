"""Dates and times as text, the way casts between text and time types read and write them."""

import re
from datetime import UTC, date, datetime, timedelta

__all__ = [
    "DAY_MS",
    "date_text",
    "parse_date",
    "parse_time",
    "parse_timestamp",
    "time_text",
    "timestamp_text",
]

DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)
_EPOCH_TIME = datetime(1970, 1, 1, tzinfo=UTC)
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


def date_text(days: int) -> str:
    """Return `2020-05-26`."""
    return (_EPOCH + timedelta(days=days)).isoformat()


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
    moment = _EPOCH_TIME + timedelta(milliseconds=ms)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}"
