"""Sessions that end and begin anew; and a connector that runs again, however the command ends."""

import itertools
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.integration.conftest import CommandLine, eventually

pytestmark = pytest.mark.slow

NAME = "DATAGEN_CLICKSTREAM"


@pytest.fixture(scope="module")
def stack(shared_cli: CommandLine) -> Iterator[CommandLine]:
    """A stack with clicks."""
    shared_cli.ok("up")
    return shared_cli


def state(stack: CommandLine) -> str:
    return str(stack.ok("connectors", "status", NAME, "-o", "json").json[0]["state"])


@pytest.mark.timeout(300)
def test_pauses_longer_than_the_gap_separate_sessions(stack: CommandLine) -> None:
    stack.ok(*("sessionize", "--warm-up", "5", "--pause", "33", "--run", "8", "--cycles", "2"), timeout_s=200)
    assert state(stack) == "RUNNING"
    sessions = stack.rows("SELECT k, windowstart, windowend FROM click_user_sessions")
    by_user = Counter(row["K"] for row in sessions)
    assert max(by_user.values()) >= 3
    for user, count in by_user.most_common(3):
        ends = sorted((row["WINDOWSTART"], row["WINDOWEND"]) for row in sessions if row["K"] == user)
        assert len(ends) == count
        gaps = [later[0] - earlier[1] for earlier, later in itertools.pairwise(ends)]
        assert min(gaps) > 30_000


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ended_while_paused_it_leaves_the_connector_running(
    stack: CommandLine, number: signal.Signals
) -> None:
    process = stack.begin("sessionize", "--warm-up", "0", "--pause", "60", "--cycles", "1")
    try:
        eventually(lambda: state(stack) == "PAUSED", 30, "the connector pauses")
        process.send_signal(number)
        process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    eventually(lambda: state(stack) == "RUNNING", 30, "the connector runs again")
    if number != signal.SIGKILL:
        assert process.returncode == 130
