"""A real access log in an empty pipeline, against the same figures computed by DuckDB from the raw file."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.conftest import CommandLine, eventually

pytestmark = pytest.mark.slow

LINE = (
    r'^(\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)'
    r' "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"'
)
TIME = "%d/%b/%Y:%H:%M:%S %z"
GAP_MS = 30_000


@pytest.fixture(scope="module")
def log(shared: Path) -> Path:
    """The raw file."""
    return shared / "data/access.log"


@pytest.fixture(scope="module")
def database(log: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The raw file's lines, cut by DuckDB alone; nothing of the project takes part."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            """
            CREATE TABLE lines AS
            WITH raw AS (
                SELECT line, row_number() OVER () AS number
                FROM read_csv(?, columns = {'line': 'VARCHAR'}, header = false,
                              delim = '\x01', quote = '', escape = '')
            ), cut AS (
                SELECT number, regexp_extract(
                    line, ?, ['ip', 'user', 'time', 'request', 'status', 'bytes', 'ref', 'agent']
                ) AS p
                FROM raw
            )
            SELECT number, p.ip <> '' AS good,
                   coalesce(try_cast(p.bytes AS BIGINT), 0) AS bytes,
                   CASE WHEN p.user = '-' THEN p.ip || ' ' || p.agent ELSE p.user END AS visitor,
                   epoch_ms(try_strptime(p.time, ?)) AS ms
            FROM cut
            """,
            [str(log), LINE, TIME],
        )
        connection.execute("CREATE TABLE hits AS FROM lines WHERE good")
        yield connection


@pytest.fixture(scope="module")
def stack(shared_cli: CommandLine, log: Path, database: duckdb.DuckDBPyConnection) -> CommandLine:
    """A pipeline that has read the log, and nothing else."""
    shared_cli.ok("up", "--no-load")
    done = shared_cli.ok("ingest", str(log), "-o", "json")
    (row,) = done.json
    bad = [number for (number,) in database.execute("SELECT number FROM lines WHERE NOT good").fetchall()]
    assert (row["lines"], row["records"], row["bad lines"]) == (10_000, 10_000 - len(bad), len(bad))
    assert [number for number in bad if f"{log}:{number}: " not in done.err] == []
    assert row["visitors"] == database.execute("SELECT count(DISTINCT visitor) FROM hits").fetchall()[0][0]
    assert "dashboard: http" in done.err
    eventually(lambda: shared_cli.hits() == row["records"], 60, "every line is counted")
    return shared_cli


def figures(database: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of DuckDB, sorted."""
    return sorted(database.execute(sql).fetchall())


def test_the_raw_file_is_cut_whole(database: duckdb.DuckDBPyConnection) -> None:
    assert figures(database, "SELECT count(*), count(*) FILTER (NOT good) FROM lines") == [(10_000, 1)]
    assert figures(database, "SELECT count(*), count(ms) FROM hits") == [(9_999, 9_999)]


def test_hits_per_minute(stack: CommandLine, database: duckdb.DuckDBPyConnection) -> None:
    ours: dict[int, int] = {}
    for row in stack.documents("events_per_min"):
        ours[row["EVENT_TS"]] = ours.get(row["EVENT_TS"], 0) + row["EVENTS"]
    theirs = figures(database, "SELECT ms - ms % 60000 AS minute, count(*) FROM hits GROUP BY minute")
    assert sorted(ours.items()) == theirs


def test_bytes_per_visitor_and_minute(stack: CommandLine, database: duckdb.DuckDBPyConnection) -> None:
    names = user_names(stack, database)
    rows = stack.documents("bandwidth_per_min")
    ours = sorted((names[row["USERNAME"]], row["EVENT_TS"], row["TOTAL_BYTES"]) for row in rows)
    theirs = figures(
        database,
        "SELECT visitor, ms - ms % 60000 AS minute, sum(bytes)::BIGINT FROM hits GROUP BY visitor, minute",
    )
    assert ours == theirs


