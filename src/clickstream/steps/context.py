"""What every step is given: the services' clients, the pipeline and its files, and someone to tell."""

from dataclasses import dataclass

from clickstream.backends.base import Endpoints
from clickstream.clients.connect import ConnectClient
from clickstream.clients.elasticsearch import ElasticsearchClient
from clickstream.clients.grafana import GrafanaClient
from clickstream.clients.ksqldb import KsqlDbClient
from clickstream.core.paths import Assets
from clickstream.core.progress import Progress
from clickstream.core.waiting import Waiter
from clickstream.steps.pipeline import Pipeline

__all__ = ["StepContext"]


@dataclass(frozen=True)
class StepContext:
    """The surroundings of a step."""

    endpoints: Endpoints
    ksqldb: KsqlDbClient
    connect: ConnectClient
    elasticsearch: ElasticsearchClient
    grafana: GrafanaClient
    pipeline: Pipeline
    assets: Assets
    waiter: Waiter

    @classmethod
    def at(cls, endpoints: Endpoints, pipeline: Pipeline, assets: Assets, waiter: Waiter) -> "StepContext":
        """Return the context for services at these endpoints."""
        login = endpoints.grafana_login
        return cls(
            endpoints,
            KsqlDbClient(endpoints.ksqldb),
            ConnectClient(endpoints.connect),
            ElasticsearchClient(endpoints.elasticsearch),
            GrafanaClient(endpoints.grafana, auth=(login.user, login.password) if login else None),
            pipeline,
            assets,
            waiter,
        )

    @property
    def progress(self) -> Progress:
        """Who is told how the work goes."""
        return self.waiter.progress

    def close(self) -> None:
        """Close the clients' idle connections."""
        for client in (self.ksqldb, self.connect, self.elasticsearch, self.grafana):
            client.close()
