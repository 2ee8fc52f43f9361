"""The main job as a new user does it: `up` in an empty folder, then all that can be done with it."""

import json
import socket
import time

import pytest

from clickstream.core.settings import PORTS
from tests.integration.conftest import CommandLine, eventually

pytestmark = pytest.mark.slow

INDICES = (
    "events_per_min",
    "pages_per_min",
    "errors_per_min",
    "errors_per_min_alert",
    "enriched_error_codes_count",
    "user_ip_activity",
    "bandwidth_per_min",
    "click_user_sessions",
    "user_session_bandwidth",
)
PANELS_DEADLINE_S = 5.0
"""From the services being up to every panel having data."""


@pytest.fixture(scope="module")
def stack(shared_cli: CommandLine) -> CommandLine:
    """A stack that `up` brought up."""
    done = shared_cli.ok("up")
    assert f"http://127.0.0.1:{3000 + shared_cli.offset}/d/clickstream-analysis" in done.out
    for words in (
        "backend: embedded",
        "source connectors: 3 created",
        "statements: 14 created",
        "sinks: 9 created",
    ):
        assert words in done.err
    return shared_cli


def test_soon_after_up_every_panel_has_data(stack: CommandLine) -> None:
    # Asked over HTTP, not by `verify`: starting a program takes seconds by itself on a busy machine.
    eventually(lambda: all(stack.documents(index) for index in INDICES), PANELS_DEADLINE_S, "all have data")
    proofs = stack.ok("verify", "-o", "json").json
    assert len(proofs) == 9
    assert all(proof["records"] and proof["documents"] and proof["in range"] for proof in proofs)
    panels = {proof["table"]: proof["panels"] for proof in proofs}
    assert panels.pop("ERRORS_PER_MIN") == 0
    assert all(panels.values())


def test_a_second_up_changes_nothing(stack: CommandLine) -> None:
    pid = stack.server_pid()
    done = stack.ok("up")
    assert "already running" in done.err
    assert "nothing to change" in done.err
    assert stack.server_pid() == pid


def test_status_is_healthy_and_names_everything(stack: CommandLine) -> None:
    found = stack.ok("status", "-o", "json").json
    assert found["healthy"]
    kinds = [part["kind"] for part in found["parts"]]
    assert (kinds.count("query"), kinds.count("source connector"), kinds.count("sink connector")) == (
        11,
        3,
        9,
    )
    assert f"KSQLDB_URL={stack.url('ksqldb')}" in stack.ok("status", "-o", "env").out


def test_queries_push_and_pull(stack: CommandLine) -> None:
    pushed = stack.rows("SELECT * FROM events_per_min EMIT CHANGES LIMIT 3")
    assert len(pushed) == 3
    pulled = stack.rows(f"SELECT * FROM events_per_min WHERE k1 = {pushed[0]['K1']}")
    assert pulled
    assert {row["USERID"] for row in pulled} == {pushed[0]["K1"]}


def test_a_topic_is_printed(stack: CommandLine) -> None:
    done = stack.ok("print", "clickstream_users", "--limit", "2", "--from-beginning")
    records = [line for line in done.out.splitlines() if line.startswith("rowtime:")]
    assert len(records) == 2
    assert '"user_id":1' in records[0]


def test_the_prompt_runs_statements(stack: CommandLine) -> None:
    done = stack.ok("ksql", "-e", "SHOW TABLES", "-e", "DESCRIBE events_per_min")
    assert "USER_SESSION_BANDWIDTH" in done.out
    assert "EVENT_TS" in done.out


def test_connectors_pause_and_resume(stack: CommandLine) -> None:
    def state() -> str:
        return str(stack.ok("connectors", "status", "DATAGEN_CLICKSTREAM", "-o", "json").json[0]["state"])

    stack.ok("connectors", "pause", "datagen_clickstream")
    eventually(lambda: state() == "PAUSED", 10)
    stack.ok("connectors", "resume", "DATAGEN_CLICKSTREAM")
    eventually(lambda: state() == "RUNNING", 10)


def test_the_log_can_be_read(stack: CommandLine) -> None:
    assert "serving" in stack.ok("logs").out


def test_a_template_sinks_and_dashboards_are_as_up_left_them(stack: CommandLine) -> None:
    for arguments in (["template", "put"], ["sinks", "create"], ["dashboards", "load"], ["load-ksql"]):
        outcomes = {row["outcome"] for row in stack.ok(*arguments, "-o", "json").json}
        assert outcomes <= {"unchanged", "exists"}, arguments


def test_the_schema_is_dropped_and_loaded_again(stack: CommandLine) -> None:
    dropped = stack.ok("drop", "-o", "json").json
    assert [row["outcome"] for row in dropped] == ["done"] * 14
    assert stack("verify").code == 1
    loaded = stack.ok("load-ksql", "-o", "json").json
    assert [row["outcome"] for row in loaded] == ["done"] * 14
    eventually(lambda: stack("verify").code == 0, 20, "tables are back")


def test_a_second_stack_runs_beside_it(stack: CommandLine, cli: CommandLine) -> None:
    cli.ok("up", "--no-load")
    assert cli.ok("status", "-o", "json").json["parts"] == []
    assert stack.ok("status").code == 0
    cli.ok("down")
    assert cli("status").code == 1


def test_stopping_keeps_the_data_and_purging_deletes_it(stack: CommandLine) -> None:
    stack.ok("connectors", "pause", "DATAGEN_CLICKSTREAM")
    time.sleep(0.5)
    before = stack.rows("SELECT * FROM bandwidth_per_min")
    pid = stack.server_pid()
    assert f"process {pid} ended" in stack.ok("down").out
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", PORTS["ksqldb"] + stack.offset)) != 0
    stack.ok("up")
    assert stack.rows("SELECT * FROM bandwidth_per_min") == before
    states = {row["connector"]: row["state"] for row in stack.ok("connectors", "list", "-o", "json").json}
    assert states["DATAGEN_CLICKSTREAM"] == "PAUSED"
    stack.ok("down", "--purge")
    assert not (stack.folder / ".clickstream").exists()


def test_the_foreground_ends_with_the_command(cli: CommandLine) -> None:
    process = cli.begin("up", "--no-load", "--foreground")
    server_json = cli.folder / ".clickstream/server.json"
    eventually(server_json.exists, 30)
    pid = json.loads(server_json.read_text())["pid"]
    eventually(lambda: cli("status").code == 0, 30)
    process.terminate()
    _, told = process.communicate(timeout=30)
    assert f"stopped: process {pid} ended" in told
    assert not server_json.exists()
