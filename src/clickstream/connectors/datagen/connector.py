"""The plugin `io.confluent.kafka.connect.datagen.DatagenConnector`: its settings, and how a task is made."""

from collections.abc import Mapping
from typing import Any

from clickstream.connectors.base import SourceContext, SourceTask
from clickstream.connectors.config_def import REQUIRED, ConfigDef, ConfigKey
from clickstream.connectors.datagen.task import QUICKSTARTS, DatagenTask

__all__ = ["CLASS_NAME", "CONFIG", "TASK_CLASS_NAME", "make_task", "warnings"]

CLASS_NAME = "io.confluent.kafka.connect.datagen.DatagenConnector"
TASK_CLASS_NAME = "io.confluent.kafka.connect.datagen.DatagenTask"

_REAL_QUICKSTARTS = (
    *("clickstream_users", "pageviews", "product", "ratings", "stock_trades", "clickstream", "orders"),
    *("users_", "inventory", "users", "clickstream_codes"),
)
"""Those of the real connector, in the order of its own message."""


def _known_quickstart(name: str, value: Any) -> str | None:
    if not value:
        return (
            f"Invalid value  for configuration {name}: "
            f"schema.string and schema.filename are not supported, so a quickstart is needed: {_supported()}"
        )
    if value.lower() not in _REAL_QUICKSTARTS:
        return f"{name} must be one out of {','.join(_REAL_QUICKSTARTS)}"
    if value.lower() not in QUICKSTARTS:
        return f"Invalid value {value} for configuration {name}: supported here are {_supported()}"
    return None


def _supported() -> str:
    return ", ".join(sorted(QUICKSTARTS))


def _unsupported(name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    return f"Invalid value {value} for configuration {name}: not supported, use quickstart"


CONFIG = ConfigDef(
    (
        ConfigKey("kafka.topic", "STRING", REQUIRED, "HIGH", "The topic that the records go to."),
        ConfigKey(
            "max.interval",
            "LONG",
            500,
            "HIGH",
            "The wait before a record is random and shorter than this many milliseconds.",
        ),
        ConfigKey(
            "iterations",
            "INT",
            -1,
            "HIGH",
            "After this many records a task ends, in the state FAILED; below 1 it never ends.",
        ),
        ConfigKey("schema.string", "STRING", "", "HIGH", "Not supported.", _unsupported),
        ConfigKey("schema.filename", "STRING", "", "HIGH", "Not supported.", _unsupported),
        ConfigKey("schema.keyfield", "STRING", "", "HIGH", "Without effect: each quickstart has its key."),
        ConfigKey("quickstart", "STRING", "", "HIGH", f"What is made: {_supported()}.", _known_quickstart),
        ConfigKey(
            "random.seed",
            "LONG",
            None,
            "LOW",
            "With the same seed the same records are made; the waits between them still differ.",
        ),
    )
)


def make_task(config: Mapping[str, str], settings: Mapping[str, Any], context: SourceContext) -> SourceTask:
    """Return a task that goes on from its offset."""
    return DatagenTask(config, {**settings, "quickstart": settings["quickstart"].lower()}, context)


def warnings(config: Mapping[str, str]) -> list[str]:
    """Return what a user should be told about a configuration that is valid.

    Source: the real connector ignores `maxInterval` without a word, so records come every half second at
    most.
    """
    if "maxInterval" not in config:
        return []
    wanted = config["maxInterval"]
    rate = "" if "max.interval" in config else ", so records come at most every 500 ms"
    return [
        f"maxInterval is not a setting of this connector and is ignored{rate}; write max.interval={wanted}"
    ]
