"""Each command against services in memory: what it prints, and what it asks of them."""

import csv
import io
import json

import pytest

from clickstream.cli.main import run
from clickstream.cli.stack import program
from tests.helpers.fake_stack import FakeStack

Capture = pytest.CaptureFixture[str]


def ok(stack: FakeStack, *arguments: str) -> None:
    assert run(arguments, factory=stack.make_run) == 0


def as_json(stack: FakeStack, capsys: Capture, *arguments: str) -> object:
    capsys.readouterr()
    ok(stack, *arguments, "-o", "json")
    return json.loads(capsys.readouterr().out)


def test_up_loads_everything_and_tells_where_it_is(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "up")
    told = capsys.readouterr()
    assert stack.backend.running
    assert len(stack.ksqldb.sources) == 14
    assert len(stack.connect.configs) == 12
    for words in (
        "http://g:3000/d/clickstream-analysis",
        "http://k:8088",
        "user / user",
        "clickstream verify",
    ):
        assert words in told.out
    assert "backend: embedded" in told.err
    assert "nothing to change" not in told.err


def test_a_second_up_changes_nothing_and_says_so(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "up")
    requests = len(stack.ksqldb.requests)
    ok(stack, "up")
    assert "nothing to change" in capsys.readouterr().err
    assert len(stack.ksqldb.requests) == requests


def test_up_without_loading_only_starts(stack: FakeStack) -> None:
    ok(stack, "up", "--no-load")
    assert stack.backend.running
    assert stack.ksqldb.sources == {}


def test_foreground_shows_the_log_and_stops_the_services_in_the_end(
    stack: FakeStack, capsys: Capture
) -> None:
    stack.backend.log_ends_with = KeyboardInterrupt()
    ok(stack, "up", "--no-load", "--foreground")
    told = capsys.readouterr()
    assert "one\ntwo\n" in told.out
    assert "stopped: process 1 ended" in told.err
    assert not stack.backend.running


def test_services_that_end_by_themselves_end_the_foreground_with_an_error(
    stack: FakeStack, capsys: Capture
) -> None:
    assert run(["up", "--no-load", "--foreground"], factory=stack.make_run) == 3
    assert "ended by themselves" in capsys.readouterr().err


def test_down_keeps_data_unless_it_is_purged(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "up", "--no-load")
    ok(stack, "down")
    assert (stack.backend.running, stack.backend.purged) == (False, False)
    ok(stack, "down", "--purge")
    assert stack.backend.purged
    assert "nothing to stop" in capsys.readouterr().out


def test_status_is_zero_only_if_all_is_healthy(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "up")
    capsys.readouterr()
    ok(stack, "status", "-o", "json")
    assert json.loads(capsys.readouterr().out)["healthy"] is True
    stack.elasticsearch.colour = "red"
    assert run(["status"], factory=stack.make_run) == 1
    assert "its cluster is red" in capsys.readouterr().out


def test_status_as_environment_can_be_taken_over_by_a_shell(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "status", "-o", "env")
    assert "export KSQLDB_URL=http://k:8088\n" in capsys.readouterr().out


def test_logs_are_printed_as_they_are(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "logs")
    assert capsys.readouterr().out == "one\ntwo\n"


def test_load_ksql_prints_what_came_of_each_statement(stack: FakeStack, capsys: Capture) -> None:
    rows = as_json(stack, capsys, "load-ksql")
    assert isinstance(rows, list)
    assert [row["outcome"] for row in rows] == ["done"] * 14
    assert rows[0]["where"].startswith("ksql/statements.sql:")


def test_load_ksql_takes_variables_and_dry_runs(stack: FakeStack, capsys: Capture) -> None:
    (stack.project / "v.sql").write_text("CREATE STREAM ${name} (a INT);")
    ok(stack, "load-ksql", "v.sql", "--var", "name=x=y", "--dry-run")
    assert stack.ksqldb.requests == []
    ok(stack, "load-ksql", "v.sql", "--var", "name=x=y")
    assert stack.ksqldb.requests[0]["variables"] == {"name": "x=y"}
    assert run(["load-ksql", "v.sql", "--var", "name"], factory=stack.make_run) == 2
    assert "NAME=VALUE" in capsys.readouterr().err


def test_drop_runs_the_drop_file(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "drop")
    first = stack.ksqldb.requests[0]["ksql"]
    assert first == "DROP TABLE IF EXISTS user_session_bandwidth;"
    assert len(stack.ksqldb.requests) == 14


def test_connectors_by_verb(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "connectors", "create")
    ok(stack, "connectors", "pause", "datagen_clickstream")
    rows = as_json(stack, capsys, "connectors", "status", "DATAGEN_CLICKSTREAM")
    assert isinstance(rows, list)
    assert rows[0]["state"] == "PAUSED"
    ok(stack, "connectors", "resume", "DATAGEN_CLICKSTREAM", "DATAGEN_CLICKSTREAM_CODES")
    ok(stack, "connectors", "restart", "DATAGEN_CLICKSTREAM")
    ok(stack, "connectors", "delete", "DATAGEN_CLICKSTREAM")
    rows = as_json(stack, capsys, "connectors", "list")
    assert isinstance(rows, list)
    assert [row["connector"] for row in rows] == ["DATAGEN_CLICKSTREAM_CODES", "DATAGEN_CLICKSTREAM_USERS"]


