"""Made-up clicks, users, codes and logs: the same ones in every run.

Clicks come at a steady rate of event time, a tenth of them up to 20 s late. Users take turns at being active,
so that sessions close. Two of forty users are unknown, and one code has no definition.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from clickstream.core.records import Record

ROOT = Path(__file__).resolve().parents[1]
STATEMENTS = ROOT / "ksql" / "statements.sql"
SAMPLE_LOG = ROOT.parent / "shared" / "data" / "access.log"

TOPICS = ("clickstream", "clickstream_codes", "clickstream_users")
START_MS = 1_700_000_000_000
USERS = 38
ACTIVE_MS = 100_000
LATE_MS = 20_000
CODES = {
    200: "Successful",
    302: "Redirect",
    404: "Page not found",
    405: "Method not allowed",
    406: "Not acceptable",
    407: "Proxy authentication required",
}
CITIES = ("Palo Alto", "London", "Frankfurt", "Raleigh", "San Francisco", "New York")
REQUESTS = (
    "GET /index.html HTTP/1.1",
    "GET /images/track.png HTTP/1.1",
    "GET /site/login.html HTTP/1.1",
    "GET /site/user_status.html HTTP/1.1",
    "GET /images/logo-small.png HTTP/1.1",
)
AGENT = "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/59.0.3071.115"


@dataclass(frozen=True)
class Clicks:
    """JSON lines and their times. Units: `times` — epoch milliseconds."""

    lines: list[bytes]
    times: list[int]

    def records(self, start: int, end: int) -> list[Record]:
        """Return a part as records."""
        spans = zip(self.lines[start:end], self.times[start:end], strict=True)
        return [Record(None, line, time_ms) for line, time_ms in spans]


def clicks(count: int, *, per_second: float = 1000.0, seed: int = 1, start_ms: int = START_MS) -> Clicks:
    """Return clicks as the generator of the demo writes them: status and bytes as text."""
    random = np.random.default_rng(seed)
    on_time = start_ms + (np.arange(count) * 1000 / per_second).astype(np.int64)
    block = (on_time - start_ms) // ACTIVE_MS
    user = 1 + (block * 7 + random.integers(0, 18, count)) % (USERS + 2)
    late = random.random(count) < 0.10
    times = on_time - np.where(late, random.integers(0, LATE_MS, count), 0)
    status = random.choice([*CODES, 500], count, p=[0.5, 0.13, 0.1, 0.1, 0.08, 0.08, 0.01])
    columns = (
        times,
        user,
        (user * 7 + block + random.integers(0, 2, count)) % 20,
        random.integers(0, len(REQUESTS), count),
        status,
        random.choice([278, 1289, 2048, 4006, 4096, 14096], count),
    )
    lines = [_line(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    return Clicks(lines, times.tolist())


def wide_clicks(count: int, *, start_ms: int = START_MS) -> Clicks:
    """Return clicks of as many users: thirteen rows of state each."""
    times = [start_ms + n // 100 for n in range(count)]
    lines = [_line(time_ms, 1000 + n, n % 20, 0, 200, 278) for n, time_ms in enumerate(times)]
    return Clicks(lines, times)


def _line(time_ms: int, user: int, ip: int, request: int, status: int, size: int) -> bytes:
    return (
        f'{{"_time":{time_ms},"time":"{time_ms // 1000}","ip":"111.152.45.{ip}",'
        f'"request":"{REQUESTS[request]}","status":"{status}","userid":{user},"bytes":"{size}","agent":"{AGENT}"}}'
    ).encode()


def tables() -> list[tuple[str, list[Record]]]:
    """Return the records of users and codes."""
    users = [
        Record((n).to_bytes(4, "big"), json.dumps(_user(n)).encode(), START_MS) for n in range(1, USERS + 1)
    ]
    codes = [
        Record(code.to_bytes(4, "big"), json.dumps({"code": code, "definition": text}).encode(), START_MS)
        for code, text in CODES.items()
    ]
    return [("clickstream_users", users), ("clickstream_codes", codes)]


def _user(number: int) -> dict[str, object]:
    city = CITIES[number % len(CITIES)]
    return {"user_id": number, "username": f"user_{number:02}", "city": city, "level": "Gold"}


def log_lines(repeats: int) -> Iterator[str]:
    """Yield the sample log again and again, each time four days later."""
    lines = SAMPLE_LOG.read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
    cut = [(line, line.index("[") + 1) for line in lines if "[" in line]
    for number in range(repeats):
        shift = timedelta(days=4 * number)
        dates: dict[str, str] = {}
        for line, at in cut:
            date = line[at : at + 11]
            if date not in dates:
                day = datetime.strptime(date, "%d/%b/%Y").replace(tzinfo=UTC) + shift
                dates[date] = day.strftime("%d/%b/%Y")
            yield f"{line[:at]}{dates[date]}{line[at + 11 :]}"


def write_log(path: Path, repeats: int) -> int:
    """Write the repeated log; return how many lines it has."""
    count = 0
    with path.open("w", encoding="utf-8", errors="surrogateescape") as out:
        for line in log_lines(repeats):
            out.write(line)
            count += 1
    return count
