"""Where the buckets of a histogram over time begin: fixed lengths, calendar units, zones, offsets.

A `Grid` numbers buckets: `codes` gives the bucket of each instant, `key` the instant a bucket begins at.
Units:  epoch milliseconds.
Source: Elasticsearch reference, "Date histogram aggregation"; compared with 7.10.2.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.errors import DocumentError, illegal_argument

__all__ = ["Grid", "IrregularGrid", "RegularGrid", "duration_ms", "fixed_ms", "make_grid"]

Ints = npt.NDArray[np.int64]

MAX_EDGES = 200_000
"""Bucket starts that are listed one by one for irregular units; far above what an answer may have."""

_FIXED = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"([+-]?)(\d{1,12})(ms|s|m|h|d)")
"""Twelve digits of days still fit 64 bits of milliseconds."""
_CALENDAR = {
    "second": "s",
    "1s": "s",
    "minute": "m",
    "1m": "m",
    "hour": "h",
    "1h": "h",
    "day": "d",
    "1d": "d",
    "week": "w",
    "1w": "w",
    "month": "M",
    "1M": "M",
    "quarter": "q",
    "1q": "q",
    "year": "y",
    "1y": "y",
}
_UNIT_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_MONDAY_MS = 4 * 86_400_000
"""The first Monday after the epoch, which was a Thursday."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Grid(Protocol):
    """Buckets along time."""

    def codes(self, values: Ints) -> Ints:
        """Return the number of each value's bucket."""
        ...

    def key(self, code: int) -> int:
        """Return the instant a bucket begins at."""
        ...


class RegularGrid:
    """Buckets of one length; bucket 0 begins at `shift`."""

    def __init__(self, length_ms: int, shift_ms: int = 0) -> None:
        self._length, self._shift = length_ms, shift_ms

    def codes(self, values: Ints) -> Ints:
        """Return the number of each value's bucket."""
        codes: Ints = (values - self._shift) // self._length
        return codes

    def key(self, code: int) -> int:
        """Return the instant a bucket begins at."""
        return code * self._length + self._shift


class IrregularGrid:
    """Buckets that begin at listed instants."""

    def __init__(self, edges: Ints) -> None:
        self._edges = edges

    def codes(self, values: Ints) -> Ints:
        """Return the number of each value's bucket."""
        return np.searchsorted(self._edges, values, "right") - 1

    def key(self, code: int) -> int:
        """Return the instant a bucket begins at."""
        return int(self._edges[code])


def duration_ms(text: str) -> int:
    """Return the milliseconds of a duration such as `90s`, `-6h` or `1d`. Raises: DocumentError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise illegal_argument(
            f"failed to parse setting [date_histogram.fixedInterval] with value [{text}] as a time value: "
            "unit is missing or unrecognized"
        )
    return int(found[1] + found[2]) * _FIXED[found[3]]


def fixed_ms(text: str) -> int:
    """Return the milliseconds of a fixed interval. Raises: DocumentError."""
    try:
        length = duration_ms(text)
    except DocumentError as error:
        raise DocumentError(
            "x_content_parse_exception",
            "[date_histogram] failed to parse field [fixed_interval]",
            cause=error,
        ) from error
    if length <= 0:
        raise illegal_argument("Zero or negative time interval not supported")
    return length


def make_grid(settings: "dict[str, Any]", zone: tzinfo, lowest_ms: int, highest_ms: int) -> Grid:
    """Return the grid of a date histogram's settings that covers the instants from `lowest` to `highest`.

    Shape:  `settings` — one of `fixed_interval`, `calendar_interval`, `interval`, and perhaps `offset`.
    Raises: DocumentError.
    """
    offset = duration_ms(str(settings["offset"])) if settings.get("offset") else 0
    unit, length = _interval(settings)
    if unit is None:
        return _fixed_grid(length, zone, offset, lowest_ms, highest_ms)
    steady = _steady_offset_ms(zone)
    if unit in _UNIT_MS and (steady is not None or unit in "sm"):
        start = _MONDAY_MS if unit == "w" else 0
        return RegularGrid(_UNIT_MS[unit], (start + offset - (steady or 0)) % _UNIT_MS[unit])
    return IrregularGrid(_calendar_edges(unit, zone, lowest_ms - offset, highest_ms - offset) + offset)


def _interval(settings: dict[str, Any]) -> tuple[str | None, int]:
    """Return the calendar unit, or None and the fixed length."""
    if settings.get("calendar_interval") is not None:
        text = str(settings["calendar_interval"])
        if text not in _CALENDAR:
            raise DocumentError(
                "x_content_parse_exception",
                "[date_histogram] failed to parse field [calendar_interval]",
                cause=illegal_argument(
                    f"The supplied interval [{text}] could not be parsed as a calendar interval."
                ),
            )
        return _CALENDAR[text], 0
    if settings.get("fixed_interval") is not None:
        return None, fixed_ms(str(settings["fixed_interval"]))
    if settings.get("interval") is None:
        raise illegal_argument("Invalid interval specified, must be non-null and non-empty")
    text = str(settings["interval"])
    if text in _CALENDAR:
        return _CALENDAR[text], 0
    if text.isdigit() and len(text) < 19:
        return None, int(text)
    return None, fixed_ms(text)


def _steady_offset_ms(zone: tzinfo) -> int | None:
    """Return the zone's distance from UTC, None if it changes with the season."""
    distance = zone.utcoffset(None)
    return None if distance is None else distance // timedelta(milliseconds=1)


