"""The four services as objects in memory, for steps and commands: what they are asked, they remember."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from clickstream.backends.base import Backend, Endpoints, Login, Started, Stopped
from clickstream.backends.select import Choice
from clickstream.cli.command import Run
from clickstream.cli.output import Format, Output
from clickstream.clients.connect import ConnectClient, ConnectorStatus, TaskStatus
from clickstream.clients.elasticsearch import ElasticsearchClient, IndexState
from clickstream.clients.grafana import GrafanaClient
from clickstream.clients.ksqldb import Entity, KsqlDbClient, Rows, ServerInfo
from clickstream.core.clock import FakeClock
from clickstream.core.errors import ClickstreamError, NotFound
from clickstream.core.paths import Assets
from clickstream.core.settings import Settings
from clickstream.core.waiting import Waiter
from clickstream.steps.context import StepContext
from clickstream.steps.pipeline import read_pipeline

ENDPOINTS = Endpoints(
    "http://k:8088",
    "http://c:8083",
    "http://e:9200",
    "http://g:3000",
    "http://inside:9200",
    Login("user", "user"),
)
CREATE = re.compile(r"CREATE\s+(?:SOURCE\s+)?(STREAM|TABLE|CONNECTOR)\s+(\w+)", re.IGNORECASE)
SETTING = re.compile(r"'([^']+)'\s*=\s*'([^']*)'")


@dataclass
class Told:
    """A Progress that keeps what it was told."""

    waits: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def waiting(self, text: str) -> None:
        self.waits.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@dataclass
class FakeConnect:
    """Connectors that are at once as they are asked to be."""

    configs: dict[str, dict[str, str]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    traces: dict[str, str] = field(default_factory=dict)
    progress: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def version(self) -> str:
        return "3.9.1"

    def names(self) -> list[str]:
        return sorted(self.configs)

    def statuses(self) -> list[ConnectorStatus]:
        return [self.status(name) for name in self.names()]

    def status(self, name: str) -> ConnectorStatus:
        state = self.states[self._known(name)]
        task = TaskStatus(0, "FAILED", self.traces[name]) if name in self.traces else TaskStatus(0, state)
        return ConnectorStatus(name, "sink" if name.startswith("es_sink") else "source", state, (task,))

    def config(self, name: str) -> dict[str, str]:
        return self.configs[self._known(name)] | {"name": name}

    def put_config(self, name: str, config: dict[str, str]) -> None:
        self.calls.append(("put_config", name))
        self.configs[name] = dict(config)
        self.states[name] = "RUNNING"

    def pause(self, name: str) -> None:
        self._to("pause", name, "PAUSED")

    def resume(self, name: str) -> None:
        self._to("resume", name, "RUNNING")

    def restart(self, name: str) -> None:
        self._to("restart", name, "RUNNING")

    def delete(self, name: str) -> None:
        self._to("delete", name, "")
        del self.configs[name]

    def offsets(self, name: str) -> list[dict[str, Any]]:
        left = self.progress.get(self._known(name), [])
        offset = left.pop(0) if len(left) > 1 else left[0] if left else None
        return [{"partition": {}, "offset": offset}] if offset else []

    def close(self) -> None:
        """Nothing is open."""

    def _to(self, call: str, name: str, state: str) -> None:
        self.calls.append((call, self._known(name)))
        self.states[name] = state

    def _known(self, name: str) -> str:
        if name not in self.configs:
            raise NotFound(f"Connect: Unknown connector {name}")
        return name


@dataclass
class FakeKsqlDb:
    """Keeps the names that statements create; refuses what it is told to refuse."""

    connect: FakeConnect
    sources: dict[str, int] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)
    refused: dict[str, ClickstreamError] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    answer: tuple[tuple[str, ...], list[list[Any]]] = (("A",), [[1]])
    healthy: bool = True
    sequence: int = -2

    def info(self) -> ServerInfo:
        return ServerInfo("0.29.0", "fake_", "RUNNING")

    def is_healthy(self) -> bool:
        return self.healthy

    def source_names(self) -> set[str]:
        return set(self.sources)

    def queries(self) -> list[dict[str, Any]]:
        return [{"id": "CTAS_A_1", "queryType": "PERSISTENT", "state": "RUNNING"}]

    def execute(
        self, ksql: str, *, properties: Any = None, variables: Any = None, after: int | None = None
    ) -> list[Entity]:
        self.requests.append({"ksql": ksql, "after": after, "variables": variables, "properties": properties})
        for words, error in self.refused.items():
            if words in ksql:
                raise error
        found = CREATE.match(ksql)
        if found and found[1].upper() == "CONNECTOR":
            config = dict(SETTING.findall(ksql))
            self.connect.put_config(found[2].upper(), config)
            self.topics.add(config["kafka.topic"])
            return [{"@type": "connector_info", "info": {"name": found[2].upper()}, "warnings": []}]
        if found:
            self.sources[found[2].upper()] = 10
        self.sequence += 2
        status = {"status": "SUCCESS", "message": "done", "queryId": None}
        return [{"@type": "currentStatus", "commandStatus": status, "commandSequenceNumber": self.sequence}]

    def describe(self, source: str) -> Entity:
        if source not in self.sources:
            raise NotFound(f"Could not find {source}")
        count = self.sources[source]
        return {"topic": source, "statistics": f"messages-per-sec: 1.0   total-messages: {count}"}

    def has_records(self, topic: str, *, idle_timeout_s: float = 2.0) -> bool:
        return topic in self.topics

    @contextmanager
    def print_topic(self, topic: str, **_: Any) -> Iterator[Iterator[str]]:
        self.requests.append({"print": topic})
        yield iter(self.printed)

    @contextmanager
    def query(self, sql: str, **given: Any) -> Iterator[Rows]:
        self.requests.append({"sql": sql} | given)
        names, rows = self.answer
        yield Rows("q", names, tuple("STRING" for _ in names), iter(rows))

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class FakeElasticsearch:
    """Templates, pipelines, and the state of indices as a test sets it."""

    pipelines: dict[str, dict[str, Any]] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    indices: dict[str, IndexState] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)
    colour: str = "green"

    def version(self) -> str:
        return "8.19.21"

    def health(self) -> str:
        return self.colour

    def pipeline(self, name: str) -> dict[str, Any] | None:
        return self.pipelines.get(name)

    def put_pipeline(self, name: str, body: dict[str, Any]) -> None:
        self.puts.append(name)
        self.pipelines[name] = body

    def index_template(self, name: str) -> dict[str, Any] | None:
        return self.templates.get(name)

    def put_index_template(self, name: str, body: dict[str, Any]) -> None:
        self.puts.append(name)
        self.templates[name] = body

    def index_state(self, index: str, time_field: str) -> IndexState:
        if index not in self.indices:
            raise NotFound(f"no such index [{index}]")
        return self.indices[index]

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class FakeGrafana:
    """Datasources and dashboards; a search through a datasource finds `shown` documents."""

    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    boards: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown: int = 5
    puts: list[str] = field(default_factory=list)

    def version(self) -> str:
        return "12.4.5"

    def datasources(self) -> list[dict[str, Any]]:
        return list(self.sources.values())

    def datasource(self, uid: str) -> dict[str, Any] | None:
        return self.sources.get(uid)

    def create_datasource(self, body: dict[str, Any]) -> None:
        self.puts.append(body["uid"])
        self.sources[body["uid"]] = body | {"id": 1, "readOnly": False}

    def update_datasource(self, uid: str, body: dict[str, Any]) -> None:
        self.create_datasource(body)

    def dashboard(self, uid: str) -> dict[str, Any] | None:
        return self.boards.get(uid)

    def put_dashboard(self, model: dict[str, Any]) -> str:
        self.puts.append(model["uid"])
        self.boards[model["uid"]] = json.loads(json.dumps(model | {"id": 7, "version": 3}))
        return f"/d/{model['uid']}"

    def search(self, uid: str, index: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"hits": {"total": {"value": self.shown}}}

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class FakeBackend:
    """A backend that is told, not done."""

    name: str = "embedded"
    running: bool = False
    purged: bool = False
    log: list[str] = field(default_factory=lambda: ["one", "two"])
    log_ends_with: BaseException | None = None

    def start(self) -> Started:
        was, self.running = self.running, True
        return Started(was, "process 1")

    def stop(self, *, purge: bool = False) -> Stopped:
        was, self.running, self.purged = self.running, False, purge
        return Stopped(was, purge, "process 1 ended")

    def endpoints(self) -> Endpoints:
        return ENDPOINTS

    def logs(self, service: str | None = None, *, follow: bool = False) -> Iterator[str]:
        yield from self.log
        if self.log_ends_with is not None:
            raise self.log_ends_with


@dataclass
class FakeStack:
    """All of it, and the context and the Run that see it."""

    project: Path
    connect: FakeConnect = field(default_factory=FakeConnect)
    elasticsearch: FakeElasticsearch = field(default_factory=FakeElasticsearch)
    grafana: FakeGrafana = field(default_factory=FakeGrafana)
    backend: FakeBackend = field(default_factory=FakeBackend)
    told: Told = field(default_factory=Told)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.ksqldb = FakeKsqlDb(self.connect)

    def context(self, waiter: Waiter | None = None) -> StepContext:
        """Return what a step is given."""
        assets = Assets.of(self.project)
        return StepContext(
            ENDPOINTS,
            cast(KsqlDbClient, self.ksqldb),
            cast(ConnectClient, self.connect),
            cast(ElasticsearchClient, self.elasticsearch),
            cast(GrafanaClient, self.grafana),
            read_pipeline(assets),
            assets,
            waiter or Waiter(10, 0.5, self.clock, self.sleep, self.told),
        )

    def sleep(self, seconds: float) -> None:
        """Let the fake clock go on."""
        self.clock.advance(round(seconds * 1000))

    def make_run(self, settings: Settings, form: Format) -> Run:
        """Return a command's Run over this stack; given to `clickstream.cli.main.run`."""
        run = Run(settings, Assets.of(self.project), Output(form), guard=None)
        waiter = Waiter(10, 0.5, self.clock, self.sleep, run.output)
        values = {"waiter": waiter, "context": self.context(waiter)}
        run.__dict__.update(values)
        run.__dict__["choice"] = Choice(cast(Backend, self.backend), "embedded (the default)")
        return run

    def fill_indices(self) -> None:
        """Let every table have documents."""
        for table in read_pipeline(Assets.of(self.project)).sinks:
            self.elasticsearch.indices[table.lower()] = IndexState(5, 1_000, 2_000)
