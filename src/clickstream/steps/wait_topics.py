"""Waits until the source connectors have filled their topics: a statement over an absent topic is refused."""

from clickstream.clients.connect import ConnectorStatus
from clickstream.core.errors import ServiceRejected
from clickstream.core.waiting import NotYet
from clickstream.steps.context import StepContext
from clickstream.steps.create_connectors import connector_names
from clickstream.steps.run_statements import read_statements

__all__ = ["wait_topics"]

TOPIC_SETTING = "kafka.topic"


def wait_topics(context: StepContext) -> list[str]:
    """Return the topics of the pipeline's connectors once each holds a record.

    Raises: ServiceRejected if a connector has failed; ServiceUnavailable at the deadline.
    """
    topics: list[str] = []
    for name in connector_names(read_statements(context, [context.pipeline.connectors])):
        topic = context.connect.config(name).get(TOPIC_SETTING)
        if topic:
            wait_topic(context, name, topic)
            topics.append(topic)
    return topics


def wait_topic(context: StepContext, connector: str, topic: str) -> None:
    """Return once the topic holds a record. Raises: as `wait_topics`."""

    def probe() -> None:
        if not context.ksqldb.has_records(topic):
            status = context.connect.status(connector)
            refuse_failed(status)
            raise NotYet(f"connector {connector} is {status.state}, the topic is empty")

    context.waiter.until(probe, f"topic {topic} has data")


def refuse_failed(status: ConnectorStatus) -> None:
    """Raise ServiceRejected with the reason if a task of the connector has failed."""
    failed = status.failed
    if failed is not None:
        why = next(iter(failed.trace.splitlines()), "no reason given")
        raise ServiceRejected(
            f"connector {status.name} failed: {why}",
            status=500,
            hint=f"`clickstream connectors restart {status.name}` tries again",
        )