def _fixed_grid(length: int, zone: tzinfo, offset: int, lowest: int, highest: int) -> Grid:
    steady = _steady_offset_ms(zone)
    if steady is None and 3_600_000 % length == 0:
        # Seasons move the clock by whole hours, so such buckets begin at the same instants all year.
        steady = _utc_offset_ms(lowest, zone)
    if steady is not None:
        return RegularGrid(length, (offset - steady) % length)
    edges: list[int] = []
    local = (lowest - offset + _utc_offset_ms(lowest - offset, zone)) // length * length
    while not edges or edges[-1] <= highest:
        edges.append(_to_utc(local, zone) + offset)
        local += length
        _check_edges(len(edges))
    return IrregularGrid(np.unique(np.array(edges, np.int64)))


def _check_edges(count: int) -> None:
    if count > MAX_EDGES:
        raise illegal_argument("the interval is too small for the range of time")


def _utc_offset_ms(at_ms: int, zone: tzinfo) -> int:
    distance = (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone).utcoffset()
    assert distance is not None
    return distance // timedelta(milliseconds=1)


def _to_utc(local_ms: int, zone: tzinfo) -> int:
    """Return the instant at which a clock in the zone shows `local_ms` for the first time."""
    naive = datetime(1970, 1, 1) + timedelta(milliseconds=local_ms)
    return (naive.replace(tzinfo=zone).astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


def _calendar_edges(unit: str, zone: tzinfo, lowest: int, highest: int) -> Ints:
    local = (_EPOCH + timedelta(milliseconds=lowest)).astimezone(zone)
    edges: list[int] = []
    if unit == "h":
        start = lowest + _utc_offset_ms(lowest, zone)
        at = lowest - start % 3_600_000
        while not edges or edges[-1] <= highest:
            edges.append(at)
            at += 3_600_000
            _check_edges(len(edges))
        return np.array(edges, np.int64)
    day = datetime(local.year, local.month, local.day)
    day = _unit_start(day, unit)
    while not edges or edges[-1] <= highest:
        edges.append((day.replace(tzinfo=zone).astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1))
        day = _next_unit(day, unit)
        _check_edges(len(edges))
    return np.array(edges, np.int64)


def _unit_start(day: datetime, unit: str) -> datetime:
    if unit == "w":
        return day - timedelta(days=day.weekday())
    if unit == "M":
        return day.replace(day=1)
    if unit == "q":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if unit == "y" else day


def _next_unit(day: datetime, unit: str) -> datetime:
    if unit in "dw":
        return day + timedelta(days=7 if unit == "w" else 1)
    months = day.year * 12 + day.month - 1 + {"M": 1, "q": 3, "y": 12}[unit]
    return day.replace(year=months // 12, month=months % 12 + 1)
