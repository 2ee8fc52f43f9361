"""Looks at everything that should run: services, queries, connectors."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream.core.errors import ServiceError
from clickstream.steps.context import StepContext
from clickstream.steps.wait_ready import ServiceState, check_services

__all__ = ["PartState", "Status", "check_status"]


@dataclass(frozen=True)
class PartState:
    """A query or a connector; `detail` is why it is not healthy."""

    kind: str
    name: str
    state: str
    healthy: bool
    detail: str = ""


@dataclass(frozen=True)
class Status:
    """How the stack is."""

    services: Sequence[ServiceState]
    parts: Sequence[PartState]

    @property
    def healthy(self) -> bool:
        """Whether every service answers and nothing that exists has failed."""
        return all(state.healthy for state in self.services) and all(part.healthy for part in self.parts)


def check_status(context: StepContext) -> Status:
    """Return how the services, queries and connectors are now; what cannot be asked is left out."""
    services = check_services(context)
    answering = {state.service for state in services if state.healthy}
    parts: list[PartState] = []
    try:
        if "ksqldb" in answering:
            parts += query_states(context)
        if "connect" in answering:
            parts += connector_states(context)
    except ServiceError as error:
        parts.append(PartState("service", "status", "UNKNOWN", False, error.message))
    return Status(services, parts)


def query_states(context: StepContext) -> list[PartState]:
    """Return the state of every persistent query; paused ones are as someone wanted them."""
    states: list[PartState] = []
    for query in context.ksqldb.queries():
        if query["queryType"] == "PERSISTENT":
            state = str(query["state"])
            states.append(PartState("query", str(query["id"]), state, state in ("RUNNING", "PAUSED")))
    return sorted(states, key=lambda state: state.name)


def connector_states(context: StepContext) -> list[PartState]:
    """Return the state of every connector, FAILED where a task of it has failed."""
    states: list[PartState] = []
    for status in context.connect.statuses():
        failed = status.failed
        reason = next(iter(failed.trace.splitlines()), "") if failed else ""
        state = "FAILED" if failed else status.state
        states.append(PartState(f"{status.kind} connector", status.name, state, failed is None, reason))
    return states
