"""Kafka Connect's REST API.

Source: golden/rest/connect; Apache Kafka's Connect REST reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import requests

from clickstream.clients.http import HttpClient, error_text
from clickstream.core.errors import ClickstreamError, ServiceUnavailable

__all__ = ["ConnectClient", "ConnectorStatus", "TaskStatus"]


@dataclass(frozen=True)
class TaskStatus:
    """The state of one task; `trace` is why it failed."""

    id: int
    state: str
    trace: str = ""


@dataclass(frozen=True)
class ConnectorStatus:
    """The state of one connector and of its tasks."""

    name: str
    kind: str
    state: str
    tasks: tuple[TaskStatus, ...]

    @property
    def failed(self) -> TaskStatus | None:
        """The first task that failed: a connector stays RUNNING when its tasks fail."""
        return next((task for task in self.tasks if task.state == "FAILED"), None)

    @property
    def is_running(self) -> bool:
        """Whether it and all of its tasks run."""
        states = {self.state, *(task.state for task in self.tasks)}
        return states == {"RUNNING"} and bool(self.tasks)


class ConnectClient:
    """Talks to one Connect worker."""

    def __init__(
        self, base_url: str, *, auth: tuple[str, str] | None = None, timeout_s: float = 30.0
    ) -> None:
        self._http = HttpClient("Connect", base_url, auth=auth, timeout_s=timeout_s, refusal=rebalancing)

    def version(self) -> str:
        """Return the worker's version."""
        return str(self._http.probe("/")["version"])

    def names(self) -> list[str]:
        """Return the names of all connectors, sorted."""
        return sorted(self._http.get("/connectors"))

    def statuses(self) -> list[ConnectorStatus]:
        """Return the status of all connectors, by name."""
        answer = self._http.get("/connectors", expand="status")
        return sorted(
            (read_status(item["status"]) for item in answer.values()), key=lambda status: status.name
        )

    def status(self, name: str) -> ConnectorStatus:
        """Return the status of one connector. Raises: NotFound."""
        return read_status(self._http.get(f"/connectors/{quote(name, safe='')}/status"))

    def config(self, name: str) -> dict[str, str]:
        """Return a connector's configuration. Raises: NotFound."""
        return cast(dict[str, str], self._http.get(f"/connectors/{quote(name, safe='')}/config"))

    def put_config(self, name: str, config: Mapping[str, str]) -> None:
        """Create the connector, or change it to `config`."""
        self._http.put(f"/connectors/{quote(name, safe='')}/config", dict(config))

    def pause(self, name: str) -> None:
        """Ask for a pause; it takes effect a little later. Raises: NotFound."""
        self._http.put(f"/connectors/{quote(name, safe='')}/pause")

    def resume(self, name: str) -> None:
        """Ask for going on after a pause. Raises: NotFound."""
        self._http.put(f"/connectors/{quote(name, safe='')}/resume")

    def restart(self, name: str) -> None:
        """Restart the connector and its tasks, failed ones too. Raises: NotFound."""
        self._http.post(
            f"/connectors/{quote(name, safe='')}/restart", includeTasks="true", onlyFailed="false"
        )

    def delete(self, name: str) -> None:
        """Delete the connector. Raises: NotFound."""
        self._http.delete(f"/connectors/{quote(name, safe='')}")

    def offsets(self, name: str) -> list[dict[str, Any]]:
        """Return how far the connector has come: pairs of `partition` and `offset`. Raises: NotFound."""
        return cast(
            list[dict[str, Any]], self._http.get(f"/connectors/{quote(name, safe='')}/offsets")["offsets"]
        )

    def plugin_classes(self) -> set[str]:
        """Return the classes of the installed connector plugins."""
        return {item["class"] for item in self._http.get("/connector-plugins")}

    def close(self) -> None:
        """Close idle connections."""
        self._http.close()


def read_status(answer: Mapping[str, Any]) -> ConnectorStatus:
    """Return the status in Connect's answer."""
    tasks = [TaskStatus(task["id"], task["state"], task.get("trace", "")) for task in answer["tasks"]]
    return ConnectorStatus(answer["name"], answer.get("type", ""), answer["connector"]["state"], tuple(tasks))


def rebalancing(response: requests.Response, body: Any) -> ClickstreamError | None:
    """Return a passing error for the 409 that only says that workers share out their tasks anew."""
    if response.status_code == 409 and "rebalanc" in error_text(body).lower():
        return ServiceUnavailable(f"Connect: {error_text(body)}")
    return None
