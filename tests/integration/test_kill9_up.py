"""kill -9 at random moments, then `up` and on: tables and documents as if nothing had been."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import CommandLine, eventually, make_command_line

pytestmark = pytest.mark.slow

KILLS = 10
SEED = 20150517
TABLES = (
    "EVENTS_PER_MIN",
    "PAGES_PER_MIN",
    "ERRORS_PER_MIN",
    "ERRORS_PER_MIN_ALERT",
    "ENRICHED_ERROR_CODES_COUNT",
    "USER_IP_ACTIVITY",
    "BANDWIDTH_PER_MIN",
    "CLICK_USER_SESSIONS",
    "USER_SESSION_BANDWIDTH",
)

Tables = dict[str, list[str]]


@pytest.fixture
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, log: Path
) -> Iterator[tuple[Tables, dict[str, Any], float]]:
    """The tables and documents of a run that nothing interrupts, and how long it took."""
    for cli in make_command_line(tmp_path_factory.mktemp("undisturbed")):
        cli.ok("up", "--no-load")
        start = time.monotonic()
        cli.ok("ingest", str(log))
        settle(cli)
        yield tables(cli), documents(cli), time.monotonic() - start


@pytest.fixture
def log(shared: Path) -> Path:
    """The raw file."""
    return shared / "data/access.log"


def tables(cli: CommandLine) -> Tables:
    """Return the rows of every table, in one order."""
    return {
        table: sorted(cli.ok("query", f"SELECT * FROM {table}", "-o", "json").out.splitlines())
        for table in TABLES
    }


def documents(cli: CommandLine) -> dict[str, Any]:
    """Return how many documents each index has."""
    return {row["table"]: row["documents"] for row in cli("verify", "--any-time", "-o", "json").json}


def settle(cli: CommandLine) -> None:
    """Wait until every line is counted and the documents no longer change."""
    counted = "SELECT events FROM events_per_min"
    eventually(lambda: sum(row["EVENTS"] for row in cli.rows(counted)) == 10_000, 60, "every line is counted")
    seen: list[dict[str, Any]] = [{}]

    def still() -> bool:
        seen.append(documents(cli))
        return seen[-1] == seen[-2]

    eventually(still, 30, "documents stay as they are")


@pytest.mark.timeout(400)
def test_ten_kills_at_random_moments_change_nothing(
    cli: CommandLine, log: Path, undisturbed: tuple[Tables, dict[str, Any], float]
) -> None:
    wanted, wanted_documents, took_s = undisturbed
    moments = random.Random(SEED)
    for _ in range(KILLS):
        cli.ok("up", "--no-load")
        work = cli.begin("ingest", str(log))
        time.sleep(moments.uniform(0.05, took_s))
        cli.kill_server()
        work.communicate(timeout=60)
    cli.ok("up", "--no-load")
    cli.ok("ingest", str(log))
    settle(cli)
    assert tables(cli) == wanted
    assert documents(cli) == wanted_documents
