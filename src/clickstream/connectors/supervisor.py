"""The Connect worker: connectors' configurations, wanted states, and what can be asked about them.

Requests change what is wanted, durably, and return; the thread of `follower.py` makes it so. States are
seen a moment later, as with a real worker, which reads its own configuration topic. `offsets.py` shows and
changes offsets, `fleet.py` runs tasks.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from clickstream.connectors import plugins as checks
from clickstream.connectors.base import Config, ConnectorStore, RecordSink, TopicReader
from clickstream.connectors.connector_configs import ConnectorConfigs, ConnectorRecord, Target
from clickstream.connectors.document_places import DEFAULT_PORT, DocumentPlaces
from clickstream.connectors.fleet import TaskFleet, Worker
from clickstream.connectors.follower import Follower
from clickstream.connectors.offsets import ConnectorOffsets
from clickstream.connectors.plugins import Plugin, PluginRegistry, default_plugins
from clickstream.connectors.status import ConnectorInfo, ConnectorStatus, StatusBoard, TaskStatus
from clickstream.connectors.stored_documents import BulkStore
from clickstream.core.clock import Clock, SystemClock
from clickstream.core.errors import Conflict, InvalidConnectorConfig, NotFound, UnknownPlugin

__all__ = ["Supervisor"]

LOG = logging.getLogger(__name__)

SETTLE_S = 0.1
"""After this a pause or a restart is acted on. The real worker takes about as long, and clients that look
at once see the state from before (recorded); acting sooner would only hide their mistake."""

FORGET_S = 0.2
"""A deleted connector's status is still answered for this long, with no tasks (recorded: under a second)."""


