"""The settings that every connector has, whatever its class.

Names, types, defaults and order are Connect's (recorded from a worker 3.9). Settings that only make sense
with several workers or a broker are accepted, as Connect accepts them, and say in their documentation that
they do nothing here.
"""

from typing import Any

from clickstream.connectors.config_def import (
    REQUIRED,
    ConfigDef,
    ConfigKey,
    ConfigType,
    Importance,
    Validator,
    at_least,
    non_empty,
    one_of,
)

__all__ = ["COMMON", "SINK", "SOURCE"]


def _key(
    name: str,
    type_: ConfigType,
    default: Any,
    importance: Importance,
    place: tuple[str, int, str],
    display_name: str,
    doc: str,
    validator: Validator | None = None,
) -> ConfigKey:
    group, order, width = place
    return ConfigKey(name, type_, default, importance, doc, validator, group, order, width, display_name)


_NO_EFFECT = "Accepted and without effect here: {}."

COMMON = ConfigDef(
    (
        _key(
            "name", "STRING", REQUIRED, "HIGH", ("Common", 1, "MEDIUM"), "Connector name",
            "The connector's name; no two connectors share one.", non_empty,
        ),
        _key(
            "connector.class", "STRING", REQUIRED, "HIGH", ("Common", 2, "LONG"), "Connector class",
            "The class of the connector: its full name, its last part, or that without the word Connector.",
        ),
        _key(
            "tasks.max", "INT", 1, "HIGH", ("Common", 3, "SHORT"), "Tasks max",
            "How many tasks the connector may have.", at_least(1),
        ),
        _key(
            "tasks.max.enforce", "BOOLEAN", True, "LOW", ("Common", 4, "SHORT"), "Enforce tasks max",
            _NO_EFFECT.format("no connector makes more tasks than it may have"),
        ),
        _key(
            "key.converter", "CLASS", None, "LOW", ("Common", 5, "SHORT"), "Key converter class",
            "How keys become bytes, or bytes keys. Without it keys are text.",
        ),
        _key(
            "value.converter", "CLASS", None, "LOW", ("Common", 6, "SHORT"), "Value converter class",
            "How values become bytes, or bytes values. Without it values are JSON without schemas.",
        ),
        _key(
            "header.converter", "CLASS", None, "LOW", ("Common", 7, "SHORT"), "Header converter class",
            _NO_EFFECT.format("headers are written as text"),
        ),
        _key(
            "transforms", "LIST", "", "LOW", ("Transforms", 8, "LONG"), "Transforms",
            "Names of the transformations of each record; `transforms.<name>.type` is the class of one.",
        ),
        _key(
            "predicates", "LIST", "", "LOW", ("Predicates", 9, "LONG"), "Predicates",
            "Names of the conditions that transformations refer to.",
        ),
        _key(
            "config.action.reload", "STRING", "restart", "LOW", ("Common", 10, "MEDIUM"), "Reload Action",
            _NO_EFFECT.format("there are no external configuration providers"), one_of("none", "restart"),
        ),
        _key(
            "errors.retry.timeout", "LONG", 0, "MEDIUM", ("Error Handling", 1, "MEDIUM"),
            "Retry Timeout for Errors", "For how long, in milliseconds, a failed conversion is tried again.",
        ),
        _key(
            "errors.retry.delay.max.ms", "LONG", 60000, "MEDIUM", ("Error Handling", 2, "MEDIUM"),
            "Maximum Delay Between Retries for Errors", "The longest wait in milliseconds between two tries.",
        ),
        _key(
            "errors.tolerance", "STRING", "none", "MEDIUM", ("Error Handling", 3, "SHORT"), "Error Tolerance",
            "What a record that cannot be converted does: end the task (none) or be skipped (all).",
            one_of("none", "all"),
        ),
        _key(
            "errors.log.enable", "BOOLEAN", False, "MEDIUM", ("Error Handling", 4, "SHORT"), "Log Errors",
            "Whether skipped records are logged as well.",
        ),
        _key(
            "errors.log.include.messages", "BOOLEAN", False, "MEDIUM", ("Error Handling", 5, "SHORT"),
            "Log Error Details", "Whether the log line of a skipped record says where the record was.",
        ),
    )
)  # fmt: skip

SOURCE = COMMON + ConfigDef(
    (
        _key(
            "topic.creation.groups", "LIST", "", "LOW", ("Topic Creation", 1, "LONG"),
            "Topic Creation Groups", _NO_EFFECT.format("missing topics are created with one partition"),
        ),
        _key(
            "exactly.once.support", "STRING", "requested", "MEDIUM", ("Exactly Once Support", 2, "SHORT"),
            "Exactly once support", "Records and offsets are always committed together, whatever is set.",
            one_of("requested", "required"),
        ),
        _key(
            "transaction.boundary", "STRING", "poll", "MEDIUM", ("Exactly Once Support", 3, "SHORT"),
            "Transaction Boundary", _NO_EFFECT.format("each poll is one commit"),
            one_of("poll", "connector", "interval"),
        ),
        _key(
            "transaction.boundary.interval.ms", "LONG", None, "LOW", ("Exactly Once Support", 4, "SHORT"),
            "Transaction boundary interval", _NO_EFFECT.format("each poll is one commit"), at_least(1),
        ),
        _key(
            "offsets.storage.topic", "STRING", None, "LOW", ("offsets.topic", 1, "LONG"), "Offsets topic",
            _NO_EFFECT.format("offsets are kept beside the topics"),
        ),
    )
)  # fmt: skip

SINK = COMMON + ConfigDef(
    (
        _key(
            "topics", "LIST", "", "HIGH", ("Common", 4, "LONG"), "Topics",
            "The topics to read, with commas between them.",
        ),
        _key(
            "topics.regex", "STRING", "", "HIGH", ("Common", 4, "LONG"), "Topics regex",
            "A regular expression that names of topics to read must match; either this or topics.",
        ),
        _key(
            "errors.deadletterqueue.topic.name", "STRING", "", "MEDIUM", ("Error Handling", 6, "MEDIUM"),
            "Dead Letter Queue Topic Name", _NO_EFFECT.format("skipped records are logged"),
        ),
        _key(
            "errors.deadletterqueue.topic.replication.factor", "SHORT", 3, "MEDIUM",
            ("Error Handling", 7, "MEDIUM"), "Dead Letter Queue Topic Replication Factor",
            _NO_EFFECT.format("topics are not replicated"),
        ),
        _key(
            "errors.deadletterqueue.context.headers.enable", "BOOLEAN", False, "MEDIUM",
            ("Error Handling", 8, "MEDIUM"), "Enable Error Context Headers",
            _NO_EFFECT.format("skipped records are logged"),
        ),
    )
)  # fmt: skip
