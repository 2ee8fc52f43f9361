"""The embedded backend with stand-in programs for the server: how it starts, fails and ends."""

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clickstream.backends.embedded import EmbeddedBackend
from clickstream.core.errors import BackendError, FolderInUse, NotFound, PortInUse, SettingsError
from clickstream.core.settings import Settings
from clickstream.core.waiting import Waiter

SERVES = """
import json, os, sys, time
folder = sys.argv[1]
print("INFO clickstream.server.connect hello", flush=True)
with open(folder + "/server.new", "w") as file:
    ports = {"ksqldb": 1, "connect": 2, "elasticsearch": 3, "grafana": 4}
    json.dump({"pid": os.getpid(), "ports": ports}, file)
os.rename(folder + "/server.new", folder + "/server.json")
time.sleep(60)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVES
HOLDS = "import sys; print('error: data folder x is in use by process 7', file=sys.stderr); sys.exit(3)"
FAILS = "import sys; print('error: the disk is full', file=sys.stderr); sys.exit(3)"
HANGS = "import time; time.sleep(60)"


@dataclass
class StandIn(EmbeddedBackend):
    """Runs a given program in the place of the server."""

    program: str = SERVES

    def argv(self) -> list[str]:
        return [sys.executable, "-c", self.program, str(self.folder.root), "clickstream.server"]


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[StandIn]:
    settings = Settings.read(data_dir=tmp_path / "data", port_offset=8100)
    made = StandIn(settings, Waiter(5, 0.02))
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def test_it_starts_once_and_is_found_again(backend: StandIn) -> None:
    started = backend.start()
    assert not started.was_running
    assert backend.endpoints().connect == "http://127.0.0.1:2"
    other = StandIn(Settings.read(data_dir=backend.folder.root), Waiter(5, 0.02))
    assert other.start().was_running
    assert other.endpoints() == backend.endpoints()


def test_it_stops_and_keeps_the_data(backend: StandIn) -> None:
    backend.start()
    stopped = backend.stop()
    assert (stopped.was_running, stopped.purged) == (True, False)
    assert "ended" in stopped.detail
    assert backend.folder.log_file.exists()
    assert not backend.stop().was_running


def test_purging_deletes_the_folder_it_made(backend: StandIn) -> None:
    backend.start()
    assert backend.stop(purge=True).purged
    assert not backend.folder.root.exists()
    assert not backend.stop(purge=True).purged


def test_purging_never_deletes_a_folder_it_did_not_make(backend: StandIn) -> None:
    root = backend.folder.root
    root.mkdir()
    (root / "thesis.txt").write_text("years of work")
    backend.start()
    with pytest.raises(SettingsError, match="was not made by"):
        backend.stop(purge=True)
    assert (root / "thesis.txt").exists()


def test_purging_never_deletes_under_a_server_that_server_json_does_not_tell_of(backend: StandIn) -> None:
    backend.start()
    backend.stop()
    with backend.folder.lock_file.open("w") as lock:
        lock.write("4711\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FolderInUse) as caught:
            backend.stop(purge=True)
    assert caught.value.pid == 4711
    assert backend.folder.log_file.exists()


def test_a_server_that_does_not_end_is_killed(backend: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clickstream.backends.embedded.STOP_DEADLINE_S", 0.2)
    backend.program = STUBBORN
    backend.start()
    assert "was killed" in backend.stop().detail


def test_a_port_in_use_is_found_before_anything_is_started(backend: StandIn) -> None:
    with (
        socket.create_server(("127.0.0.1", backend.settings.port("connect"))),
        pytest.raises(PortInUse, match="connect"),
    ):
        backend.start()
    assert backend.process is None


@pytest.mark.parametrize(
    ("program", "error", "words"),
    [
        (HOLDS, FolderInUse, "in use"),
        (FAILS, BackendError, "code 3: error: the disk is full"),
        ("", BackendError, "code 0"),
    ],
)
def test_a_server_that_ends_at_once_is_reported_with_its_own_words(
    backend: StandIn, program: str, error: type[Exception], words: str
) -> None:
    backend.program = program
    with pytest.raises(error, match=words) as caught:
        backend.start()
    assert getattr(caught.value, "hint", None)


def test_a_server_that_does_not_serve_in_time_is_reported_with_its_log(backend: StandIn) -> None:
    backend.program = HANGS
    backend.waiter = Waiter(0.3, 0.05)
    with pytest.raises(
        BackendError, match=r"gave up after 0 s waiting until the embedded server starts"
    ) as caught:
        backend.start()
    assert "server.log" in str(caught.value.hint)


def test_other_ports_for_a_folder_that_is_served_are_refused(backend: StandIn) -> None:
    backend.start()
    other = StandIn(Settings.read(data_dir=backend.folder.root, port_offset=8200), Waiter(5, 0.02))
    with pytest.raises(FolderInUse, match="in use by process") as caught:
        other.start()
    assert "clickstream down" in str(caught.value.hint)


def test_a_folder_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    backend = StandIn(Settings.read(data_dir=tmp_path / "file" / "data", port_offset=8100))
    with pytest.raises(SettingsError, match="cannot be used") as caught:
        backend.start()
    assert "--data-dir" in str(caught.value.hint)


def test_the_log_is_read_whole_or_by_service(backend: StandIn) -> None:
    with pytest.raises(BackendError, match="no log"):
        backend.logs()
    backend.start()
    with backend.folder.log_file.open("a") as log:
        log.write("INFO clickstream.node other\n")
    assert "INFO clickstream.node other" in list(backend.logs())
    assert list(backend.logs("connect")) == ["INFO clickstream.server.connect hello"]
    assert list(backend.logs("ksqldb")) == ["INFO clickstream.node other"]
    with pytest.raises(NotFound, match="no service nope") as caught:
        backend.logs("nope")
    assert "elasticsearch" in str(caught.value.hint)


def test_following_goes_on_as_lines_are_written(backend: StandIn) -> None:
    backend.start()
    lines = backend.logs(follow=True)
    first = next(lines)
    with backend.folder.log_file.open("a") as log:
        log.write("more\n")
    assert (first, next(lines)) == ("INFO clickstream.server.connect hello", "more")
    backend.stop()
    assert list(lines) == []


def test_the_command_names_everything_that_is_not_the_default(tmp_path: Path) -> None:
    settings = Settings.read(data_dir=tmp_path, port_offset=5, host="0.0.0.0", debug=True)
    argv = EmbeddedBackend(settings).argv()
    assert argv[1:] == [
        *("-m", "clickstream.server", "--data-dir", str(tmp_path), "--port-offset", "5"),
        *("--host", "0.0.0.0", "--login", "--debug"),
    ]
    assert argv[0] == sys.executable
    assert os.path.isabs(argv[0])
