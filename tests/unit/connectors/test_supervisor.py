"""The worker, stepped by hand on a clock that stands still."""

import json
from typing import Any

import pytest

from clickstream.connectors.base import MemoryConnectorStore
from clickstream.connectors.supervisor import FORGET_S, SETTLE_S, Supervisor
from clickstream.core.clock import FakeClock
from clickstream.core.errors import Conflict, InvalidConnectorConfig, NotFound, UnknownPlugin
from tests.helpers.fake_topics import FakeTopics

DATAGEN = {
    "connector.class": "io.confluent.kafka.connect.datagen.DatagenConnector",
    "kafka.topic": "clicks",
    "quickstart": "clickstream",
    "max.interval": "10",
}


class Worker:
    """A supervisor with what it works on; `restart` is another process on the same data."""

    def __init__(self) -> None:
        self.clock = FakeClock(1_000_000)
        self.topics = FakeTopics()
        self.store = MemoryConnectorStore()
        self.restart()

    def restart(self) -> None:
        self.supervisor = Supervisor(
            producer=self.topics, topics=self.topics, store=self.store, clock=self.clock
        )
        for name in self.supervisor.names():
            self.supervisor.put_config(name, self.supervisor.info(name).config)

    def run(self, ms: int = 0) -> None:
        """Let time pass in steps of 10 ms."""
        for _ in range(ms // 10):
            self.supervisor.step()
            self.clock.advance(10)
        self.supervisor.step()

    def states(self, name: str = "c") -> tuple[str, list[str]]:
        status = self.supervisor.status(name)
        return status.state, [task.state for task in status.tasks]

    def count(self) -> int:
        return len(self.topics.records.get("clicks", ()))


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def running(worker: Worker) -> Worker:
    worker.supervisor.create("c", DATAGEN)
    worker.run(600)
    return worker


def test_a_connector_runs_once_it_was_started(worker: Worker) -> None:
    info = worker.supervisor.create("c", DATAGEN)
    assert (info.config["name"], list(info.tasks), info.type) == ("c", [], "source")
    with pytest.raises(NotFound, match="No status found for connector c"):
        worker.supervisor.status("c")
    worker.run(600)
    assert worker.states() == ("RUNNING", ["RUNNING"])
    assert list(worker.supervisor.info("c").tasks) == [("c", 0)]
    assert worker.count() > 5
    assert worker.supervisor.topics("c") == ["clicks"]


def test_values_become_text_and_nothing_else_is_taken(worker: Worker) -> None:
    config = worker.supervisor.create("c", {**DATAGEN, "iterations": 3, "x": False}).config
    assert (config["iterations"], config["x"]) == ("3", "false")
    with pytest.raises(InvalidConnectorConfig, match="must be a text"):
        worker.supervisor.create("d", {**DATAGEN, "x": None})


def test_names_are_unique_and_classes_known(running: Worker) -> None:
    with pytest.raises(Conflict, match="Connector c already exists"):
        running.supervisor.create("c", DATAGEN)
    with pytest.raises(UnknownPlugin, match="which name matches Nope, available connectors are: PluginDesc"):
        running.supervisor.create("d", {**DATAGEN, "connector.class": "Nope"})
    with pytest.raises(InvalidConnectorConfig, match=r"\(d\) doesn't match connector name in the URL \(e\)"):
        running.supervisor.create("e", {**DATAGEN, "name": "d"})


def test_a_class_is_found_by_its_short_names(worker: Worker) -> None:
    for name in ("DatagenConnector", "Datagen"):
        worker.supervisor.create(name, {**DATAGEN, "connector.class": name})
    assert worker.supervisor.names() == ["Datagen", "DatagenConnector"]


def test_pausing_is_not_at_once_and_loses_nothing(running: Worker) -> None:
    running.supervisor.pause("c")
    assert running.states() == ("RUNNING", ["RUNNING"])
    running.run(int(SETTLE_S * 1000))
    assert running.states() == ("PAUSED", ["PAUSED"])
    before = running.count()
    running.run(500)
    assert running.count() == before
    running.supervisor.resume("c")
    running.run(400)
    assert running.states() == ("RUNNING", ["RUNNING"])
    times = [json.loads(r.value or b"")["_time"] for r in running.topics.records["clicks"]]
    assert times == [1 + 10 * number for number in range(len(times))]


def test_a_connector_may_begin_paused_and_then_has_no_tasks(worker: Worker) -> None:
    worker.supervisor.create("c", DATAGEN, initial_state="PAUSED")
    worker.run(600)
    assert worker.states() == ("PAUSED", [])
    worker.supervisor.resume("c")
    worker.run(600)
    assert worker.states() == ("RUNNING", ["RUNNING"])


def test_stopping_ends_the_tasks(running: Worker) -> None:
    running.supervisor.stop("c")
    running.run(400)
    assert running.states() == ("STOPPED", [])
    assert list(running.supervisor.info("c").tasks) == []
    before = running.count()
    running.run(400)
    assert running.count() == before
    running.supervisor.resume("c")
    running.run(400)
    assert running.states() == ("RUNNING", ["RUNNING"])


@pytest.mark.parametrize("state", ["PAUSED", "RUNNING", "STOPPED"])
def test_everything_is_as_before_in_the_next_process(running: Worker, state: str) -> None:
    {
        "PAUSED": running.supervisor.pause,
        "STOPPED": running.supervisor.stop,
        "RUNNING": running.supervisor.resume,
    }[state]("c")
    running.run(400)
    before = running.states()
    made = running.count()
    running.restart()
    running.run(400)
    assert running.states() == before
    if state == "RUNNING":
        times = [json.loads(r.value or b"")["_time"] for r in running.topics.records["clicks"]]
        assert times == [1 + 10 * number for number in range(len(times))]
        assert dict(running.topics.records["clicks"][made].headers)["task.generation"] == b"1"


def test_a_failed_task_leaves_its_connector_running_until_it_is_restarted(worker: Worker) -> None:
    worker.supervisor.create("c", {**DATAGEN, "iterations": "2"})
    worker.run(600)
    assert worker.states() == ("RUNNING", ["FAILED"])
    trace = worker.supervisor.task_status("c", 0).trace or ""
    assert trace.startswith(
        "org.apache.kafka.connect.errors.ConnectException: "
        "Stopping connector: generated the configured 2 number of messages\n\tat "
    )
    worker.supervisor.pause("c")
    worker.run(600)
    assert worker.states() == ("PAUSED", ["FAILED"])
    worker.supervisor.resume("c")
    worker.supervisor.put_config("c", {**DATAGEN, "iterations": "4"})
    worker.run(600)
    assert worker.count() == 4


def test_restarting_shows_what_will_be_restarted(worker: Worker) -> None:
    worker.supervisor.create("c", {**DATAGEN, "iterations": "2"})
    worker.run(600)
    assert worker.supervisor.restart("c") is None
    shown = worker.supervisor.restart("c", include_tasks=True, only_failed=True)
    assert shown is not None
    assert (shown.state, shown.tasks[0].state, bool(shown.tasks[0].trace)) == ("RUNNING", "RESTARTING", True)
    worker.run(600)
    assert worker.states() == ("RUNNING", ["FAILED"])
    shown = worker.supervisor.restart("c", include_tasks=True)
    assert shown is not None
    assert (shown.state, shown.tasks[0].state) == ("RESTARTING", "RESTARTING")
    worker.run(600)
    assert worker.states() == ("RUNNING", ["FAILED"])


def test_a_restarted_task_goes_on_from_its_offset(running: Worker) -> None:
    running.supervisor.restart_task("c", 0)
    running.run(400)
    times = [json.loads(r.value or b"")["_time"] for r in running.topics.records["clicks"]]
    assert times == [1 + 10 * number for number in range(len(times))]
    with pytest.raises(NotFound, match="Unknown task: c-7"):
        running.supervisor.restart_task("c", 7)


def test_restarting_a_paused_connector_leaves_it_paused(running: Worker) -> None:
    running.supervisor.pause("c")
    running.run(400)
    running.supervisor.restart("c", include_tasks=True)
    running.run(400)
    assert running.states() == ("PAUSED", ["PAUSED"])


def test_a_change_of_configuration_takes_effect(running: Worker) -> None:
    info, created = running.supervisor.put_config("c", {**DATAGEN, "kafka.topic": "other"})
    assert (created, list(info.tasks)) == (False, [("c", 0)])
    running.run(400)
    before = running.count()
    running.run(400)
    assert running.count() == before
    assert running.supervisor.topics("c") == ["clicks", "other"]
    running.supervisor.reset_topics("c")
    assert running.supervisor.topics("c") == []
    patched = running.supervisor.patch_config("c", {"max.interval": None, "iterations": 5})
    assert "max.interval" not in patched.config
    assert patched.config["iterations"] == "5"


def test_a_deleted_connector_is_gone_and_its_status_soon_after(running: Worker) -> None:
    running.supervisor.delete("c")
    assert running.supervisor.names() == []
    assert running.states() == ("RUNNING", [])
    running.run(int(FORGET_S * 1000) + 10)
    with pytest.raises(NotFound):
        running.supervisor.status("c")
    before = running.count()
    running.run(400)
    assert running.count() == before


def test_a_connector_of_the_same_name_goes_on_from_the_old_ones_offset(running: Worker) -> None:
    running.supervisor.delete("c")
    running.supervisor.create("c", DATAGEN)
    running.run(500)
    assert running.states() == ("RUNNING", ["RUNNING"])
    times = [json.loads(r.value or b"")["_time"] for r in running.topics.records["clicks"]]
    assert times == [1 + 10 * number for number in range(len(times))]


def test_several_tasks_have_offsets_of_their_own(worker: Worker) -> None:
    worker.supervisor.create("c", {**DATAGEN, "tasks.max": "3"})
    worker.run(600)
    assert worker.states() == ("RUNNING", ["RUNNING"] * 3)
    assert [o["partition"] for o in worker.supervisor.offsets("c")] == [{"task.id": n} for n in range(3)]
    assert [config["task.id"] for config in worker.supervisor.task_configs("c")] == ["0", "1", "2"]


def test_offsets_can_be_changed_once_the_connector_is_stopped(running: Worker) -> None:
    with pytest.raises(InvalidConnectorConfig, match="must be in the STOPPED state"):
        running.supervisor.reset_offsets("c")
    running.supervisor.stop("c")
    running.run(400)
    (entry,) = running.supervisor.offsets("c")
    entry["offset"]["current.iteration"] = 1000
    assert "altered successfully" in running.supervisor.alter_offsets("c", [entry])
    running.supervisor.resume("c")
    running.run(400)
    assert json.loads(running.topics.records["clicks"][-1].value or b"")["_time"] > 10_000
    running.supervisor.stop("c")
    running.run(400)
    assert "reset successfully" in running.supervisor.reset_offsets("c")
    assert running.supervisor.offsets("c") == []
    with pytest.raises(InvalidConnectorConfig, match="need to be provided"):
        running.supervisor.alter_offsets("c", [{"partition": {}}])


def test_a_misspelt_setting_is_told_to_those_who_ask(worker: Worker) -> None:
    info = worker.supervisor.create("c", {**DATAGEN, "maxInterval": "30"})
    assert "maxInterval is not a setting" in info.warnings[0]


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("info", "Connector nope not found"),
        ("delete", "Connector nope not found"),
        ("task_configs", "Connector nope not found"),
        ("topics", "Connector nope not found"),
        ("offsets", "Connector nope not found"),
        ("status", "No status found for connector nope"),
        ("pause", "Unknown connector nope"),
        ("resume", "Unknown connector nope"),
        ("stop", "Unknown connector nope"),
        ("restart", "Unknown connector: nope"),
    ],
)
def test_unknown_connectors_are_told_in_connects_words(worker: Worker, method: str, message: str) -> None:
    call: Any = getattr(worker.supervisor, method)
    with pytest.raises(NotFound) as refusal:
        call("nope")
    assert str(refusal.value) == message


