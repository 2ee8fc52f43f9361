"""What the fields of a date mean together, as java.time resolves them (ResolverStyle.SMART).

Source: java.time.format.Parsed, java.time.chrono.AbstractChronology (documentation), and ksqldb-common
…/util/timestamp/StringToTimestampParser.java for fields that make no whole date or time.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

__all__ = ["Fields", "moment_of", "resolve_date", "resolve_time"]

_DATE_FIELDS = frozenset({"year", "year_of_era", "era", "month", "day", "day_of_year", "weekday"})
_RANGES = {
    "month": (1, 12),
    "day": (1, 31),
    "day_of_year": (1, 366),
    "weekday": (1, 7),
    "hour": (0, 24),
    "clock_hour": (0, 24),
    "half_hour": (0, 11),
    "clock_half_hour": (0, 12),
    "minute": (0, 59),
    "second": (0, 59),
    "nano": (0, 999_999_999),
    "milli_of_day": (0, 86_399_999),
    "nano_of_day": (0, 86_399_999_999_999),
}
_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND


@dataclass(slots=True)
class Fields:
    """The numbers that were read, by name, and the zone."""

    numbers: dict[str, int] = field(default_factory=dict)
    zone: tzinfo | None = None

    def put(self, name: str, value: int) -> None:
        """Take in one number. Raises: ValueError if it is out of range or contradicts an earlier one."""
        low, high = _RANGES.get(name, (value, value))
        if not low <= value <= high or self.numbers.setdefault(name, value) != value:
            raise ValueError(f"Invalid value for {name}: {value}")

    def get(self, name: str) -> int | None:
        """Return a number, None if it was not read."""
        return self.numbers.get(name)

    def has_date(self) -> bool:
        """Return whether a field of a date was read."""
        return not _DATE_FIELDS.isdisjoint(self.numbers)


def _year(fields: Fields) -> int | None:
    """Return the year; years before Christ are 0 and negative."""
    year_of_era = fields.get("year_of_era")
    if year_of_era is None:
        return fields.get("year")
    return 1 - year_of_era if fields.get("era") == 0 else year_of_era


def resolve_date(fields: Fields) -> date | None:
    """Return the date if the fields make one; a day behind the month's last is the last.

    Raises: ValueError for a weekday that is not the date's, or a year out of Python's range.
    """
    year, month, day = _year(fields), fields.get("month"), fields.get("day")
    day_of_year = fields.get("day_of_year")
    if year is None:
        return None
    if month is not None and day is not None:
        found = date(year, month, min(day, calendar.monthrange(year, month)[1]))
    elif day_of_year is not None:
        found = date(year, 1, 1) + timedelta(days=day_of_year - 1)
        if found.year != year:
            raise ValueError("Invalid date 'DayOfYear 366' as it is not a leap year")
    else:
        return None
    if fields.get("weekday") not in (None, found.isoweekday()):
        raise ValueError(f"Conflict found: the weekday differs from that of {found}")
    return found


def resolve_time(fields: Fields) -> int | None:
    """Return the nanoseconds of the day if the fields make a time; 24:00 is a whole day."""
    if (whole := fields.get("nano_of_day")) is not None:
        return whole
    if (millis := fields.get("milli_of_day")) is not None:
        return millis * 1_000_000 + (fields.get("nano") or 0) % 1_000_000
    hour = _hour(fields)
    minute, second, nano = fields.get("minute"), fields.get("second"), fields.get("nano")
    if hour is None or (minute is None and (second is not None or nano is not None)):
        return None
    if second is None and nano is not None:
        return None
    nanos = ((hour * 60 + (minute or 0)) * 60 + (second or 0)) * _SECOND + (nano or 0)
    if nanos > _DAY:
        raise ValueError(f"Invalid value for HourOfDay: {hour}")
    return nanos


def _hour(fields: Fields) -> int | None:
    hour, clock_hour, half = fields.get("hour"), fields.get("clock_hour"), _half_hour(fields)
    if hour is not None:
        return hour
    if clock_hour is not None:
        return clock_hour % 24
    afternoon = fields.get("afternoon")
    return None if half is None or afternoon is None else afternoon * 12 + half


def _half_hour(fields: Fields) -> int | None:
    clock = fields.get("clock_half_hour")
    return fields.get("half_hour") if clock is None else clock % 12


def moment_of(fields: Fields, zone: tzinfo) -> datetime:
    """Return the moment; what the fields leave open is that of 1970-01-01T00:00.

    Raises: ValueError.
    """
    nanos = resolve_time(fields)
    if nanos is None:
        nanos = _loose_time(fields)
    day = resolve_date(fields) or _loose_date(fields)
    start = datetime(day.year, day.month, day.day)
    return (start + timedelta(microseconds=nanos // 1000)).replace(tzinfo=zone)


def _loose_time(fields: Fields) -> int:
    """Return the time of day where fields make no whole one: each counts for itself."""
    afternoon, half = fields.get("afternoon") or 0, _half_hour(fields) or 0
    hour = _hour(fields)
    hours = afternoon * 12 + half if hour is None else hour
    seconds = (hours * 60 + (fields.get("minute") or 0)) * 60 + (fields.get("second") or 0)
    return seconds * _SECOND + (fields.get("nano") or 0)


def _loose_date(fields: Fields) -> date:
    """Return 1970-01-01 with one field after the other set, in java.time's order."""
    day = date(1970, 1, 1)
    if (weekday := fields.get("weekday")) is not None:
        day += timedelta(days=weekday - day.isoweekday())
    if (number := fields.get("day")) is not None:
        day = day.replace(day=number)
    if (number := fields.get("day_of_year")) is not None:
        if number == 366:
            raise ValueError("Leap day cannot be parsed without supplying the year field")
        day = date(day.year, 1, 1) + timedelta(days=number - 1)
    if (month := fields.get("month")) is not None:
        day = _clamped(day.year, month, day.day)
    if (year := _year(fields)) is not None:
        day = _clamped(year, day.month, day.day)
    return day


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
