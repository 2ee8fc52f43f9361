"""The nine tables by DuckDB in one go over the whole input, to compare speed and results with.

Hopping windows are made of slices as wide as their advance. Sessions come from bins as wide as the gap: two
clicks of one bin are always in one session.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.inputs import CODES, USERS, _user

GAP_MS = 30_000


@dataclass(frozen=True)
class Windowed:
    """A windowed table: of which relation, by what, in which windows. `least` is HAVING's bound."""

    table: str
    relation: str
    keys: tuple[str, ...]
    size_ms: int
    advance_ms: int
    value: str = "count(*)"
    where: str = "true"
    least: int | None = None


WINDOWED = (
    Windowed("EVENTS_PER_MIN", "clicks", ("userid",), 60_000, 60_000),
    Windowed("PAGES_PER_MIN", "clicks", ("userid",), 60_000, 5_000, where="request LIKE '%html%'"),
    Windowed("ERRORS_PER_MIN_ALERT", "clicks", ("status",), 60_000, 20_000, where="status > 400", least=6),
    Windowed("ERRORS_PER_MIN", "clicks", ("status",), 60_000, 5_000, where="status > 400"),
    Windowed("ENRICHED_ERROR_CODES_COUNT", "coded", ("code", "definition"), 30_000, 30_000, least=2),
    Windowed("USER_IP_ACTIVITY", "named", ("username", "ip", "city"), 60_000, 60_000, least=2),
    Windowed("BANDWIDTH_PER_MIN", "named", ("username",), 60_000, 60_000, value="sum(bytes)"),
)
SESSIONS = {"CLICK_USER_SESSIONS": "count(*)", "USER_SESSION_BANDWIDTH": "sum(bytes)"}

READ = """CREATE TEMP TABLE clicks AS SELECT _time AS ms, ip, request, status::INT AS status, userid,
    bytes::BIGINT AS bytes FROM read_json('{path}', format = 'newline_delimited',
    columns = {{_time: 'BIGINT', ip: 'VARCHAR', request: 'VARCHAR', status: 'VARCHAR', userid: 'INT',
                bytes: 'VARCHAR'}})"""

Rows = set[tuple[object, ...]]


@dataclass(frozen=True)
class Batch:
    """What DuckDB made, and how long reading and computing took. Rows: key, start, end, value."""

    tables: dict[str, Rows]
    read_s: float
    compute_s: float


def run(path: Path) -> Batch:
    """Compute the nine tables from a file of JSON lines."""
    database = duckdb.connect(config={"threads": 2})
    _make_tables(database)
    began = time.perf_counter()
    database.execute(READ.format(path=path))
    read = time.perf_counter()
    _compute(database)
    done = time.perf_counter()
    names = [one.table for one in WINDOWED] + list(SESSIONS)
    rows = {name: set(database.execute(f"FROM {name}").fetchall()) for name in names}
    return Batch(rows, read - began, done - read)


def _make_tables(database: duckdb.DuckDBPyConnection) -> None:
    database.execute("CREATE TABLE users (user_id INT, username VARCHAR, city VARCHAR)")
    users = [_user(n) for n in range(1, USERS + 1)]
    database.executemany(
        "INSERT INTO users VALUES (?, ?, ?)", [(u["user_id"], u["username"], u["city"]) for u in users]
    )
    database.execute("CREATE TABLE codes (code INT, definition VARCHAR)")
    database.executemany("INSERT INTO codes VALUES (?, ?)", list(CODES.items()))


def _compute(database: duckdb.DuckDBPyConnection) -> None:
    database.execute(
        "CREATE TEMP TABLE named AS SELECT ms, username, ip, city, bytes"
        " FROM clicks LEFT JOIN users ON userid = user_id"
    )
    database.execute(
        "CREATE TEMP TABLE coded AS SELECT ms, code, definition FROM clicks LEFT JOIN codes ON status = code"
    )
    for one in WINDOWED:
        database.execute(f"CREATE TEMP TABLE {one.table} AS {_windowed(one)}")
    for table, value in SESSIONS.items():
        database.execute(f"CREATE TEMP TABLE {table} AS {_sessions(value)}")


def _windowed(one: Windowed) -> str:
    keys, slices = ", ".join(one.keys), one.size_ms // one.advance_ms
    known = " AND ".join(f"{key} IS NOT NULL" for key in one.keys)
    having = "" if one.least is None else f"HAVING v >= {one.least}"
    return f"""WITH slices AS (SELECT {keys}, ms // {one.advance_ms} AS slice, {one.value} AS part
            FROM {one.relation} WHERE {one.where} AND {known} GROUP BY ALL)
        SELECT {keys}, (slice - i) * {one.advance_ms} AS s,
            (slice - i) * {one.advance_ms} + {one.size_ms} AS e, sum(part)::BIGINT AS v
        FROM slices, range({slices}) AS t(i) GROUP BY ALL {having}"""


def _sessions(value: str) -> str:
    return f"""WITH bins AS (SELECT username, min(ms) AS first, max(ms) AS last, {value} AS part FROM named
            WHERE username IS NOT NULL GROUP BY username, ms // {GAP_MS}),
        marked AS (SELECT *, first - lag(last) OVER (PARTITION BY username ORDER BY first) > {GAP_MS} AS apart
            FROM bins),
        numbered AS (SELECT *, sum(CASE WHEN apart THEN 1 ELSE 0 END)
            OVER (PARTITION BY username ORDER BY first) AS number FROM marked)
        SELECT username, min(first), max(last), sum(part)::BIGINT FROM numbered GROUP BY username, number"""
