"""Date patterns as java.time.format.DateTimeFormatter has them, with English names.

Used by WITH (TIMESTAMP_FORMAT=…) and by the functions that parse and format dates. Text between single
quotes stands for itself, `''` is a quote. Parts in brackets may be left out when reading, and are left
out when writing what has no such field. Letters are in `java_time_letters.py`, and what fields mean
together in `java_time_fields.py`.
Source: the documentation of DateTimeFormatter; ksqldb-common
…/util/timestamp/StringToTimestampParser.java (what counts where a pattern leaves fields out).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from clickstream.core.java_time_fields import Fields, moment_of, resolve_date, resolve_time
from clickstream.core.java_time_letters import NANOS, Moment, NoSuchField, Part, literal, part
from clickstream.core.time_zones import parse_zone

__all__ = ["DatePattern", "date_pattern", "parse_zone"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class _Optional:
    """A part in brackets."""

    parts: "tuple[Part | _Optional, ...]"


Parts = Sequence[Part | _Optional]


class DatePattern:
    """A pattern, ready to read and write. Made by `date_pattern`."""

    def __init__(self, text: str, parts: Parts) -> None:
        self.text = text
        self._parts = parts
        self._readers: list[Part] = []
        self._regex = re.compile(self._regex_of(parts), re.IGNORECASE)

    def _regex_of(self, parts: Parts) -> str:
        regex = ""
        for piece in parts:
            if isinstance(piece, _Optional):
                regex += f"(?:{self._regex_of(piece.parts)})?"
            else:
                self._readers.append(piece)
                regex += f"({piece.regex})"
        return regex

    # ----------------------------------------------------------------------- reading

    def parse_ms(self, text: str, zone: tzinfo = UTC) -> int:
        """Return epoch milliseconds of `text`; `zone` counts where the pattern has none.

        Raises: ValueError.
        """
        fields = self._read(text)
        return (moment_of(fields, fields.zone or zone) - _EPOCH) // timedelta(milliseconds=1)

    def parse_days(self, text: str) -> int:
        """Return days since the epoch of `text`.

        Raises: ValueError, also for a pattern without year, month or day.
        """
        day = resolve_date(self._read(text))
        if day is None:
            raise ValueError(f"Text '{text}' could not be parsed: Unable to obtain LocalDate")
        return (day - _EPOCH_DAY).days

    def parse_day_ms(self, text: str) -> int:
        """Return milliseconds of the day of `text`.

        Raises: ValueError, also for a pattern with a date or without an hour.
        """
        fields = self._read(text)
        if fields.has_date():
            raise ValueError("Time format contains date field.")
        nanos = resolve_time(fields)
        if nanos is None:
            raise ValueError(f"Text '{text}' could not be parsed: Unable to obtain LocalTime")
        return nanos // 1_000_000 % 86_400_000

    def _read(self, text: str) -> Fields:
        found = self._regex.fullmatch(text)
        if found is None:
            raise ValueError(f"Text '{text}' could not be parsed with '{self.text}'")
        fields = Fields()
        for reader, piece in zip(self._readers, found.groups(), strict=True):
            if reader.read is not None and piece is not None:
                reader.read(fields, piece)
        return fields

    # ----------------------------------------------------------------------- writing

    def format_ms(self, ms: int, zone: tzinfo = UTC) -> str:
        """Return the text of epoch milliseconds, in `zone`."""
        local = (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)
        nanos = (local.hour * 3600 + local.minute * 60 + local.second) * NANOS + local.microsecond * 1000
        return self._write(Moment(local.date(), nanos, local))

    def format_days(self, days: int) -> str:
        """Return the text of a day. Raises: ValueError for a pattern with a time or a zone."""
        return self._write(Moment(_EPOCH_DAY + timedelta(days=days), None, None))

    def format_day_ms(self, ms: int) -> str:
        """Return the text of a time of day. Raises: ValueError for a pattern with a date or a zone."""
        return self._write(Moment(None, ms * 1_000_000, None))

    def _write(self, moment: Moment) -> str:
        return "".join(_written(piece, moment) for piece in self._parts)


def _written(piece: Part | _Optional, moment: Moment) -> str:
    if isinstance(piece, Part):
        return piece.write(moment)
    try:
        return "".join(_written(inner, moment) for inner in piece.parts)
    except NoSuchField:
        return ""


# --------------------------------------------------------------------------------- patterns

_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|\[|\]|[^A-Za-z'\[\]{}#]+")


@lru_cache(maxsize=1000)
def date_pattern(text: str) -> DatePattern:
    """Return the pattern that `text` writes.

    Raises: ValueError for a letter that is not supported, too many of one, or an open quote or bracket.
    """
    open_parts: list[list[Part | _Optional]] = [[]]
    padding = 0
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"Pattern includes a reserved character or an open quote: {text}")
        at = token.end()
        if token[0] == "[":
            open_parts.append([])
        elif token[0] == "]":
            if len(open_parts) == 1:
                raise ValueError(f"Pattern invalid as it contains ] without previous [: {text}")
            done = _Optional(tuple(open_parts.pop()))
            open_parts[-1].append(done)
        elif token[2] == "p":
            padding = len(token[0])
        elif token[2]:
            open_parts[-1].append(part(token[2], len(token[0]), padding))
            padding = 0
        else:
            open_parts[-1].append(
                literal(token[0] if token[1] is None else token[1].replace("''", "'") or "'")
            )
    while len(open_parts) > 1:
        done = _Optional(tuple(open_parts.pop()))
        open_parts[-1].append(done)
    return DatePattern(text, open_parts[0])
