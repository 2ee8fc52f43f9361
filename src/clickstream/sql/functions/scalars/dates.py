"""Dates, times and timestamps: reading, writing, arithmetic and zones.

Values are as `sql/types.py` says. Without a zone everything is UTC, where the real service takes its
machine's zone.
Source: ksqldb-engine …/function/udf/datetime/*.java.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from clickstream.core.clock import SystemClock
from clickstream.core.java_numbers import wrap_long
from clickstream.core.java_simple_dates import parse_simple_date
from clickstream.core.java_time import DAY_MS
from clickstream.core.java_time_patterns import date_pattern
from clickstream.core.time_zones import parse_zone
from clickstream.sql.functions.registration import scalar

__all__ = [
    "ARITHMETIC",
    "convert_zone",
    "current_day",
    "current_ms",
    "day_number",
    "epoch_ms",
    "format_date",
    "format_time",
    "format_timestamp",
    "from_days",
    "from_unix_time",
    "parse_date",
    "parse_day",
    "parse_time",
    "parse_timestamp",
]

_CATEGORY = "DATE / TIME"
_CLOCK = SystemClock()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# --------------------------------------------------------------------------------- writing

_FORMAT = "STRING formatPattern"


@scalar(
    "format_date",
    f"DATE date, {_FORMAT} -> STRING",
    category=_CATEGORY,
    description="A DATE as text, by a pattern of java.time.format.DateTimeFormatter.",
)
@scalar(
    "datetostring",
    f"INTEGER epochDays, {_FORMAT} -> STRING",
    category=_CATEGORY,
    description="Days since 1970-01-01 as text; replaced by FORMAT_DATE.",
)
def format_date(days: int, pattern: str) -> str:
    """Return the day as text. Raises: ValueError for a pattern that is none, or has a time."""
    return date_pattern(pattern).format_days(days)


@scalar(
    "format_time",
    f"TIME time, {_FORMAT} -> STRING",
    category=_CATEGORY,
    description="A TIME as text, by a pattern of java.time.format.DateTimeFormatter.",
)
def format_time(ms: int, pattern: str) -> str:
    """Return the time of day as text. Raises: ValueError for a pattern that is none, or has a date."""
    return date_pattern(pattern).format_day_ms(ms)


@scalar(
    "format_timestamp",
    f"TIMESTAMP timestamp, {_FORMAT} -> STRING",
    f"TIMESTAMP timestamp, {_FORMAT}, STRING timeZone -> STRING",
    category=_CATEGORY,
    description="A TIMESTAMP as text, by a pattern of java.time.format.DateTimeFormatter, in a time zone.",
)
@scalar(
    "timestamptostring",
    f"BIGINT epochMilli, {_FORMAT} -> STRING",
    f"BIGINT epochMilli, {_FORMAT}, STRING timeZone -> STRING",
    category=_CATEGORY,
    description="Milliseconds since 1970-01-01 as text; replaced by FORMAT_TIMESTAMP.",
)
def format_timestamp(ms: int, pattern: str, zone: str = "GMT") -> str:
    """Return the moment as text. Raises: ValueError for a pattern or a zone that is none."""
    return date_pattern(pattern).format_ms(ms, parse_zone(zone))


# --------------------------------------------------------------------------------- reading


@scalar(
    "parse_date",
    f"STRING formattedDate, {_FORMAT} -> DATE",
    category=_CATEGORY,
    description="The DATE that a text is, by a pattern of java.text.SimpleDateFormat.",
)
def parse_date(text: str, pattern: str) -> int:
    """Return the day. Raises: ValueError for text that does not fit the pattern."""
    return parse_simple_date(pattern, text)


@scalar(
    "stringtodate",
    f"STRING formattedDate, {_FORMAT} -> INTEGER",
    category=_CATEGORY,
    description="The days since 1970-01-01 of a date as text; replaced by PARSE_DATE.",
)
def parse_day(text: str, pattern: str) -> int:
    """Return the day. Raises: ValueError for text that does not fit the pattern."""
    return date_pattern(pattern).parse_days(text)


@scalar(
    "parse_time",
    f"STRING formattedTime, {_FORMAT} -> TIME",
    category=_CATEGORY,
    description="The TIME that a text is, by a pattern of java.time.format.DateTimeFormatter.",
)
def parse_time(text: str, pattern: str) -> int:
    """Return the time of day. Raises: ValueError for text that does not fit the pattern."""
    return date_pattern(pattern).parse_day_ms(text)


@scalar(
    "parse_timestamp",
    f"STRING formattedTimestamp, {_FORMAT} -> TIMESTAMP",
    f"STRING formattedTimestamp, {_FORMAT}, STRING timeZone -> TIMESTAMP",
    category=_CATEGORY,
    description="The TIMESTAMP that a text is, by a pattern of java.time.format.DateTimeFormatter.",
)
@scalar(
    "stringtotimestamp",
    f"STRING formattedTimestamp, {_FORMAT} -> BIGINT",
    f"STRING formattedTimestamp, {_FORMAT}, STRING timeZone -> BIGINT",
    category=_CATEGORY,
    description="The milliseconds since 1970-01-01 of a moment as text; replaced by PARSE_TIMESTAMP.",
)
def parse_timestamp(text: str, pattern: str, zone: str = "GMT") -> int:
    """Return the moment. Raises: ValueError for text that does not fit the pattern."""
    return date_pattern(pattern).parse_ms(text, parse_zone(zone))


# --------------------------------------------------------------------------------- numbers


@scalar(
    "from_days",
    "INTEGER days -> DATE",
    category=_CATEGORY,
    description="The DATE so many days after 1970-01-01.",
)
def from_days(days: int) -> int:
    """Return the day."""
    return days


@scalar(
    "from_unixtime",
    "BIGINT epochMilli -> TIMESTAMP",
    category=_CATEGORY,
    description="The TIMESTAMP so many milliseconds after 1970-01-01.",
)
def from_unix_time(ms: int) -> int:
    """Return the moment."""
    return ms


@scalar(
    "unix_date",
    "-> INTEGER",
    deterministic=False,
    category=_CATEGORY,
    description="Today as days since 1970-01-01.",
)
def current_day() -> int:
    """Return today."""
    return _CLOCK.now_ms() // DAY_MS


@scalar(
    "unix_date",
    "DATE date -> INTEGER",
    category=_CATEGORY,
    description="A DATE as days since 1970-01-01.",
)
def day_number(days: int) -> int:
    """Return the day."""
    return days


@scalar(
    "unix_timestamp",
    "-> BIGINT",
    deterministic=False,
    category=_CATEGORY,
    description="Now as milliseconds since 1970-01-01.",
)
def current_ms() -> int:
    """Return now."""
    return _CLOCK.now_ms()


@scalar(
    "unix_timestamp",
    "TIMESTAMP timestamp -> BIGINT",
    category=_CATEGORY,
    description="A TIMESTAMP as milliseconds since 1970-01-01.",
)
def epoch_ms(ms: int) -> int:
    """Return the moment."""
    return ms


# --------------------------------------------------------------------------------- arithmetic

_UNIT_MS = {
    "MILLISECONDS": 1,
    "SECONDS": 1_000,
    "MINUTES": 60_000,
    "HOURS": 3_600_000,
    "DAYS": DAY_MS,
}


def _moved(name: str, type_: str, move: Callable[[int, int], int], sign: int, verb: str) -> Any:
    """Register the function that moves a value by `sign` times an interval in milliseconds."""

    @scalar(
        name,
        f"INTERVALUNIT unit, INTEGER interval, {type_} {type_.lower()} -> {type_}",
        category=_CATEGORY,
        description=f"{verb} an interval, such as 5 in DAYS, {'to' if sign > 0 else 'from'} a {type_}.",
    )
    def function(unit: str, interval: int, value: int) -> int:
        return move(value, sign * interval * _UNIT_MS[unit])

    return function


def _move_day(days: int, ms: int) -> int:
    """Return the day that is `ms` away; part of a day counts only if it leads past midnight."""
    moved = days * DAY_MS + ms
    return moved // DAY_MS if moved >= 0 else -(-moved // DAY_MS)


ARITHMETIC = tuple(
    _moved(f"{prefix}{suffix}", type_, move, sign, verb)
    for prefix, type_, move in (
        ("date", "DATE", _move_day),
        ("time", "TIME", lambda value, ms: (value + ms) % DAY_MS),
        ("timestamp", "TIMESTAMP", lambda value, ms: wrap_long(value + ms)),
    )
    for suffix, sign, verb in (("add", 1, "Adds"), ("sub", -1, "Takes"))
)


@scalar(
    "convert_tz",
    "TIMESTAMP timestamp, STRING fromTimeZone, STRING toTimeZone -> TIMESTAMP",
    category=_CATEGORY,
    description="A TIMESTAMP moved by what one time zone is ahead of another.",
)
def convert_zone(ms: int, source: str, target: str) -> int:
    """Return the moved moment. Raises: ValueError for a zone that is none."""
    moment = _EPOCH + timedelta(milliseconds=ms)
    source_zone, target_zone = parse_zone(source), parse_zone(target)
    shift = (moment.astimezone(target_zone).utcoffset() or timedelta()) - (
        moment.astimezone(source_zone).utcoffset() or timedelta()
    )
    return ms + shift // timedelta(milliseconds=1)
