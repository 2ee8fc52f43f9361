"""States of connectors and tasks, and the views of them that the REST API and ksqlDB's statements show."""

import copy
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from clickstream.connectors.base import Config
from clickstream.core.errors import TaskFailed

__all__ = ["ConnectorInfo", "ConnectorStatus", "State", "StatusBoard", "TaskId", "TaskStatus", "trace_text"]

State = Literal["RUNNING", "PAUSED", "STOPPED", "FAILED", "RESTARTING", "UNASSIGNED"]
TaskId = tuple[str, int]
"""A connector's name and the number of one of its tasks."""


@dataclass(slots=True)
class TaskStatus:
    """One task. `trace` is the error that ended it."""

    id: int
    state: State
    worker_id: str
    trace: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object that Connect answers."""
        shown: dict[str, Any] = {"id": self.id, "state": self.state, "worker_id": self.worker_id}
        return shown if self.trace is None else {**shown, "trace": self.trace}


@dataclass(slots=True)
class ConnectorStatus:
    """A connector and its tasks. A connector whose tasks have failed is still RUNNING, as in Connect."""

    name: str
    type: str
    state: State
    worker_id: str
    trace: str | None = None
    tasks: list[TaskStatus] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object that Connect answers."""
        connector: dict[str, Any] = {"state": self.state, "worker_id": self.worker_id}
        if self.trace is not None:
            connector["trace"] = self.trace
        return {
            "name": self.name,
            "connector": connector,
            "tasks": [task.as_dict() for task in self.tasks],
            "type": self.type,
        }


@dataclass(frozen=True, slots=True)
class ConnectorInfo:
    """A connector's configuration and tasks. `warnings` are ours: what is valid but surely not meant."""

    name: str
    config: Config
    tasks: Sequence[TaskId]
    type: str
    warnings: Sequence[str] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object that Connect answers."""
        tasks = [{"connector": connector, "task": task} for connector, task in self.tasks]
        return {"name": self.name, "config": self.config, "tasks": tasks, "type": self.type}


class StatusBoard:
    """The states of all connectors; written by the thread that runs them, read by anyone."""

    def __init__(self, worker_id: str) -> None:
        self._worker_id = worker_id
        self._lock = threading.Lock()
        self._statuses: dict[str, ConnectorStatus] = {}

    def get(self, name: str) -> ConnectorStatus | None:
        """Return a copy of a connector's status."""
        with self._lock:
            return copy.deepcopy(self._statuses.get(name))

    def set_connector(self, name: str, type_: str, state: State, trace: str | None = None) -> None:
        """Set a connector's own state; its tasks keep theirs."""
        with self._lock:
            known = self._statuses.get(name)
            tasks = known.tasks if known else []
            self._statuses[name] = ConnectorStatus(name, type_, state, self._worker_id, trace, tasks)

    def set_tasks(self, name: str, state: State, ids: Sequence[int]) -> None:
        """Make these the connector's tasks, all in one state."""
        with self._lock:
            if name in self._statuses:
                self._statuses[name].tasks = [TaskStatus(id_, state, self._worker_id) for id_ in ids]

    def set_task(self, task_id: TaskId, state: State, trace: str | None = None) -> None:
        """Set one task's state; a task that is no more is passed over."""
        name, number = task_id
        with self._lock:
            for task in self._statuses[name].tasks if name in self._statuses else ():
                if task.id == number:
                    task.state, task.trace = state, trace

    def mark_restarting(self, name: str, ids: Sequence[int], *, connector: bool) -> None:
        """Show what a restart was asked for; traces stay until it happens."""
        with self._lock:
            status = self._statuses[name]
            if connector:
                status.state = "RESTARTING"
            for task in status.tasks:
                if task.id in ids:
                    task.state = "RESTARTING"

    def remove(self, name: str) -> None:
        """Forget a connector."""
        with self._lock:
            self._statuses.pop(name, None)


def trace_text(error: BaseException) -> str:
    """Return the error and its causes in the shape of a Java stack trace, with this process's own frames."""
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None:
        kind = current.kind if isinstance(current, TaskFailed) else type(current).__name__
        prefix = "Caused by: " if lines else ""
        lines.append(f"{prefix}{kind}: {current}")
        frames = traceback.extract_tb(current.__traceback__)
        lines.extend(
            f"\tat {frame.name}({frame.filename.rpartition('/')[2]}:{frame.lineno})"
            for frame in reversed(frames)
        )
        current = current.__cause__
    return "\n".join(lines) + "\n"