def test_sessions(stack: CommandLine, database: duckdb.DuckDBPyConnection) -> None:
    names = user_names(stack, database)
    theirs = figures(
        database,
        f"""
        WITH marked AS (
            SELECT *, CASE WHEN ms - lag(ms) OVER one <= {GAP_MS} THEN 0 ELSE 1 END AS begins
            FROM hits WINDOW one AS (PARTITION BY visitor ORDER BY ms)
        ), numbered AS (
            SELECT *, sum(begins) OVER (
                PARTITION BY visitor ORDER BY ms ROWS UNBOUNDED PRECEDING
            ) AS session
            FROM marked
        )
        SELECT visitor, min(ms), max(ms), count(*), sum(bytes)::BIGINT FROM numbered GROUP BY visitor, session
        """,
    )
    by_start = [
        (names[row["USERNAME"]], row["EVENT_TS"], row["TOTAL_BYTES"])
        for row in stack.documents("user_session_bandwidth")
    ]
    assert sorted(by_start) == sorted((visitor, start, total) for visitor, start, _, _, total in theirs)
    by_end = {
        (names[row["USERNAME"]], row["EVENT_TS"], row["EVENTS"])
        for row in stack.documents("click_user_sessions")
    }
    # A session that grew over several batches leaves a document at each end that it had.
    assert {(visitor, end, count) for visitor, _, end, count, _ in theirs} <= by_end


def user_names(stack: CommandLine, database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return DuckDB's visitor by our user name: by the first line of each, in order of appearance.

    Visitors are numbered in the order of their first line, which the raw file tells independently.
    """
    order = [
        row[0]
        for row in database.execute(
            "SELECT visitor FROM hits GROUP BY visitor ORDER BY min(number)"
        ).fetchall()
    ]
    printed = stack.ok("print", "clickstream_users", "--from-beginning", "--limit", str(len(order))).out
    names = [
        line.split('"username":"')[1].split('"')[0] for line in printed.splitlines() if '"username"' in line
    ]
    assert len(names) == len(order) == len(set(names))
    return dict(zip(names, order, strict=True))


def test_every_table_reaches_its_panels(stack: CommandLine) -> None:
    eventually(lambda: stack("verify", "--any-time").code == 0, 30, "every table reaches its panels")
    old = stack("verify")
    assert old.code == 1
    assert "--any-time" in old.out


def test_documents_are_one_a_row(stack: CommandLine) -> None:
    for index, keys in (
        ("events_per_min", ["USERID", "EVENT_TS"]),
        ("user_ip_activity", ["USERNAME", "IP", "CITY"]),
    ):
        documents = stack.documents(index)
        assert documents
        ids = [document["_id"] for document in documents]
        assert len(ids) == len(set(ids))
        assert all(
            ids[number].startswith("|".join(str(row[key]) for key in keys))
            for number, row in enumerate(documents)
        )


def test_reading_it_again_changes_nothing(stack: CommandLine, log: Path) -> None:
    (row,) = stack.ok("ingest", str(log), "-o", "json").json
    assert row["records"] == 9_999
    assert stack.hits() == 9_999


def test_bad_lines_are_counted_named_and_kept(cli: CommandLine, log: Path) -> None:
    path = cli.folder / "mixed.log"
    lines = log.read_text().splitlines(keepends=True)[:50]
    path.write_text(
        "".join(
            [
                *lines[:10],
                "no request at all\n",
                *lines[10:30],
                '1.2.3.4 - - [never] "GET /" 200 5\n',
                *lines[30:],
            ]
        )
    )
    cli.ok("up", "--no-load")
    done = cli.ok("ingest", "mixed.log", "-o", "json")
    (row,) = done.json
    assert (row["lines"], row["records"], row["bad lines"]) == (52, 50, 2)
    assert "2 bad lines" in done.err
    assert f"{path}:11: " in done.err
    assert f"{path}:32: " in done.err
    kept = cli.ok("print", "clickstream_bad_lines", "--from-beginning", "--limit", "2").out
    assert "no request at all" in kept
    eventually(lambda: cli.hits() == 50, 30)


def test_a_followed_log_is_read_as_it_grows(cli: CommandLine, log: Path) -> None:
    lines = log.read_text().splitlines(keepends=True)
    path = cli.folder / "growing.log"
    path.write_text("".join(lines[:100]))
    cli.ok("up", "--no-load")
    cli.ok("ingest", "growing.log", "--follow")
    eventually(lambda: cli.hits() == 100, 30)
    with path.open("a") as growing:
        growing.write("".join(lines[100:150]))
    eventually(lambda: cli.hits() == 150, 30, "new lines are counted")
    shutil.move(path, cli.folder / "growing.log.1")
    path.write_text("".join(lines[150:160]))
    eventually(lambda: cli.hits() == 160, 30, "lines after rotation are counted")


def test_generated_clicks_and_a_log_do_not_mix_by_accident(cli: CommandLine, log: Path) -> None:
    cli.ok("up", "--no-load")
    cli.ok("connectors", "create")
    done = cli("ingest", str(log))
    assert done.code == 6
    assert "DATAGEN_CLICKSTREAM" in done.err
    assert "--mixed" in done.err
