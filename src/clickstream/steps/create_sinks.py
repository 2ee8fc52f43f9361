"""Creates, lists and deletes the sink connectors that carry tables to Elasticsearch."""

from dataclasses import dataclass
from typing import Literal

from clickstream.core.errors import NotFound
from clickstream.steps.context import StepContext
from clickstream.steps.pipeline import index_name, sink_name

__all__ = ["SinkChange", "SinkState", "create_sinks", "delete_sinks", "list_sinks"]

SINK_CLASS = "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector"


@dataclass(frozen=True)
class SinkChange:
    """What was done about one table's sink."""

    table: str
    connector: str
    index: str
    outcome: Literal["created", "changed", "unchanged", "deleted", "absent"]


@dataclass(frozen=True)
class SinkState:
    """One table's sink as it is; `state` is `absent` where there is none."""

    table: str
    connector: str
    index: str
    state: str
    tasks: str


def create_sinks(context: StepContext, tables: tuple[str, ...] = ()) -> list[SinkChange]:
    """Create the sinks of the tables (all of the pipeline if none are named), or bring them to our settings.

    Raises: NotFound if a table has no sink in the pipeline; ServiceRejected if Connect refuses the settings.
    """
    names = set(context.connect.names())
    changes: list[SinkChange] = []
    for table in context.pipeline.tables(tables):
        context.progress.waiting(f"sink of {table}")
        changes.append(create_one(context, table, is_new=sink_name(table) not in names))
    return changes


def create_one(context: StepContext, table: str, *, is_new: bool) -> SinkChange:
    """Create one sink, or change it where its settings differ."""
    name, wanted = sink_name(table), sink_config(table, context.endpoints.elasticsearch_inside)
    if not is_new:
        present = context.connect.config(name)
        if {key: value for key, value in present.items() if key != "name"} == wanted:
            return SinkChange(table, name, index_name(table), "unchanged")
    # A worker that shares out its tasks answers 409 for a moment.
    context.waiter.until(lambda: context.connect.put_config(name, wanted), f"connector {name} is created")
    return SinkChange(table, name, index_name(table), "created" if is_new else "changed")


def sink_config(table: str, elasticsearch_url: str) -> dict[str, str]:
    """Return the settings of a table's sink.

    `key.ignore` because a windowed key can be no document id; the index's pipeline makes the id instead.
    Null values are tombstones: a row that no longer satisfies HAVING, or a session that grew.
    """
    return {
        "connector.class": SINK_CLASS,
        "tasks.max": "1",
        "topics": table,
        "connection.url": elasticsearch_url,
        "key.ignore": "true",
        "schema.ignore": "true",
        "behavior.on.null.values": "IGNORE",
        "key.converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
        "value.converter": "org.apache.kafka.connect.json.JsonConverter",
        "value.converter.schemas.enable": "false",
    }


def list_sinks(context: StepContext) -> list[SinkState]:
    """Return the state of every table's sink."""
    statuses = {status.name: status for status in context.connect.statuses()}
    states: list[SinkState] = []
    for table in context.pipeline.sinks:
        status = statuses.get(sink_name(table))
        tasks = " ".join(task.state for task in status.tasks) if status else ""
        state = status.state if status else "absent"
        states.append(SinkState(table, sink_name(table), index_name(table), state, tasks))
    return states


def delete_sinks(context: StepContext, tables: tuple[str, ...] = ()) -> list[SinkChange]:
    """Delete the sinks of the tables, of all if none are named; the documents stay."""
    changes: list[SinkChange] = []
    for table in context.pipeline.tables(tables):
        try:
            context.connect.delete(sink_name(table))
            outcome: Literal["deleted", "absent"] = "deleted"
        except NotFound:
            outcome = "absent"
        changes.append(SinkChange(table, sink_name(table), index_name(table), outcome))
    return changes
