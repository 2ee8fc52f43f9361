"""What a user does wrong: a clear message, a hint, an exit code, never a traceback (`CommandLine` looks)."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickstream.core.settings import PORTS
from tests.integration.conftest import CommandLine, Ended

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stack(shared_cli: CommandLine) -> Iterator[CommandLine]:
    """An empty stack."""
    shared_cli.ok("up", "--no-load")
    return shared_cli


def assert_told(done: Ended, code: int, *words: str) -> None:
    """Check exit code, message and hint of a command that failed."""
    assert done.code == code, done
    assert [word for word in (*words, "error: ") if word not in done.err] == []
    assert done.out == ""


def test_an_unknown_connector(stack: CommandLine) -> None:
    assert_told(stack("connectors", "pause", "NOPE"), 6, "no connector NOPE", "hint: ")
    assert_told(stack("sessionize", "--connector", "NOPE"), 6, "no connector NOPE", "hint: ")


def test_a_syntax_error_on_line_seven(stack: CommandLine) -> None:
    (stack.folder / "bad.sql").write_text(
        "SHOW TABLES;\n\n-- a comment\n\n\n\n"
        "CREATE STREAM s (a INT,, b INT) WITH (kafka_topic='t');\nSHOW STREAMS;\n"
    )
    done = stack("load-ksql", "bad.sql")
    assert_told(done, 5, "bad.sql:7:", "CREATE STREAM s (a INT,, b INT)", "^")


def test_a_statement_that_does_not_end(stack: CommandLine) -> None:
    (stack.folder / "open.sql").write_text("SHOW TABLES;\nSELECT 'x;\n")
    assert_told(stack("load-ksql", "open.sql"), 5, "open.sql:2", "a string begins here")


def test_a_missing_file(stack: CommandLine) -> None:
    assert_told(stack("load-ksql", "nope.sql"), 2, "no file nope.sql", "hint: ")


def test_an_unreadable_log(stack: CommandLine) -> None:
    assert_told(stack("ingest", "nope.log"), 2, "nope.log cannot be read: No such file", "hint: ")
    assert_told(stack("ingest", str(stack.folder)), 2, "is a folder", "hint: ")


def test_a_log_of_something_else(stack: CommandLine) -> None:
    (stack.folder / "other.log").write_text("this is\nno access log\n")
    assert_told(stack("ingest", "other.log"), 2, "no line of the log is a request", "2 bad lines", "hint: ")


def test_an_unknown_table_topic_or_service(stack: CommandLine) -> None:
    assert_told(stack("sinks", "create", "NOPE"), 6, "NOPE", "hint: the tables are")
    assert_told(stack("print", "nope"), 5, "nope")
    assert_told(stack("query", "SELECT * FROM nope EMIT CHANGES"), 5, "NOPE")
    assert_told(stack("logs", "zookeeper"), 6, "no service zookeeper", "hint: the services are")


def test_a_port_in_use(cli: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", PORTS["connect"] + cli.offset)):
        done = cli("up")
    assert_told(
        done, 3, f"port {PORTS['connect'] + cli.offset} (connect) is in use", "hint: ", "--port-offset"
    )


def test_a_second_server_on_the_same_folder(stack: CommandLine) -> None:
    folder = str(stack.folder / ".clickstream")
    offset = str(stack.offset + 1)
    done = stack("up", "--no-load", "--data-dir", folder, "--port-offset", offset)
    assert_told(done, 3, "is in use by process", "hint: ", "clickstream down")


def test_a_folder_that_is_held_by_a_server_that_does_not_say_so(stack: CommandLine) -> None:
    folder = stack.folder / ".clickstream"
    told = (folder / "server.json").read_bytes()
    (folder / "server.json").unlink()
    try:
        done = stack("up", "--no-load", "--port-offset", str(stack.offset + 1))
        assert_told(done, 3, "in use", "hint: ")
    finally:
        (folder / "server.json").write_bytes(told)


def test_a_data_folder_that_cannot_be(cli: CommandLine) -> None:
    (cli.folder / "file").write_text("")
    assert_told(cli("up", "--data-dir", "file/data"), 2, "cannot be used", "hint: ")


def test_compose_without_docker(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    cli.environment["PATH"] = str(tmp_path / "bin")
    assert_told(
        cli("up", "--backend", "compose"), 3, "Docker is not installed", "hint: ", "--backend embedded"
    )


def test_compose_whose_daemon_is_not_there(cli: CommandLine, tmp_path: Path) -> None:
    docker = tmp_path / "bin/docker"
    docker.parent.mkdir()
    docker.write_text(
        '#!/bin/sh\n[ "$1" = compose ] && exit 0\necho "Cannot connect to the Docker daemon"\nexit 1\n'
    )
    docker.chmod(0o755)
    cli.environment["PATH"] = f"{docker.parent}:/usr/bin:/bin"
    assert_told(cli("up", "--backend", "compose"), 3, "daemon does not answer: Cannot connect", "hint: ")


def test_remote_without_urls(cli: CommandLine) -> None:
    assert_told(
        cli("up", "--backend", "remote"), 2, "the remote backend needs ksqldb_url", "CLICKSTREAM_KSQLDB_URL"
    )


def test_services_that_are_not_there(cli: CommandLine) -> None:
    assert_told(cli("connectors", "list"), 4, "Connect at", "connection refused", "hint: `clickstream up`")
    status = cli("status")
    assert status.code == 1
    assert "unhealthy" in status.out
    assert cli("down").code == 0


def test_a_foreign_folder_is_never_purged(cli: CommandLine) -> None:
    data = cli.folder / "mine"
    data.mkdir()
    (data / "thesis.txt").write_text("years of work")
    done = cli("down", "--purge", "--data-dir", "mine")
    assert_told(done, 2, "was not made by", "hint: ")
    assert (data / "thesis.txt").exists()


@pytest.mark.parametrize(
    "arguments", [["nope"], ["up", "--backend", "cloud"], ["status", "-o", "yaml"], ["query"]]
)
def test_wrong_usage(cli: CommandLine, arguments: list[str]) -> None:
    assert cli(*arguments).code == 2