class Supervisor:
    """All connectors of the process. Every method may be called from any thread.

    Raises: NotFound, Conflict, InvalidConnectorConfig (400) and UnknownPlugin (500), with Connect's own
    sentences.
    """

    def __init__(
        self,
        *,
        producer: RecordSink,
        topics: TopicReader,
        store: ConnectorStore,
        clock: Clock | None = None,
        plugins: PluginRegistry | None = None,
        documents: BulkStore | None = None,
        documents_host: str = "127.0.0.1",
        documents_port: int = DEFAULT_PORT,
        worker_id: str = "127.0.0.1:8083",
        topic_names: Callable[[], Iterable[str]] = tuple,
        end_offset: Callable[[str], int] = lambda topic: sys.maxsize,
        windowed: Callable[[str], str | None] = lambda topic: None,
    ) -> None:
        places = DocumentPlaces(documents, documents_port, documents_host)
        self.registry = plugins or default_plugins(store, places)
        self._clock = clock or SystemClock()
        worker = Worker(producer, topics, store, self._clock, topic_names, end_offset, windowed)
        self._board = StatusBoard(worker_id)
        self._configs = ConnectorConfigs(store)
        self._offsets = ConnectorOffsets(producer, self.registry)
        fleet = TaskFleet(worker, self.registry, self._board)
        self._follower = Follower(self._configs, fleet, self._board, self.registry, self._clock)
        self._lock = self._follower.lock

    def start(self) -> None:
        """Start all connectors as they were, and the thread that runs them."""
        self._follower.start()

    def close(self) -> None:
        """End all tasks after what they are doing; wanted states stay for the next start."""
        self._follower.close()

    def step(self) -> None:
        """Act on what was asked for and poll what is due, by hand: for tests, instead of `start`."""
        self._follower.step()

    # configuration

    def names(self) -> list[str]:
        """Return the names of all connectors, sorted."""
        with self._lock:
            return self._configs.names()

    def info(self, name: str) -> ConnectorInfo:
        """Return a connector's configuration and tasks."""
        with self._lock:
            return self._info(self._record(name, "Connector {} not found"))

    def _type(self, record: ConnectorRecord) -> str:
        return self.registry.find(record.config["connector.class"]).type

    def _record(self, name: str, message: str) -> ConnectorRecord:
        record = self._configs.get(name)
        if record is None:
            raise NotFound(message.format(name))
        return record

    def _info(self, record: ConnectorRecord) -> ConnectorInfo:
        plugin = self.registry.find(record.config["connector.class"])
        tasks = [(record.name, number) for number in range(record.task_count)]
        warnings = list(plugin.warnings(record.config))
        return ConnectorInfo(record.name, dict(record.config), tasks, plugin.type, warnings)

    def create(
        self, name: str, config: Mapping[str, Any], *, initial_state: Target = "RUNNING"
    ) -> ConnectorInfo:
        """Create a connector and start it, unless it is to begin paused or stopped."""
        checked = self._check(name, config)
        with self._lock:
            if self._configs.get(name) is not None:
                raise Conflict(f"Connector {name} already exists")
            return self._save(ConnectorRecord(name, checked, initial_state))

    def put_config(self, name: str, config: Mapping[str, Any]) -> tuple[ConnectorInfo, bool]:
        """Create a connector or change its configuration; return it and whether it is new."""
        checked = self._check(name, config)
        with self._lock:
            record = self._configs.get(name)
            if record is None:
                return self._save(ConnectorRecord(name, checked)), True
            return self._save(replace(record, config=checked)), False

    def patch_config(self, name: str, patch: Mapping[str, Any]) -> ConnectorInfo:
        """Change some settings; None removes one."""
        with self._lock:
            known = self._record(name, "Connector {} not found").config
        config = {**known, **{key: value for key, value in patch.items() if value is not None}}
        for key in [key for key, value in patch.items() if value is None]:
            config.pop(key, None)
        return self.put_config(name, config)[0]

    def _save(self, record: ConnectorRecord) -> ConnectorInfo:
        info = self._info(record)
        for warning in info.warnings:
            LOG.warning("connector %s: %s", record.name, warning)
        self._configs.save(record)
        self._follower.order("sync", record.name)
        return info

    def _check(self, name: str, config: Mapping[str, Any]) -> Config:
        """Return the configuration as it is kept: text values, with the name."""
        texts = {key: _as_text(key, value) for key, value in config.items()}
        given = texts.setdefault("name", name)
        if given != name:
            raise InvalidConnectorConfig(
                f"Connector name configuration ({given}) doesn't match connector name in the URL ({name})"
            )
        class_name = texts.get("connector.class")
        if class_name is None:
            raise _no_class(texts)
        errors = _errors(checks.examine(self.registry.find(class_name), texts))
        if errors:
            listed = "\n".join(errors)
            raise InvalidConnectorConfig(
                f"Connector configuration is invalid and contains the following {len(errors)} error(s):\n"
                f"{listed}\n"
                "You can also find the above list of errors at the endpoint "
                "`/connector-plugins/{connectorType}/config/validate`"
            )
        return texts

    def delete(self, name: str) -> None:
        """Delete a connector; its committed offsets stay, so one of the same name goes on from there."""
        with self._lock:
            record = self._record(name, "Connector {} not found")
            self._configs.delete(record.name)
            self._board.set_tasks(name, "UNASSIGNED", ())
            self._follower.order("end", name)
            self._follower.order("forget", name, FORGET_S)

    # states

    def status(self, name: str) -> ConnectorStatus:
        """Return the state of a connector and its tasks."""
        status = self._board.get(name)
        if status is None:
            raise NotFound(f"No status found for connector {name}")
        return status

    def task_status(self, name: str, number: int) -> TaskStatus:
        """Return the state of one task."""
        status = self._board.get(name)
        for task in status.tasks if status else ():
            if task.id == number:
                return task
        raise NotFound(f"No status found for task {name}-{number}")

    def pause(self, name: str) -> None:
        """Have the connector pause, soon."""
        self._want(name, "PAUSED", SETTLE_S)

    def resume(self, name: str) -> None:
        """Have the connector run."""
        self._follower.settle(self._want(name, "RUNNING", 0.0))

    def _want(self, name: str, target: Target, after_s: float) -> threading.Event:
        with self._lock:
            record = self._record(name, "Unknown connector {}")
            if record.target != target:
                record.target = target
                self._configs.save(record)
            return self._follower.order("sync", name, after_s)

    def stop(self, name: str) -> None:
        """End the connector's tasks; its offsets can then be changed."""
        with self._lock:
            self._record(name, "Unknown connector {}")
        self._follower.settle(self._want(name, "STOPPED", 0.0))

    def restart(
        self, name: str, *, include_tasks: bool = False, only_failed: bool = False
    ) -> ConnectorStatus | None:
        """Restart the connector, and its tasks if asked; return what will be, None if no task is."""
        with self._lock:
            record = self._record(name, "Unknown connector: {}")
            status = self._board.get(name)
            tasks = status.tasks if status and include_tasks else []
            chosen = [task.id for task in tasks if task.state == "FAILED" or not only_failed]
            if not (include_tasks or only_failed) or status is None:
                self._follower.order("sync", record.name)
                return None
            failed = status.state == "FAILED"
            self._board.mark_restarting(name, chosen, connector=failed or not only_failed)
            self._follower.order("restart", name, SETTLE_S, chosen)
            return self._board.get(name)

    def restart_task(self, name: str, number: int) -> None:
        """Restart one task."""
        with self._lock:
            record = self._configs.get(name)
            if record is None:
                raise NotFound(f"Unknown connector: {name}")
            if not 0 <= number < record.task_count:
                raise NotFound(f"Unknown task: {name}-{number}")
            acted = self._follower.order("restart", name, 0.0, [number])
        self._follower.settle(acted)

    # what tasks work on

    def task_configs(self, name: str) -> list[Config]:
        """Return the configuration of each task."""
        with self._lock:
            record = self._record(name, "Connector {} not found")
            plugin = self.registry.find(record.config["connector.class"])
            return [self._task_config(record, plugin, number) for number in range(record.task_count)]

    def _task_config(self, record: ConnectorRecord, plugin: Plugin, number: int) -> Config:
        own = {"task.class": plugin.task_class_name}
        return {**record.config, **own, **({"task.id": str(number)} if plugin.type == "source" else {})}

    def topics(self, name: str) -> list[str]:
        """Return the topics that the connector has written to or reads."""
        with self._lock:
            record = self._record(name, "Connector {} not found")
            if self._type(record) == "sink":
                return [topic for topic in self._sink_topics(record) if topic]
            return list(record.topics)

    def _sink_topics(self, record: ConnectorRecord) -> list[str]:
        return [topic.strip() for topic in record.config.get("topics", "").split(",")]

    def reset_topics(self, name: str) -> None:
        """Forget which topics the connector has written to."""
        with self._lock:
            record = self._record(name, "Connector {} not found")
            record.topics = []
            self._configs.save(record)

    def offsets(self, name: str) -> list[dict[str, Any]]:
        """Return partition and offset of everything the connector reads, as committed."""
        with self._lock:
            return self._offsets.read(self._record(name, "Connector {} not found"))

    def alter_offsets(self, name: str, offsets: list[dict[str, Any]]) -> str:
        """Set offsets of a stopped connector; return Connect's sentence about it."""
        return self._offsets.alter(self._stopped(name), offsets)

    def reset_offsets(self, name: str) -> str:
        """Forget the offsets of a stopped connector; return Connect's sentence about it."""
        return self._offsets.reset(self._stopped(name))

    def _stopped(self, name: str) -> ConnectorRecord:
        with self._lock:
            record = self._record(name, "Connector {} not found")
        if record.target != "STOPPED":
            raise InvalidConnectorConfig(
                "Connectors must be in the STOPPED state before their offsets can be modified. "
                "This can be done for the specified connector by issuing a 'PUT' request to the "
                f"'/connectors/{name}/stop' endpoint"
            )
        return record

    # plugins

    def plugins(self, *, connectors_only: bool = True) -> list[dict[str, str]]:
        """Return the classes there are."""
        return self.registry.listing(connectors_only=connectors_only)

    def plugin_config(self, class_name: str) -> list[dict[str, Any]]:
        """Return the definitions of a class's settings.

        Raises: NotFound if there is no such class.
        """
        try:
            plugin = self.registry.find(class_name)
        except UnknownPlugin as error:
            raise NotFound(f"Unknown plugin {class_name}.") from error
        return (plugin.config + plugin.standard).definitions()

    def validate(self, class_name: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return every setting of a class with value and errors, and how many errors there are.

        Raises: UnknownPlugin; InvalidConnectorConfig if the configuration is for another class.
        """
        texts = {key: _as_text(key, value) for key, value in config.items()}
        included = texts.get("connector.class")
        if included is None:
            raise _no_class(texts)
        if included.rpartition(".")[2] != class_name.rpartition(".")[2]:
            raise InvalidConnectorConfig(
                f"Included connector type {included} does not match request type {class_name}"
            )
        plugin = self.registry.find(included)
        examined = checks.examine(plugin, texts)
        return {
            "name": included,
            "error_count": len(_errors(examined)),
            "groups": checks.full_config(plugin, texts).groups(),
            "configs": examined,
        }


def _as_text(key: str, value: Any) -> str:
    """Return a JSON value as Connect's text.

    Raises: InvalidConnectorConfig for null, an array or an object.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    raise InvalidConnectorConfig(
        f"Invalid value {value} for configuration {key}: must be a text, not {value!r}"
    )


def _no_class(config: Mapping[str, str]) -> InvalidConnectorConfig:
    shown = ", ".join(f"{key}={value}" for key, value in sorted(config.items(), reverse=True))
    return InvalidConnectorConfig(f"Connector config {{{shown}}} contains no connector type")


def _errors(examined: list[dict[str, Any]]) -> list[str]:
    return [error for entry in examined for error in entry["value"]["errors"]]
