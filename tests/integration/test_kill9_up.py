"""kill -9 at random moments, then `up` and on: tables and documents as if nothing had been."""

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import CommandLine, command_line, eventually

pytestmark = pytest.mark.slow

KILLS = 10
SEED = 20150517
INDICES = (
    "events_per_min",
    "pages_per_min",
    "errors_per_min",
    "errors_per_min_alert",
    "enriched_error_codes_count",
    "user_ip_activity",
    "bandwidth_per_min",
    "user_session_bandwidth",
)
"""All but `click_user_sessions`: a session leaves a document at each end it had, so batches show there."""

SESSIONS = "SELECT k, windowstart, windowend, events FROM click_user_sessions"
RECORDS = 9_999

Documents = dict[str, list[str]]


@pytest.fixture
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, log: Path
) -> Iterator[tuple[Documents, list[str], float]]:
    """The documents and sessions of a run that nothing interrupts, and how long it took."""
    with command_line(tmp_path_factory.mktemp("undisturbed")) as cli:
        cli.ok("up", "--no-load")
        start = time.monotonic()
        cli.ok("ingest", str(log))
        took_s = time.monotonic() - start
        settle(cli)
        yield documents(cli), sessions(cli), took_s


@pytest.fixture
def log(shared: Path) -> Path:
    """The raw file."""
    return shared / "data/access.log"


def documents(cli: CommandLine) -> Documents:
    """Return the documents of every index, ids and all, in one order."""
    return {
        index: sorted(json.dumps(one, sort_keys=True) for one in cli.documents(index)) for index in INDICES
    }


def sessions(cli: CommandLine) -> list[str]:
    """Return the sessions that the table can still be asked for."""
    return sorted(cli.ok("query", SESSIONS, "-o", "json").out.splitlines())


def settle(cli: CommandLine) -> None:
    """Wait until every line is counted and the documents no longer change."""
    eventually(lambda: cli.hits() == RECORDS, 60, "every line is counted")
    seen: list[Documents] = [{}]

    def still() -> bool:
        seen.append(documents(cli))
        return seen[-1] == seen[-2]

    eventually(still, 30, "documents stay as they are")


@pytest.mark.timeout(400)
def test_ten_kills_at_random_moments_change_nothing(
    cli: CommandLine, log: Path, undisturbed: tuple[Documents, list[str], float]
) -> None:
    wanted_documents, wanted_sessions, took_s = undisturbed
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
    assert cli.hits() == RECORDS
    assert documents(cli) == wanted_documents
    assert sessions(cli) == wanted_sessions
