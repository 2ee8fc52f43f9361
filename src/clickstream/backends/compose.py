"""The compose backend: Kafka, Connect, ksqlDB, Elasticsearch and Grafana as containers on this host.

Everything is done by `docker compose` with the packaged `docker-compose.yml` (or the project's own), and each
command is shown before it runs, so a user can do the same by hand. Ports and the Grafana login reach the file
as environment variables; the login is kept in the data folder, so that later commands know it.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clickstream.backends.base import SERVICES, Endpoints, Login, Started, Stopped
from clickstream.backends.ports import check_ports
from clickstream.backends.runner import NO_DOCKER_HINT, Runner, SystemRunner
from clickstream.core.errors import ComposeFailed, DockerMissing, NotFound
from clickstream.core.paths import Assets
from clickstream.core.settings import Settings

__all__ = ["ComposeBackend"]

KAFKA_PORT = 9092
SCHEMA_REGISTRY_PORT = 8081
LOGIN_FILE = "grafana-login.json"
DEMO_LOGIN = Login("user", "user")
INSIDE_ELASTICSEARCH = "http://elasticsearch:9200"
CONTAINERS = (*SERVICES, "kafka", "schema-registry")


@dataclass
class ComposeBackend:
    """Runs the stack of `docker-compose.yml`."""

    settings: Settings
    assets: Assets
    runner: Runner = field(default_factory=SystemRunner)
    demo_credentials: bool = False
    name: str = "compose"

    def start(self) -> Started:
        """Build the Connect image and start all containers that do not run, waiting for their health.

        Raises: DockerMissing, PortInUse, ComposeFailed.
        """
        self._preflight()
        running = self._running()
        if not running:
            check_ports(self.settings.host, {service: self.settings.port(service) for service in SERVICES})
        self._compose(
            "up", "--detach", "--build", "--wait", "--wait-timeout", f"{self.settings.timeout_s * 3:.0f}"
        )
        return Started(set(SERVICES) <= running, f"project {self._project()}")

    def stop(self, *, purge: bool = False) -> Stopped:
        """Stop and remove the containers; with `purge` their volumes and the login too."""
        self._preflight()
        running = self._running()
        self._compose("down", *(("--volumes",) if purge else ()))
        if purge:
            self._login_file().unlink(missing_ok=True)
        return Stopped(bool(running), purge, f"project {self._project()}")

    def endpoints(self) -> Endpoints:
        """Return where the containers' ports are published."""
        urls = {service: self.settings.url(service) for service in SERVICES}
        return Endpoints(**urls, elasticsearch_inside=INSIDE_ELASTICSEARCH, grafana_login=self._login())

    def logs(self, service: str | None = None, *, follow: bool = False) -> Iterator[str]:
        """Yield what the containers print."""
        if service is not None and service not in CONTAINERS:
            raise NotFound(f"no service {service}", hint=f"the services are {', '.join(CONTAINERS)}")
        self._preflight()
        argv = self._argv(
            "logs", "--no-color", *(("--follow",) if follow else ()), *((service,) if service else ())
        )
        return self.runner.lines(argv, self.environment())

    def environment(self) -> Mapping[str, str]:
        """Return the variables that `docker-compose.yml` reads, on top of the caller's own."""
        login, offset = self._login(), self.settings.port_offset
        return os.environ | {
            "CLICKSTREAM_COMPOSE_PROJECT": self._project(),
            "CLICKSTREAM_PORT_KAFKA": str(KAFKA_PORT + offset),
            "CLICKSTREAM_PORT_SCHEMA_REGISTRY": str(SCHEMA_REGISTRY_PORT + offset),
            **{
                f"CLICKSTREAM_PORT_{service.upper()}": str(self.settings.port(service))
                for service in SERVICES
            },
            "CLICKSTREAM_GRAFANA_USER": login.user,
            "CLICKSTREAM_GRAFANA_PASSWORD": login.password,
        }

    def _preflight(self) -> None:
        """Raise DockerMissing unless the client, its daemon and Compose v2 are all usable."""
        if shutil.which("docker") is None and isinstance(self.runner, SystemRunner):
            raise DockerMissing("Docker is not installed", hint=NO_DOCKER_HINT)
        checks = (
            (("docker", "compose", "version", "--short"), "Docker has no Compose v2 plugin"),
            (("docker", "info", "--format", "{{.ServerVersion}}"), "Docker's daemon does not answer"),
        )
        for argv, text in checks:
            done = self.runner.capture(argv, os.environ)
            if done.returncode != 0:
                why = next(iter(done.output.strip().splitlines()), "")
                raise DockerMissing(f"{text}: {why}", hint=NO_DOCKER_HINT)

    def _running(self) -> set[str]:
        """Return the services whose containers run."""
        done = self.runner.capture(self._argv("ps", "--format", "json"), self.environment())
        if done.returncode != 0:
            return set()
        return {item["Service"] for item in read_objects(done.output) if item.get("State") == "running"}

    def _compose(self, *arguments: str) -> None:
        argv = self._argv(*arguments)
        code = self.runner.show(argv, self.environment())
        if code != 0:
            raise ComposeFailed(argv, code, hint="`clickstream logs` shows what the containers say")

    def _argv(self, *arguments: str) -> Sequence[str]:
        return ("docker", "compose", "--file", str(self.assets.find("docker-compose.yml")), *arguments)

    def _project(self) -> str:
        return f"clickstream-{self.settings.port_offset}" if self.settings.port_offset else "clickstream"

    def _login_file(self) -> Path:
        return self.settings.data_dir.expanduser().absolute() / LOGIN_FILE

    def _login(self) -> Login:
        """Return the Grafana login, made up at the first call and kept in the data folder."""
        if self.demo_credentials:
            return DEMO_LOGIN
        path = self._login_file()
        try:
            kept = json.loads(path.read_text())
            return Login(str(kept["user"]), str(kept["password"]))
        except (OSError, ValueError, KeyError, TypeError):
            login = Login("admin", secrets.token_urlsafe(12))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps({"user": login.user, "password": login.password}))
        return login


def read_objects(text: str) -> list[dict[str, str]]:
    """Return the objects of `docker compose ps --format json`: one array, or in other versions one a line."""
    stripped = text.strip()
    if stripped.startswith("["):
        return list(json.loads(stripped))
    return [json.loads(line) for line in stripped.splitlines() if line.startswith("{")]
