r"""Lines of web servers' access logs: the combined and the common format.

One function parses a line, strictly first, then allowing quotes that a server forgot to escape. Nothing here
reads files (`log_reader.py`) or makes records (`log_file.py`).

Source: Apache's documentation of mod_log_config: quotes and backslashes inside quoted fields are escaped
with a backslash, other bytes as `\xhh`; nginx's `combined` has the same fields.
"""

import re
from typing import Literal, NamedTuple

__all__ = ["BadLine", "LineParser", "LogFormat", "LogLine"]

LogFormat = Literal["auto", "combined", "common"]

_START = (
    # a virtual host in front is passed over
    r"(?:\S+:\d{1,5} (?=\S+ \S+ \S+ \[))?"
    r"(\S+) \S+ (\S+|[^\[\"]+?) \[([^\]]+)\] "
)
_QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_RESULT = r" (\d{3}|-) (\d+|-)"
_PATTERNS: dict[LogFormat, str] = {
    "combined": f"{_START}{_QUOTED}{_RESULT} {_QUOTED} {_QUOTED}(?: .*)?",
    "common": f"{_START}{_QUOTED}{_RESULT}(?: .*)?",
    "auto": f"{_START}{_QUOTED}{_RESULT}(?: {_QUOTED} {_QUOTED}(?: .*)?)?",
}
_LENIENT = f'{_START}"(.*)"{_RESULT}(?: "(.*)" "(.*)")?'

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = re.compile(r"(\d{2})/([A-Z][a-z]{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?: ([+-])(\d{2})(\d{2}))?")
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"v": b"\v", b"f": b"\f"}

_REMEMBERED_TIMES = 50_000
"""Lines of one second share their time's text; a day has 86 400."""


class LogLine(NamedTuple):
    """One request. Absent fields are `-`, as in the log.

    Units:  `time_ms` — epoch milliseconds; `time` is the text in the log.
    """

    ip: str
    user: str
    time: str
    time_ms: int
    request: str
    status: str
    bytes: str
    referrer: str
    agent: str


class BadLine(Exception):
    """A line that is not of the format; the text says what is wrong."""


class LineParser:
    """Parses lines of one format and remembers the times it has seen."""

    def __init__(self, format_: LogFormat = "auto") -> None:
        self._format = format_
        self._match = re.compile(_PATTERNS[format_]).fullmatch
        self._match_lenient = re.compile(_LENIENT).fullmatch
        self._times: dict[str, int] = {}

    def parse(self, line: str) -> LogLine:
        """Return the request.

        Raises: BadLine.
        """
        found = self._match(line) or self._match_lenient(line)
        if found is None:
            raise BadLine(_diagnosis(line))
        fields = found.groups("-")
        ip, user, time, request, status, size = fields[:6]
        referrer, agent = (fields[6], fields[7]) if len(fields) == 8 else ("-", "-")
        if self._format == "combined" and found.lastindex is not None and found.lastindex < 8:
            raise BadLine("no referrer and user agent: not the combined format")
        time_ms = self._times.get(time)
        if time_ms is None:
            time_ms = self._remember(time)
        if "\\" in line:
            request, referrer, agent = map(_unescaped, (request, referrer, agent))
        return LogLine(ip, user, time, time_ms, request or "-", status, size, referrer or "-", agent or "-")

    def _remember(self, time: str) -> int:
        time_ms = _epoch_ms(time)
        if len(self._times) >= _REMEMBERED_TIMES:
            self._times.clear()
        self._times[time] = time_ms
        return time_ms


def _diagnosis(line: str) -> str:
    if "\0" in line:
        return "zero bytes in the line"
    if "[" not in line:
        return "no time in brackets"
    quotes = line.count('"') - line.count('\\"')
    if quotes < 2:
        return "no request in quotes"
    if quotes % 2:
        return "a quote is not closed: a truncated line"
    return "not a line of the common or combined format"


def _epoch_ms(text: str) -> int:
    """Return the time of a bracketed field; without a zone it is UTC.

    Raises: BadLine.
    """
    found = _TIME.fullmatch(text)
    if found is None or found[2] not in _MONTHS:
        raise BadLine(f"not a time: {text}")
    year, month, day = int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1])
    hour, minute, second = int(found[4]), int(found[5]), int(found[6])
    if not 1 <= day <= _days_in(year, month) or hour > 23 or minute > 59 or second > 60 or year == 0:
        raise BadLine(f"not a time: {text}")
    zone_minutes = int(found[8] or 0) * 60 + int(found[9] or 0)
    offset_s = zone_minutes * (-60 if found[7] == "-" else 60)
    days = _days_before(year, month) + day - 1
    return ((days * 24 + hour) * 3600 + minute * 60 + second - offset_s) * 1000


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 28 + leap if month == 2 else 30 + (month in (1, 3, 5, 7, 8, 10, 12))


def _days_before(year: int, month: int) -> int:
    """Return the days from 1970 to the first of a month."""
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 - 719_162
    return days + sum(_days_in(year, earlier) for earlier in range(1, month))


def _unescaped(field: str) -> str:
    if "\\" not in field:
        return field
    raw = _ESCAPE.sub(_unescape, field.encode("utf-8", "surrogatepass"))
    return raw.decode("utf-8", "backslashreplace")


def _unescape(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return bytes.fromhex(found[1].decode())
    return _CONTROLS.get(found[2], found[2])
