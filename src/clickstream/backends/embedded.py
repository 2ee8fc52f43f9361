"""The embedded backend: one server process that speaks all four services' APIs, and its data folder.

The process is started apart from the terminal, so it outlives the command. What it prints goes to
`server.log` in the data folder, where `server.json` says that it serves, as which process and on which ports.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from clickstream.backends.base import Endpoints, Login, Started, Stopped
from clickstream.backends.log_file import follow_lines, lines_of_service, read_lines
from clickstream.backends.ports import check_ports
from clickstream.backends.process import SERVER_MODULE, ServerProcess, find_server, refuse_held
from clickstream.core.errors import BackendError, ClickstreamError, FolderInUse, SettingsError, StateError
from clickstream.core.login import keep_login, read_login
from clickstream.core.paths import DataFolder
from clickstream.core.settings import PORTS, Settings
from clickstream.core.waiting import NotYet, Waiter

__all__ = ["EmbeddedBackend"]

STOP_DEADLINE_S = 30.0
"""A server finishes its batch when asked to end; one that does not in this time is killed."""

SHOWN_LOG_LINES = 5
FOLDER_IN_USE = "is in use by"
UNUSABLE_FILES = 7
"""The server's exit code where a file of the data folder is damaged, or another version's."""


@dataclass
class EmbeddedBackend:
    """Runs the server of one data folder."""

    settings: Settings
    waiter: Waiter = field(default_factory=Waiter)
    demo_credentials: bool = False
    """Whether the pages ask for user/user."""
    name: str = "embedded"
    process: subprocess.Popen[bytes] | None = None
    """The server, if this very object started it."""

    @property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.settings.data_dir.expanduser().absolute())

    def start(self) -> Started:
        """Start the server unless it runs, and return once it says that it serves.

        Raises: PortInUse, FolderInUse; BackendError if the process ends or does not serve by the deadline.
        """
        running = find_server(self.folder)
        if running:
            self._same_ports(running)
            return Started(True, f"process {running.pid}, since before")
        check_ports(self.settings.host, self._ports())
        self._make_folder()
        if self._asks_login:
            keep_login(self.folder.login_file, demo=self.demo_credentials)
        self.process = self.spawn()
        server = self._await(self.process)
        return Started(False, f"process {server.pid}, data in {self.folder.root}")

    def spawn(self) -> subprocess.Popen[bytes]:
        """Return the server's process, just started, apart from this terminal."""
        self.folder.server_json.unlink(missing_ok=True)
        with self.folder.log_file.open("ab") as log:
            return subprocess.Popen(
                self.argv(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def argv(self) -> list[str]:
        """Return the command that runs the server."""
        options = ["--data-dir", str(self.folder.root), "--port-offset", str(self.settings.port_offset)]
        if self.settings.host != "127.0.0.1":
            options += ["--host", self.settings.host]
        if self._asks_login or self.settings.login is False:
            options.append("--login" if self._asks_login else "--no-login")
        if self.settings.debug:
            options.append("--debug")
        return [sys.executable, "-m", SERVER_MODULE, *options]

    def stop(self, *, purge: bool = False) -> Stopped:
        """Ask the server to end, kill it if it does not, and with `purge` delete the data folder."""
        server = find_server(self.folder)
        detail = "it was not running"
        if server:
            detail = self._end(server)
        return Stopped(server is not None, purge and self._purge(), detail)

    def endpoints(self) -> Endpoints:
        """Return where the server of the folder serves, or would serve."""
        server = find_server(self.folder)
        ports = server.ports if server else self._ports()
        urls = {service: f"http://{self.settings.host}:{ports[service]}" for service in PORTS}
        kept = read_login(self.folder.login_file) if server and server.asks_login else None
        login = None if kept is None else Login(kept.user, kept.password)
        return Endpoints(**urls, elasticsearch_inside=urls["elasticsearch"], grafana_login=login)

    def logs(self, service: str | None = None, *, follow: bool = False) -> Iterator[str]:
        """Yield the server's log, one service's lines or all."""
        path = self.folder.log_file
        if not path.exists():
            raise BackendError(f"no log at {path}", hint="`clickstream up` starts a server there")
        lines = follow_lines(path, self._serves) if follow else read_lines(path)
        return lines_of_service(lines, service)

    @property
    def _asks_login(self) -> bool:
        return self.demo_credentials or self.settings.asks_login

    def _serves(self) -> bool:
        if self.process:
            self.process.poll()
        return find_server(self.folder) is not None

    def _ports(self) -> dict[str, int]:
        return {service: self.settings.port(service) for service in PORTS}

    def _same_ports(self, running: ServerProcess) -> None:
        """Refuse a port offset that the running server does not have, where one was asked for."""
        if self.settings.port_offset and running.ports != self._ports():
            raise FolderInUse(
                str(self.folder.root),
                running.pid,
                hint=f"it serves on ports {', '.join(str(port) for port in sorted(running.ports.values()))}; "
                "for a second server choose another `--data-dir`, or end this one: `clickstream down`",
            )

    def _make_folder(self) -> None:
        root = self.folder.root
        try:
            is_new = not any(self.folder.entries())
            root.mkdir(parents=True, exist_ok=True)
            if is_new:
                self.folder.marker.write_text(
                    "Made by `clickstream up`; `clickstream down --purge` deletes it.\n"
                )
        except OSError as error:
            raise SettingsError(
                f"data folder {root} cannot be used: {error.strerror}", hint="choose another `--data-dir`"
            ) from error

    def _await(self, process: subprocess.Popen[bytes]) -> ServerProcess:
        log_start = self.folder.log_file.stat().st_size

        def probe() -> ServerProcess:
            if process.poll() is not None:
                raise self._ended(process.returncode, log_start)
            server = find_server(self.folder)
            if server is None or server.pid != process.pid:
                raise NotYet("the process runs, but does not serve yet")
            return server

        return self.waiter.until(probe, "the embedded server starts", error=self._too_slow)

    def _ended(self, returncode: int, log_start: int) -> ClickstreamError:
        """Return the error for a server that ended instead of serving: its own last words."""
        with self.folder.log_file.open("rb") as log:
            log.seek(max(0, log_start - 2000))
            words = [line for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
        last = words[-1] if words else "it said nothing"
        if FOLDER_IN_USE in last:
            return FolderInUse(
                str(self.folder.root), hint="end the other server, or choose another folder: `--data-dir DIR`"
            )
        if returncode == UNUSABLE_FILES:
            return StateError(
                last.removeprefix("error: "), hint=f"the server's log is {self.folder.log_file}"
            )
        return BackendError(
            f"the embedded server ended with code {returncode}: {last}",
            hint=f"its log is {self.folder.log_file}",
        )

    def _too_slow(self, text: str) -> BackendError:
        return BackendError(text, hint=f"its log is {self.folder.log_file}; `--timeout` waits longer")

    def _end(self, server: ServerProcess) -> str:
        server.terminate()
        patient = Waiter(
            STOP_DEADLINE_S,
            self.waiter.interval_s,
            self.waiter.clock,
            self.waiter.sleep,
            self.waiter.progress,
        )

        def probe() -> None:
            if self.process:
                self.process.poll()
            if server.is_alive():
                raise NotYet("it finishes its last batch")

        try:
            patient.until(probe, f"process {server.pid} ends", error=BackendError)
        except BackendError:
            server.kill()
            return f"process {server.pid} did not end in {STOP_DEADLINE_S:.0f} s and was killed"
        return f"process {server.pid} ended"

    def _purge(self) -> bool:
        """Delete the data folder, if `start` made it. Raises: SettingsError if it did not."""
        if not self.folder.root.exists():
            return False
        if not self.folder.marker.exists():
            raise SettingsError(
                f"{self.folder.root} was not made by `clickstream up`, so it is not deleted",
                hint="delete it yourself if nothing in it is needed",
            )
        refuse_held(self.folder)
        shutil.rmtree(self.folder.root)
        return True
