"""Waits until all four services answer that they are ready."""

from dataclasses import dataclass

from clickstream.core.errors import ClickstreamError
from clickstream.core.waiting import NotYet
from clickstream.steps.context import StepContext

__all__ = ["ServiceState", "check_services", "wait_ready"]


@dataclass(frozen=True)
class ServiceState:
    """What one service says of itself; `detail` is its version, or why it is not healthy."""

    service: str
    url: str
    healthy: bool
    detail: str


def wait_ready(context: StepContext) -> list[ServiceState]:
    """Return the services' states once all are healthy. Raises: ServiceUnavailable at the deadline."""

    def probe() -> list[ServiceState]:
        states = check_services(context)
        sick = [f"{state.service}: {state.detail}" for state in states if not state.healthy]
        if sick:
            raise NotYet("; ".join(sick))
        return states

    return context.waiter.until(probe, "the services are ready")


def check_services(context: StepContext) -> list[ServiceState]:
    """Return what each service says now."""
    checks = {
        "ksqldb": lambda: ksqldb_version(context),
        "connect": context.connect.version,
        "elasticsearch": lambda: elasticsearch_version(context),
        "grafana": context.grafana.version,
    }
    states: list[ServiceState] = []
    for service, check in checks.items():
        try:
            healthy, detail = True, check()
        except ClickstreamError as error:
            healthy, detail = False, error.message
        states.append(ServiceState(service, context.endpoints.url(service), healthy, detail))
    return states


def ksqldb_version(context: StepContext) -> str:
    """Return ksqlDB's version. Raises: ClickstreamError while it is not healthy."""
    info = context.ksqldb.info()
    if info.status != "RUNNING" or not context.ksqldb.is_healthy():
        raise ClickstreamError(f"it is {info.status} and not healthy yet")
    return info.version


def elasticsearch_version(context: StepContext) -> str:
    """Return Elasticsearch's version. Raises: ClickstreamError while its cluster is red."""
    if context.elasticsearch.health() == "red":
        raise ClickstreamError("its cluster is red")
    return context.elasticsearch.version()
