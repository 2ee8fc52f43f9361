"""The server's properties: which exist, their values, and which of them a request may override.

`SHOW PROPERTIES` lists them, `SET` and `streamsProperties` are checked against them. Most steer parts of a
cluster that this server does not have; they are listed so that clients find what they expect.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from clickstream.node.entities import Property
from clickstream.node.identity import ServerIdentity
from clickstream.node.rejections import RequestRejected

__all__ = [
    "check_allowed",
    "default_names",
    "effective",
    "emits_every_change",
    "is_known",
    "list_properties",
    "reads_from_beginning",
]

STREAMS_PREFIX = "ksql.streams."
FUNCTIONS_PREFIX = "ksql.functions."

CLIENT_PROPERTIES = frozenset(
    [
        "acks",
        "application.id",
        "auto.offset.reset",
        "batch.size",
        "buffered.records.per.partition",
        "cache.max.bytes.buffering",
        "client.id",
        "commit.interval.ms",
        "compression.type",
        "default.timestamp.extractor",
        "enable.idempotence",
        "fetch.max.bytes",
        "fetch.min.bytes",
        "isolation.level",
        "linger.ms",
        "max.poll.interval.ms",
        "max.poll.records",
        "max.request.size",
        "max.task.idle.ms",
        "num.standby.replicas",
        "num.stream.threads",
        "poll.ms",
        "processing.guarantee",
        "request.timeout.ms",
        "retries",
        "session.timeout.ms",
        "state.cleanup.delay.ms",
        "statestore.cache.max.bytes",
        "topology.optimization",
    ]
)
"""Properties of Kafka Streams, consumers and producers that statements may set; the ones in use."""


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    value: str | None
    editable: bool
    per_query: bool
    is_default: bool


@cache
def _table() -> dict[str, _Known]:
    text = files("clickstream.node").joinpath("server_properties.txt").read_text()
    rows = (line.split(" ", 2) for line in text.splitlines() if not line.startswith("#"))
    return {
        name: _Known(
            name,
            None if value == "null" else value.strip("'"),
            editable="e" in flags,
            per_query="q" in flags,
            is_default="s" not in flags,
        )
        for name, flags, value in rows
    }


def list_properties(overrides: Mapping[str, object], identity: ServerIdentity) -> list[Property]:
    """Return all properties as `SHOW PROPERTIES` lists them, those of this request in their place."""
    overridden = {_full_name(name): str(value) for name, value in overrides.items()}
    places = {
        "host": identity.host,
        "connect": identity.connect_url,
        "data": identity.data_dir,
        "service": identity.service_id,
    }
    return [
        Property(
            known.name,
            "KSQL",
            overridden.get(known.name, known.value and known.value.format(**places)),
            known.editable,
            "QUERY" if known.per_query else "SERVER",
        )
        for known in _table().values()
    ]


def default_names(overrides: Mapping[str, object]) -> list[str]:
    """Return the names of the properties that stand at their default."""
    overridden = {_full_name(name) for name in overrides}
    return [known.name for known in _table().values() if known.is_default and known.name not in overridden]


def is_known(name: str) -> bool:
    """Return whether `SET` accepts a property of that name."""
    return (
        name in _table()
        or _full_name(name) in _table()
        or name.startswith(FUNCTIONS_PREFIX)
        or name.removeprefix(STREAMS_PREFIX).removeprefix("consumer.").removeprefix("producer.")
        in CLIENT_PROPERTIES
    )


def check_allowed(names: Iterable[str]) -> None:
    """Check that a request may override these properties.

    Raises: RequestRejected if one of them belongs to the server.
    """
    prohibited = [name for name in names if (known := _table().get(name)) and not known.editable]
    if prohibited:
        raise RequestRejected(
            "One or more properties overrides set locally are prohibited by the KSQL server "
            f"(use UNSET to reset their default value): [{', '.join(prohibited)}]"
        )


def effective(name: str, overrides: Mapping[str, object]) -> str | None:
    """Return the value of a property as a request sees it; `name` without `ksql.streams.` will do."""
    for candidate in (name, _full_name(name)):
        if candidate in overrides:
            return str(overrides[candidate])
    known = _table().get(_full_name(name))
    return known.value if known else None


def reads_from_beginning(overrides: Mapping[str, object]) -> bool:
    """Return whether new push queries read what already stands in their topics."""
    return (effective("auto.offset.reset", overrides) or "").lower() == "earliest"


def emits_every_change(overrides: Mapping[str, object]) -> bool:
    """Return whether aggregates of push queries emit a row a record: the record cache has no room."""
    return effective("cache.max.bytes.buffering", overrides) == "0"


def _full_name(name: str) -> str:
    return name if name in _table() or name.startswith("ksql.") else STREAMS_PREFIX + name