def test_sinks_template_and_dashboards(stack: FakeStack, capsys: Capture) -> None:
    for arguments in (["sinks", "create"], ["template", "put"], ["dashboards", "load"]):
        rows = as_json(stack, capsys, *arguments)
        assert isinstance(rows, list)
        assert {row["outcome"] for row in rows} == {"created"}
    ok(stack, "sinks", "delete", "EVENTS_PER_MIN")
    rows = as_json(stack, capsys, "sinks", "list")
    assert isinstance(rows, list)
    assert {row["table"]: row["state"] for row in rows}["EVENTS_PER_MIN"] == "absent"


def test_csv_is_csv(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "sinks", "create")
    capsys.readouterr()
    ok(stack, "sinks", "list", "-o", "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 9
    assert rows[0]["connector"] == "es_sink_EVENTS_PER_MIN"


def test_a_table_in_a_pipe_is_never_cut(stack: FakeStack, capsys: Capture) -> None:
    stack.ksqldb.answer = (("A",), [["x" * 500]])
    ok(stack, "query", "SELECT a FROM b EMIT CHANGES")
    assert "x" * 500 in capsys.readouterr().out


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        ("csv", 'A,B\n1,\n2,"x, y"\n'),
        ("json", '{"A": 1, "B": null}\n{"A": 2, "B": "x, y"}\n'),
    ],
)
def test_query_rows_in_each_format(stack: FakeStack, capsys: Capture, form: str, printed: str) -> None:
    stack.ksqldb.answer = (("A", "B"), [[1, None], [2, "x, y"]])
    ok(stack, "query", "SELECT * FROM t EMIT CHANGES LIMIT 2;", "-o", form)
    assert capsys.readouterr().out == printed
    assert stack.ksqldb.requests[-1]["sql"] == "SELECT * FROM t EMIT CHANGES LIMIT 2;"
    assert stack.ksqldb.requests[-1]["properties"] == {"auto.offset.reset": "earliest"}


def test_print_passes_the_servers_lines_on(stack: FakeStack, capsys: Capture) -> None:
    stack.ksqldb.printed = ["Key format: KAFKA_INT", "rowtime: …"]
    ok(stack, "print", "clickstream", "--limit", "1", "--from-beginning")
    assert capsys.readouterr().out == "Key format: KAFKA_INT\nrowtime: …\n"


def test_sessionize_says_what_it_did(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "connectors", "create")
    ok(stack, "sessionize", "--warm-up", "1", "--pause", "2", "--run", "1", "--cycles", "2")
    assert "was paused 2 times and runs again" in capsys.readouterr().out


def test_verify_fails_if_a_way_is_broken(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "up")
    stack.fill_indices()
    rows = as_json(stack, capsys, "verify")
    assert isinstance(rows, list)
    assert all(row["ok"] for row in rows)
    assert rows[0]["newest"] == "1970-01-01T00:00:02Z"
    stack.connect.pause("es_sink_PAGES_PER_MIN")
    assert run(["verify", "PAGES_PER_MIN"], factory=stack.make_run) == 1
    assert "sink: it is PAUSED" in capsys.readouterr().out


def test_doctor_checks_this_machine(stack: FakeStack, capsys: Capture) -> None:
    rows = as_json(stack, capsys, "doctor", "--port-offset", "8700")
    assert isinstance(rows, list)
    assert {"python", "sqlite", "pipeline", "port ksqldb", "docker"} <= {row["check"] for row in rows}


def test_init_writes_the_files(stack: FakeStack, capsys: Capture) -> None:
    ok(stack, "init", "mine")
    assert (stack.project / "mine/ksql/statements.sql").exists()
    ok(stack, "init", "mine")
    assert "every file was there already" in capsys.readouterr().out


def test_results_go_to_stdout_and_the_rest_to_stderr(stack: FakeStack, capsys: Capture) -> None:
    (stack.project / "c.sql").write_text(
        "CREATE SOURCE CONNECTOR c WITH ('kafka.topic'='t', 'maxInterval'='1');"
    )
    ok(stack, "connectors", "create", "c.sql", "-o", "json")
    told = capsys.readouterr()
    assert json.loads(told.out)[0]["outcome"] == "done"
    assert "warning: c.sql:1: 'maxInterval'" in told.err


@pytest.mark.parametrize("name", ["NO_COLOR"])
def test_no_colour_where_it_is_not_wanted(
    stack: FakeStack, capsys: Capture, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv(name, "1")
    ok(stack, "status")
    coloured = capsys.readouterr().out
    assert "\x1b[32m" not in coloured
    assert "healthy" in coloured


@pytest.mark.parametrize(
    ("called", "on_path", "shown"),
    [
        ("{here}/.venv/bin/clickstream", "", ".venv/bin/clickstream"),
        ("{here}/.venv/bin/clickstream", "{here}/.venv/bin", "clickstream"),
        ("/opt/elsewhere/clickstream", "", "/opt/elsewhere/clickstream"),
        ("pytest", "", "clickstream"),
    ],
)
def test_next_commands_can_be_typed_as_they_are_shown(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch, called: str, on_path: str, shown: str
) -> None:
    program_file = stack.project / ".venv/bin/clickstream"
    program_file.parent.mkdir(parents=True)
    program_file.touch(mode=0o755)
    monkeypatch.setattr("sys.argv", [called.format(here=stack.project)])
    monkeypatch.setenv("PATH", on_path.format(here=stack.project))
    assert program() == shown
