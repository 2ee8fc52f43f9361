"""Times written as text where a query compares ROWTIME or a window's bounds.

Source: ksqldb-common …/util/timestamp/PartialStringToTimestampParser.java — parts may be left out from
the right, and a zone may follow.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.expressions import rewrite
from clickstream.sql.types import BIGINT

__all__ = ["parse_partial_timestamp", "timestamp_comparisons"]

_TIME_COLUMNS = frozenset({"ROWTIME", "WINDOWSTART", "WINDOWEND"})
_DATE_TIME = re.compile(
    r"(-?\d{1,6})(?:-(\d{1,2})(?:-(\d{1,2}))?)?"
    r"(?:[T ](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?)?)?\s*(.*)"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})?")
_FORMATS = "yyyy-MM-dd'T'HH:mm:ss[.S][z/V/VV/VVVV]"


def parse_partial_timestamp(text: str) -> int:
    """Return the epoch milliseconds that `text` names; a missing part is its smallest value.

    Raises: SqlError if it names none.
    """
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        raise _unreadable(text)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    midnight = hour == "24" and not int(minute or 0) and not int(second or 0)  # The day's end.
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            0 if midnight else int(hour or 0),
            int(minute or 0),
            int(second or 0),
        )
        zoned = (moment + timedelta(days=midnight)).replace(tzinfo=_zone(zone))
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        raise _unreadable(text) from None
    millis = int((fraction or "0").ljust(3, "0")[:3])
    return round((zoned - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)) + millis


def _zone(text: str) -> timezone | ZoneInfo:
    if not text or text == "Z":
        return UTC
    match = _OFFSET.fullmatch(text)
    if match is None:
        return ZoneInfo(text)
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(offset if match[1] == "+" else -offset)


def _unreadable(text: str) -> SqlError:
    return SqlError(
        f"Failed to parse timestamp '{text}': required format is: '{_FORMATS}', "
        "with all parts after the year optional"
    )


def timestamp_comparisons(expression: n.Expression) -> n.Expression:
    """Return `expression` with text beside ROWTIME, WINDOWSTART or WINDOWEND turned into a BIGINT."""
    return rewrite(expression, _replace)


def _replace(node: n.Expression) -> n.Expression | None:
    match node:
        case n.Comparison(op=op, left=left, right=right):
            if _is_time(left) and _is_text(right):
                return n.Comparison(op, left, _millis(right), at=node.at)
            if _is_time(right) and _is_text(left):
                return n.Comparison(op, _millis(left), right, at=node.at)
        case n.Between(value=value, low=low, high=high) if _is_time(value):
            return n.Between(
                value,
                _millis(low) if _is_text(low) else low,
                _millis(high) if _is_text(high) else high,
                at=node.at,
            )
    return None


def _is_time(node: n.Expression) -> bool:
    return isinstance(node, n.ColumnRef) and node.name in _TIME_COLUMNS


def _is_text(node: n.Expression) -> bool:
    return isinstance(node, n.Literal) and isinstance(node.value, str)


def _millis(node: n.Expression) -> n.Expression:
    text = node.value if isinstance(node, n.Literal) else ""
    return n.Literal(parse_partial_timestamp(str(text)), BIGINT, at=node.at)
