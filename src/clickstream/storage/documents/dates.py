"""Dates as text: parsing, writing and date math, by the named formats and patterns of Elasticsearch.

A `DateFormat` is made from one or several alternatives (`strict_date_optional_time||epoch_millis`). Text
parses by the first that fits; numbers are written by the first alternative.

Units:  every instant is epoch milliseconds, UTC.
Source: Elasticsearch reference, "format" and "Common options: date math"; compared with 7.10.2.
"""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from clickstream.storage.documents.errors import DocumentError, illegal_argument

__all__ = ["DEFAULT_FORMAT", "LAST_MS", "DateFormat", "date_format", "parse_zone"]

DEFAULT_FORMAT = "strict_date_optional_time||epoch_millis"

LAST_MS = 2**62
"""The farthest instant that is kept, so that sums with offsets stay within 64 bits."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_CYCLE_MS = 146_097 * 86_400_000

Parser = Callable[[str, tzinfo, bool], int]
Writer = Callable[[datetime], str]


class _NotThisFormat(ValueError):
    """The text is not of this alternative."""


class DateFormat:
    """One or several alternatives of writing an instant."""

    def __init__(self, text: str) -> None:
        self.text = text
        alternatives = [_alternative(name.strip()) for name in text.split("||")]
        self._parsers = [parser for parser, _ in alternatives]
        self._writer = alternatives[0][1]

    def parse(self, text: str, zone: tzinfo = UTC, *, round_up: bool = False) -> int:
        """Return the instant that `text` names; parts that are missing are the first, or last if `round_up`.

        Raises: DocumentError (illegal_argument_exception).
        """
        for parser in self._parsers:
            try:
                return parser(text, zone, round_up)
            except (ValueError, OverflowError):
                continue
        raise DocumentError(
            "illegal_argument_exception",
            f"failed to parse date field [{text}] with format [{self.text}]",
            cause=DocumentError("date_time_parse_exception", "Failed to parse with all enclosed parsers"),
        )

    def parse_math(self, text: str, now_ms: int, zone: tzinfo = UTC, *, round_up: bool = False) -> int:
        """Return the instant of a date math expression such as `now-15m/m` or `2020-01-01||+1d`.

        Raises: DocumentError (parse_exception).
        """
        if text.startswith("now"):
            start, rest = now_ms, text[3:]
        else:
            anchor, separator, rest = text.partition("||")
            try:
                start = self.parse(anchor, zone, round_up=round_up and not separator)
            except DocumentError as error:
                raise DocumentError(
                    "parse_exception", f"{error.message}: [{error.message}]", cause=error
                ) from error
        if not rest:
            return start
        try:
            return _apply_math(start, rest, zone, round_up=round_up)
        except (OverflowError, ValueError):
            raise DocumentError("parse_exception", f"date math [{text}] leaves the calendar") from None

    def write(self, at_ms: int, zone: tzinfo = UTC) -> str:
        """Return `at_ms` as the first alternative writes it."""
        try:
            moment = (_EPOCH + at_ms * _MS).astimezone(zone)
        except (OverflowError, ValueError):
            return self._write_far(at_ms)
        return self._writer(moment)

    def _write_far(self, at_ms: int) -> str:
        """Return an instant beyond the years 1 to 9999: sums of dates are such."""
        if self._writer is not _write_iso:
            return str(at_ms)
        # The calendar repeats after 400 years.
        cycles = at_ms // _CYCLE_MS
        near = _EPOCH + (at_ms - cycles * _CYCLE_MS) * _MS
        year = near.year + 400 * cycles
        return f"{year:+05d}" + _write_iso(near)[4:]


@lru_cache(maxsize=256)
def date_format(text: str) -> DateFormat:
    """Return the format `text` names. Raises: DocumentError if it names none."""
    return DateFormat(text)


@lru_cache(maxsize=256)
def parse_zone(text: str) -> tzinfo:
    """Return the zone of a name (`Europe/Berlin`) or an offset (`+02:00`). Raises: DocumentError."""
    if text in ("Z", "UTC", "utc"):
        return UTC
    offset = _OFFSET.fullmatch(text)
    if offset is not None:
        return _offset_zone(text)
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise DocumentError("zone_rules_exception", f"Unknown time-zone ID: {text}") from None


# ---------------------------------------------------------------------------------- ISO dates and epochs

_OFFSET = re.compile(r"[+-]\d{2}(?::?\d{2})?")
_ISO = re.compile(
    r"(?P<Y>[+-]?\d{4,9})(?:-(?P<M>\d{2})(?:-(?P<D>\d{2})"
    r"(?:T(?:(?P<h>\d{2})(?::(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
    r"(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?)?",
    re.ASCII,
)
_NUMBER = re.compile(r"(-?\d+)(?:\.(\d+))?", re.ASCII)


def _offset_zone(text: str) -> tzinfo:
    moment = datetime.strptime(text.replace(":", "").ljust(5, "0"), "%z")
    zone = moment.tzinfo
    assert zone is not None
    return zone


def _instant(moment: datetime) -> int:
    return (moment - _EPOCH) // _MS


def _parse_iso(text: str, zone: tzinfo, round_up: bool) -> int:
    found = _ISO.fullmatch(text)
    if found is None:
        raise _NotThisFormat(text)
    year = int(found["Y"])
    month = int(found["M"] or (12 if round_up else 1))
    last = calendar.monthrange(year, month)[1] if round_up and 1 <= month <= 12 and 0 < year < 10000 else 1
    day = int(found["D"] or last)
    clock = [
        int(found[part] or (most if round_up else 0)) for part, most in (("h", 23), ("m", 59), ("s", 59))
    ]
    fraction = found["f"]
    ms = int(fraction.ljust(3, "0")[:3]) if fraction else (999 if round_up else 0)
    named = found["z"]
    where = zone if named is None else UTC if named == "Z" else _offset_zone(named)
    hour, minute, second = clock
    return _instant(datetime(year, month, day, hour, minute, second, ms * 1000, where))


def _parse_epoch(scale: int) -> Parser:
    def parse(text: str, zone: tzinfo, round_up: bool) -> int:
        found = _NUMBER.fullmatch(text)
        if found is None:
            raise _NotThisFormat(text)
        whole = int(found[1][:20]) * scale
        if abs(whole) > LAST_MS:
            raise _NotThisFormat(text)
        part = int(int(found[2].ljust(9, "0")[:9]) * scale // 10**9) if found[2] else 0
        return whole - part if text.startswith("-") else whole + part

    return parse


def _write_offset(moment: datetime) -> str:
    text = moment.strftime("%z")
    return "Z" if text == "+0000" else f"{text[:3]}:{text[3:5]}"


def _write_iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{_write_offset(moment)}"


def _write_epoch(scale: int) -> Writer:
    def write(moment: datetime) -> str:
        whole, rest = divmod(_instant(moment), scale)
        return str(whole) if scale == 1 or not rest else f"{whole}.{rest:03d}".rstrip("0")

    return write


# ------------------------------------------------------------------------------------------ pattern letters

_LETTERS: dict[str, tuple[str, str]] = {
    # letters: (what they match, strftime directive; "" where strftime has none)
    "yyyy": (r"(?P<Y>\d{4})", "%Y"),
    "uuuu": (r"(?P<Y>\d{4})", "%Y"),
    "YYYY": (r"(?P<Y>\d{4})", "%G"),
    "yy": (r"(?P<y>\d{2})", "%y"),
    "MMM": (r"(?P<b>[A-Za-z]{3})", "%b"),
    "MM": (r"(?P<M>\d{2})", "%m"),
    "M": (r"(?P<M>\d{1,2})", ""),
    "dd": (r"(?P<D>\d{2})", "%d"),
    "d": (r"(?P<D>\d{1,2})", ""),
    "EEE": (r"[A-Za-z]{3}", "%a"),
    "HH": (r"(?P<h>\d{2})", "%H"),
    "H": (r"(?P<h>\d{1,2})", ""),
    "mm": (r"(?P<m>\d{2})", "%M"),
    "ss": (r"(?P<s>\d{2})", "%S"),
    "SSS": (r"(?P<f>\d{3})", ""),
    "SSSSSS": (r"(?P<f>\d{6})", "%f"),
    "SSSSSSSSS": (r"(?P<f>\d{9})", ""),
    "Z": (r"(?P<z>[+-]\d{4})", "%z"),
    "XXX": (r"(?P<z>Z|[+-]\d{2}:\d{2})", ""),
    "XX": (r"(?P<z>Z|[+-]\d{4})", ""),
    "X": (r"(?P<z>Z|[+-]\d{2})", ""),
}
_WRITTEN: dict[str, Writer] = {
    "M": lambda moment: str(moment.month),
    "d": lambda moment: str(moment.day),
    "H": lambda moment: str(moment.hour),
    "SSS": lambda moment: f"{moment.microsecond // 1000:03d}",
    "SSSSSSSSS": lambda moment: f"{moment.microsecond:06d}000",
    "XXX": _write_offset,
    "XX": lambda moment: _write_offset(moment).replace(":", ""),
    "X": lambda moment: _write_offset(moment)[:3],
}
_TOKEN = re.compile(r"'(?P<quoted>[^']*)'|(?P<letters>([A-Za-z])\3*)|(?P<other>[^A-Za-z'])")
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}


def _pattern(pattern: str) -> tuple[Parser, Writer]:
    """Return parser and writer of a pattern such as `yyyy-MM-dd HH:mm:ss`. Raises: DocumentError."""
    expression, writers = "", []
    for token in _TOKEN.finditer(pattern):
        letters = token["letters"]
        if letters is None:
            literal = token["other"] if token["other"] is not None else token["quoted"] or "'"
            expression += re.escape(literal)
            writers.append(_literal(literal))
        elif letters in _LETTERS:
            matched, directive = _LETTERS[letters]
            expression += matched
            writers.append(_WRITTEN.get(letters) or _directive(directive))
        else:
            raise illegal_argument(f"Invalid format: [{pattern}]: Unknown pattern letter: {letters[0]}")
    return _pattern_parser(expression), lambda moment: "".join(write(moment) for write in writers)


def _literal(text: str) -> Writer:
    return lambda moment: text


def _directive(directive: str) -> Writer:
    return lambda moment: moment.strftime(directive)


def _pattern_parser(expression: str) -> Parser:
    compiled = re.compile(expression, re.ASCII)

    def parse(text: str, zone: tzinfo, round_up: bool) -> int:
        found = compiled.fullmatch(text)
        if found is None:
            raise _NotThisFormat(text)
        parts = found.groupdict()
        year = int(parts.get("Y") or (2000 + int(parts["y"]) if parts.get("y") else 1970))
        named = parts.get("b")
        month = _MONTHS[named.title()] if named else int(parts.get("M") or (12 if round_up else 1))
        day = int(parts.get("D") or (calendar.monthrange(year, month)[1] if round_up else 1))
        clock = [
            int(parts.get(p) or (most if round_up else 0)) for p, most in (("h", 23), ("m", 59), ("s", 59))
        ]
        ms = int((parts.get("f") or ("999" if round_up else "0")).ljust(3, "0")[:3])
        where = zone if not parts.get("z") else UTC if parts["z"] == "Z" else _offset_zone(parts["z"])
        hour, minute, second = clock
        return _instant(datetime(year, month, day, hour, minute, second, ms * 1000, where))

    return parse


_NAMED = {
    "date": "yyyy-MM-dd",
    "year": "yyyy",
    "year_month": "yyyy-MM",
    "year_month_day": "yyyy-MM-dd",
    "hour_minute_second": "HH:mm:ss",
    "date_hour_minute_second": "yyyy-MM-dd'T'HH:mm:ss",
    "date_hour_minute_second_millis": "yyyy-MM-dd'T'HH:mm:ss.SSS",
    "date_hour_minute": "yyyy-MM-dd'T'HH:mm",
    "date_hour": "yyyy-MM-dd'T'HH",
    "date_time": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "date_time_no_millis": "yyyy-MM-dd'T'HH:mm:ssXXX",
    "basic_date": "yyyyMMdd",
}


@lru_cache(maxsize=256)
def _alternative(name: str) -> tuple[Parser, Writer]:
    plain = name.removeprefix("strict_")
    if (
        plain in ("date_optional_time", "date_optional_time_nanos", "date_time_optional_nanos")
        or name == "iso8601"
    ):
        return _parse_iso, _write_iso
    if name == "epoch_millis":
        return _parse_epoch(1), _write_epoch(1)
    if name == "epoch_second":
        return _parse_epoch(1000), _write_epoch(1000)
    if not name:
        raise illegal_argument("No date pattern provided")
    return _pattern(_NAMED.get(plain, name))


# ---------------------------------------------------------------------------------------------- date math

_STEP = re.compile(r"(?P<sign>[+-])(?P<count>\d*)(?P<unit>[yMwdhHms])|/(?P<round>[yMwdhHms])")
_FIXED_MS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "H": 3_600_000, "m": 60_000, "s": 1000}


def _apply_math(start_ms: int, steps: str, zone: tzinfo, *, round_up: bool) -> int:
    moment = (_EPOCH + start_ms * _MS).astimezone(zone)
    at = 0
    while at < len(steps):
        step = _STEP.match(steps, at)
        if step is None:
            raise DocumentError("parse_exception", f"operator not supported for date math [{steps[at:]}]")
        at = step.end()
        if step["round"]:
            moment = _floor(moment, step["round"])
            if round_up:
                moment = _add(moment, 1, step["round"]) - _MS
        else:
            count = int(step["count"] or 1)
            moment = _add(moment, count if step["sign"] == "+" else -count, step["unit"])
    return _instant(moment)


def _floor(moment: datetime, unit: str) -> datetime:
    if unit in "hH":
        return moment.replace(minute=0, second=0, microsecond=0)
    if unit == "m":
        return moment.replace(second=0, microsecond=0)
    if unit == "s":
        return moment.replace(microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "w":
        return day - timedelta(days=day.weekday())
    if unit == "M":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "y" else day


def _add(moment: datetime, count: int, unit: str) -> datetime:
    if unit in ("M", "y"):
        months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day)
    if unit in "wd":
        return moment + timedelta(milliseconds=count * _FIXED_MS[unit])
    # Hours and less are lengths, not wall-clock readings: add them in UTC.
    return (moment.astimezone(UTC) + timedelta(milliseconds=count * _FIXED_MS[unit])).astimezone(
        moment.tzinfo
    )
