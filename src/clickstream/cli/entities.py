"""How ksqlDB's answers look at the prompt: which parts of an entity make a table.

Source: golden/rest/ksql, golden/clickstream/meta: the entities' fields.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.cli.output import Format, Output
from clickstream.clients.ksqldb import Entity

__all__ = ["show_entities"]


@dataclass(frozen=True)
class Listing:
    """An entity that is a list: where the items are and which of their fields are shown."""

    items: str
    columns: Sequence[tuple[str, str]]


LISTINGS = {
    "streams": Listing(
        "streams",
        [
            ("name", "stream"),
            ("topic", "topic"),
            ("keyFormat", "key"),
            ("valueFormat", "value"),
            ("isWindowed", "windowed"),
        ],
    ),
    "tables": Listing(
        "tables",
        [
            ("name", "table"),
            ("topic", "topic"),
            ("keyFormat", "key"),
            ("valueFormat", "value"),
            ("isWindowed", "windowed"),
        ],
    ),
    "queries": Listing(
        "queries", [("id", "query"), ("queryType", "type"), ("state", "state"), ("sinks", "sinks")]
    ),
    "kafka_topics": Listing("topics", [("name", "topic"), ("replicaInfo", "replicas")]),
    "kafka_topics_extended": Listing(
        "topics",
        [
            ("name", "topic"),
            ("replicaInfo", "replicas"),
            ("consumerCount", "consumers"),
            ("consumerGroupCount", "groups"),
        ],
    ),
    "connector_list": Listing(
        "connectors", [("name", "connector"), ("type", "type"), ("className", "class"), ("state", "state")]
    ),
    "connector_plugins_list": Listing(
        "connectorsPlugins", [("className", "class"), ("type", "type"), ("version", "version")]
    ),
    "function_names": Listing(
        "functions", [("name", "function"), ("category", "category"), ("type", "type")]
    ),
    "properties": Listing(
        "properties", [("name", "property"), ("value", "value"), ("scope", "scope"), ("level", "level")]
    ),
    "variables": Listing("variables", [("name", "variable"), ("value", "value")]),
}


def show_entities(output: Output, entities: Sequence[Entity]) -> None:
    """Print each entity of an answer, and its warnings."""
    for entity in entities:
        for warning in entity.get("warnings") or ():
            output.warn(str(warning["message"]))
        if output.form is Format.JSON:
            output.json(entity)
        else:
            show_entity(output, entity)


def show_entity(output: Output, entity: Entity) -> None:
    """Print one entity in the form that its type has, as JSON if it has none."""
    kind = str(entity.get("@type", ""))
    if listing := LISTINGS.get(kind):
        rows = [[item.get(name) for name, _ in listing.columns] for item in entity.get(listing.items, ())]
        output.rows([title for _, title in listing.columns], rows)
    elif show := SHOWN.get(kind):
        show(output, entity)
    else:
        output.json(
            {name: value for name, value in entity.items() if name not in ("statementText", "warnings")}
        )


def show_status(output: Output, entity: Entity) -> None:
    """Print what a command did."""
    output.line(str(entity["commandStatus"]["message"]))


def show_message(output: Output, entity: Entity) -> None:
    """Print an entity that is words."""
    output.line(str(entity.get("message", "")))


def show_connector(output: Output, entity: Entity) -> None:
    """Print that a connector was made."""
    output.line(f"Created connector {entity['info']['name']}")


def show_dropped(output: Output, entity: Entity) -> None:
    """Print that a connector was dropped."""
    output.line(f"Dropped connector {entity['connectorName']}")


def show_description(output: Output, entity: Entity) -> None:
    """Print a stream's or table's columns, and with EXTENDED what reads and writes it."""
    described = entity["sourceDescription"]
    output.line(f"{described['type'].lower()} {described['name']}, topic {described.get('topic', '')}")
    output.rows(["column", "type"], [[field["name"], column_type(field)] for field in described["fields"]])
    if described.get("extended"):
        output.line(str(described.get("statement", "")))
        queries = described.get("readQueries", []) + described.get("writeQueries", [])
        output.rows(["query", "state"], [[query["id"], query["state"]] for query in queries])
        output.line(str(described.get("statistics", "")))


def show_plan(output: Output, entity: Entity) -> None:
    """Print a query's statement and its execution plan."""
    described = entity["queryDescription"]
    output.line(str(described.get("statementText", "")))
    output.line()
    output.line(str(described.get("executionPlan", "")))


def column_type(field: dict[str, Any]) -> str:
    """Return a column's type in SQL, with KEY where it is part of the key."""
    key = f" ({str(field['type']).lower()})" if field.get("type") else ""
    return type_text(field["schema"]) + key


def type_text(schema: dict[str, Any]) -> str:
    """Return a type in SQL."""
    kind = str(schema["type"])
    if kind == "ARRAY":
        return f"ARRAY<{type_text(schema['memberSchema'])}>"
    if kind == "MAP":
        return f"MAP<STRING, {type_text(schema['memberSchema'])}>"
    if kind == "STRUCT":
        members = (f"{field['name']} {type_text(field['schema'])}" for field in schema["fields"])
        return f"STRUCT<{', '.join(members)}>"
    return "VARCHAR" if kind == "STRING" else kind


SHOWN: dict[str, Callable[[Output, Entity], None]] = {
    "currentStatus": show_status,
    "warning_entity": show_message,
    "assert_topic": show_message,
    "connector_info": show_connector,
    "drop_connector": show_dropped,
    "sourceDescription": show_description,
    "queryDescription": show_plan,
}