def test_a_sink_needs_topics(worker: Worker) -> None:
    sink = {
        "connector.class": "ElasticsearchSink",
        "connection.url": "http://localhost:9200",
        "schema.ignore": "true",
    }
    with pytest.raises(InvalidConnectorConfig, match=r"one of topics or topics\.regex"):
        worker.supervisor.create("s", sink)
    with pytest.raises(InvalidConnectorConfig, match="mutually exclusive"):
        worker.supervisor.create("s", {**sink, "topics": "a", "topics.regex": "b"})
    info = worker.supervisor.create("s", {**sink, "topics": "A,B"})
    assert info.type == "sink"
    assert worker.supervisor.topics("s") == ["A", "B"]


def test_validation_counts_errors_and_names_groups(worker: Worker) -> None:
    answer = worker.supervisor.validate("Datagen", {"connector.class": "Datagen", "quickstart": "bogus"})
    assert answer["error_count"] == 3
    assert answer["groups"][0] == "Common"
    with pytest.raises(InvalidConnectorConfig, match="does not match request type"):
        worker.supervisor.validate("ElasticsearchSinkConnector", DATAGEN)
    converter = {**DATAGEN, "name": "n", "value.converter": "io.confluent.connect.avro.AvroConverter"}
    assert worker.supervisor.validate("DatagenConnector", converter)["error_count"] == 1


def test_plugins_have_settings(worker: Worker) -> None:
    for plugin in worker.supervisor.plugins():
        names = [key["name"] for key in worker.supervisor.plugin_config(plugin["class"])]
        assert len(names) == len(set(names))
    assert len(worker.supervisor.plugins(connectors_only=False)) > len(worker.supervisor.plugins())
    with pytest.raises(NotFound):
        worker.supervisor.plugin_config("Nope")
