"""Time zones by the names that java.time.ZoneId knows, and what they are called in text."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

__all__ = ["offset_text", "parse_zone", "read_zone_name", "zone_id", "zone_name"]

_OFFSET = re.compile(
    r"(?P<prefix>UTC|GMT|UT)?(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d{2})(?::?(?P<s>\d{2}))?)?"
)
_UTC_NAMES = frozenset({"UTC", "GMT", "UT"})
_SHORT_NAMES = {
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "BST": "Europe/London",
    "WET": "Europe/Lisbon",
    "CET": "Europe/Paris",
    "CEST": "Europe/Paris",
    "EET": "Europe/Athens",
    "MSK": "Europe/Moscow",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "AEST": "Australia/Sydney",
}
"""Zones that a short name in text means: java.time's choice where there are several."""

_LONG_NAMES = {
    "UTC": "Coordinated Universal Time",
    "GMT": "Greenwich Mean Time",
    "BST": "British Summer Time",
    "CET": "Central European Standard Time",
    "CEST": "Central European Summer Time",
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
    "CST": "Central Standard Time",
    "CDT": "Central Daylight Time",
    "MST": "Mountain Standard Time",
    "MDT": "Mountain Daylight Time",
    "PST": "Pacific Standard Time",
    "PDT": "Pacific Daylight Time",
    "JST": "Japan Standard Time",
}


@lru_cache(maxsize=1000)
def parse_zone(name: str) -> tzinfo:
    """Return the zone of `UTC`, `Z`, `+02:00`, `GMT+2`, `Europe/Berlin`.

    Raises: ValueError for a name that java.time.ZoneId refuses.
    """
    if name == "Z":
        return UTC
    if name in _UTC_NAMES:
        return timezone(timedelta(0), name)
    found = _OFFSET.fullmatch(name)
    if found:
        return _fixed(found["prefix"] or "", found["sign"], *(int(found[n] or 0) for n in "hms"))
    # A name comes from statements and records; only one that is known may become a file's.
    if name not in _known_names():
        raise ValueError(f"Unknown time-zone ID: {name}")
    return ZoneInfo(name)


@cache
def _known_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _fixed(prefix: str, sign: str, hours: int, minutes: int, seconds: int) -> tzinfo:
    """Return the zone that is always the same time away from UTC."""
    shift = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if minutes > 59 or seconds > 59 or shift > timedelta(hours=18):
        raise ValueError("Zone offset not in valid range: -18:00 to +18:00")
    if not shift:
        return timezone(shift, prefix) if prefix else UTC
    text = f"{prefix}{sign}{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
    return timezone(-shift if sign == "-" else shift, text)


def read_zone_name(name: str) -> tzinfo:
    """Return the zone that text such as `PDT` or `Europe/Berlin` names. Raises: ValueError."""
    upper = name.upper()
    short = _SHORT_NAMES.get(upper)
    if short:
        return ZoneInfo(short)
    return parse_zone(upper if upper in _UTC_NAMES or upper == "Z" else name)


def zone_id(moment: datetime) -> str:
    """Return the identifier of a moment's zone: `Europe/Berlin`, `+02:00`, `Z`."""
    zone = moment.tzinfo
    return zone.key if isinstance(zone, ZoneInfo) else zone_name(moment, is_long=False)


def zone_name(moment: datetime, *, is_long: bool) -> str:
    """Return what the zone of `moment` is called then: `PDT`, `Pacific Daylight Time`."""
    if moment.tzinfo is UTC:
        return "Z"
    short = moment.tzname() or ""
    return _LONG_NAMES.get(short, short) if is_long else short


def offset_text(moment: datetime, colon: str) -> str:
    """Return the offset from UTC as `+0200`, with `colon` between hours and minutes."""
    seconds = int((moment.utcoffset() or timedelta()).total_seconds())
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02}{colon}{minutes % 60:02}"
    return f"{text}{colon}{rest:02}" if rest else text
