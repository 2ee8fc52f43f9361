import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from clickstream.backends.compose import ComposeBackend, read_objects
from clickstream.backends.runner import Finished
from clickstream.core.errors import ComposeFailed, DockerMissing, NotFound
from clickstream.core.paths import Assets, packaged_assets
from clickstream.core.settings import PORTS, Settings


@dataclass
class FakeRunner:
    """Remembers what it was asked to run; answers by the first words that fit."""

    answers: dict[str, Finished] = field(default_factory=dict)
    code: int = 0
    shown: list[list[str]] = field(default_factory=list)
    environment: Mapping[str, str] = field(default_factory=dict)

    def capture(self, argv: Sequence[str], environment: Mapping[str, str]) -> Finished:
        words = " ".join(argv)
        return next((answer for part, answer in self.answers.items() if part in words), Finished(0, ""))

    def show(self, argv: Sequence[str], environment: Mapping[str, str]) -> int:
        self.shown.append(list(argv))
        self.environment = environment
        return self.code

    def lines(self, argv: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
        self.shown.append(list(argv))
        return iter(["kafka | up"])


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def backend(tmp_path: Path, runner: FakeRunner) -> ComposeBackend:
    settings = Settings.read(data_dir=tmp_path / "data", port_offset=8300)
    return ComposeBackend(settings, Assets.of(tmp_path), runner)


def test_starting_builds_waits_and_passes_ports_and_login(
    backend: ComposeBackend, runner: FakeRunner
) -> None:
    backend.start()
    (argv,) = runner.shown
    assert argv[:3] == ["docker", "compose", "--file"]
    assert argv[4:8] == ["up", "--detach", "--build", "--wait"]
    assert runner.environment["CLICKSTREAM_PORT_KSQLDB"] == str(8088 + 8300)
    assert runner.environment["CLICKSTREAM_COMPOSE_PROJECT"] == "clickstream-8300"
    login = backend.endpoints().grafana_login
    assert login is not None
    assert runner.environment["CLICKSTREAM_GRAFANA_PASSWORD"] == login.password


def test_the_login_is_made_up_once_and_kept_from_other_users(backend: ComposeBackend, tmp_path: Path) -> None:
    login = backend.endpoints().grafana_login
    assert login is not None
    assert login.user == "admin"
    assert len(login.password) >= 12
    assert backend.endpoints().grafana_login == login
    assert (tmp_path / "data/grafana-login.json").stat().st_mode & 0o077 == 0
    backend.demo_credentials = True
    demo = backend.endpoints().grafana_login
    assert demo is not None
    assert (demo.user, demo.password) == ("user", "user")


def test_connect_and_grafana_reach_elasticsearch_by_its_container(backend: ComposeBackend) -> None:
    endpoints = backend.endpoints()
    assert endpoints.elasticsearch == f"http://127.0.0.1:{9200 + 8300}"
    assert endpoints.elasticsearch_inside == "http://elasticsearch:9200"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("compose version", "no Compose v2 plugin: no such command"),
        ("info", "daemon does not answer: no such command"),
    ],
)
def test_docker_that_is_not_usable_is_said_before_anything_is_done(
    backend: ComposeBackend, runner: FakeRunner, words: str, message: str
) -> None:
    runner.answers[words] = Finished(1, "no such command\nmore\n")
    with pytest.raises(DockerMissing, match=message) as caught:
        backend.start()
    assert "--backend embedded" in str(caught.value.hint)
    assert runner.shown == []


def test_a_failure_of_compose_names_the_command(backend: ComposeBackend, runner: FakeRunner) -> None:
    runner.code = 17
    with pytest.raises(ComposeFailed, match=r"docker compose .*up.*exit code 17"):
        backend.start()


def test_what_runs_already_is_told(backend: ComposeBackend, runner: FakeRunner) -> None:
    rows = [{"Service": name, "State": "running"} for name in PORTS]
    runner.answers["ps --format json"] = Finished(0, "\n".join(json.dumps(row) for row in rows))
    assert backend.start().was_running


def test_purging_takes_volumes_and_login_away(
    backend: ComposeBackend, runner: FakeRunner, tmp_path: Path
) -> None:
    backend.start()
    backend.stop(purge=True)
    assert runner.shown[-1][4:] == ["down", "--volumes"]
    assert not (tmp_path / "data/grafana-login.json").exists()
    backend.stop()
    assert runner.shown[-1][4:] == ["down"]


def test_logs_of_one_container(backend: ComposeBackend, runner: FakeRunner) -> None:
    assert list(backend.logs("kafka", follow=True)) == ["kafka | up"]
    assert runner.shown[-1][4:] == ["logs", "--no-color", "--follow", "kafka"]
    with pytest.raises(NotFound, match="no service zookeeper"):
        backend.logs("zookeeper")


def test_both_forms_of_listing_are_read() -> None:
    assert read_objects('[{"Service":"a"}]') == read_objects('{"Service":"a"}\n') == [{"Service": "a"}]
    assert read_objects("") == []


def compose() -> dict[str, dict[str, dict[str, object]]]:
    loaded: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(
        (packaged_assets() / "docker-compose.yml").read_text()
    )
    return loaded


@pytest.mark.parametrize("name", sorted(compose()["services"]))
def test_every_service_is_local_limited_healthy_and_replaceable(name: str) -> None:
    service = compose()["services"][name]
    assert str(service["image"]).startswith("${CLICKSTREAM_IMAGE_")
    assert service["mem_limit"]
    assert service["healthcheck"]
    assert all(str(port).startswith("127.0.0.1:${CLICKSTREAM_PORT_") for port in service["ports"])  # type: ignore[attr-defined]


def test_every_variable_of_the_file_is_given_or_has_a_default(backend: ComposeBackend) -> None:
    import re

    text = (packaged_assets() / "docker-compose.yml").read_text()
    needed = {name for name, rest in re.findall(r"(?<!\$)\$\{(\w+)(:-)?", text) if not rest}
    assert needed <= set(backend.environment())
