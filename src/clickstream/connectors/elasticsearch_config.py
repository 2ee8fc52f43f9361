"""The settings of the Elasticsearch sink: those of its version 10 and of version 15, all accepted.

Names, types, defaults and order are the recorded ones of 10.0.2; `type.name` is not required, as since
version 11. Settings without a meaning here say so in their documentation.
"""

from collections.abc import Sequence
from typing import Any

from clickstream.connectors.config_def import (
    REQUIRED,
    ConfigDef,
    ConfigKey,
    ConfigType,
    Importance,
    Validator,
    at_least,
    one_of,
)

__all__ = ["CONFIG"]

_WIDE = frozenset(
    ["connection.url", "topic.index.map", "topic.key.ignore", "topic.schema.ignore", "drop.invalid.message"]
)
_IGNORED = "Accepted and without effect here: {}."

_Row = tuple[str, ConfigType, Any, Importance, str, str, Validator | None]


def _row(
    name: str,
    type_: ConfigType,
    default: Any,
    importance: Importance,
    display_name: str,
    doc: str,
    validator: Validator | None = None,
) -> _Row:
    return (name, type_, default, importance, display_name, doc, validator)


_CONNECTOR = (
    _row(
        *("connection.url", "LIST", REQUIRED, "HIGH", "Connection URLs"),
        "The Elasticsearch to write to, one URL or several; this process's own store if one is its own.",
    ),
    _row(
        *("connection.username", "STRING", None, "MEDIUM", "Connection Username"),
        "A user's name, for basic authentication.",
    ),
    _row(
        *("connection.password", "PASSWORD", None, "MEDIUM", "Connection Password"),
        "The user's password.",
    ),
    _row(
        *("batch.size", "INT", 2000, "MEDIUM", "Batch Size"),
        "After so many records a batch is written without waiting for more.",
        at_least(1),
    ),
    _row(
        *("max.in.flight.requests", "INT", 5, "MEDIUM", "Max In-flight Requests"),
        _IGNORED.format("the requests of a topic follow each other"),
        at_least(1),
    ),
    _row(
        *("max.buffered.records", "INT", 20000, "LOW", "Max Buffered Records"),
        _IGNORED.format("no more than a batch is buffered"),
        at_least(1),
    ),
    _row(
        *("linger.ms", "LONG", 1, "LOW", "Linger (ms)"),
        "How long records wait for more to come; shorter waits than 100 ms are made that long.",
        at_least(0),
    ),
    _row(
        *("flush.timeout.ms", "LONG", 10000, "LOW", "Flush Timeout (ms)"),
        _IGNORED.format("a batch is written at once"),
        at_least(1),
    ),
    _row(
        *("max.retries", "INT", 5, "LOW", "Max Retries"),
        "How often a failed request is sent again before the task ends.",
        at_least(0),
    ),
    _row(
        *("retry.backoff.ms", "LONG", 100, "LOW", "Retry Backoff (ms)"),
        "The wait before the first retry; each further one waits twice as long.",
        at_least(0),
    ),
    _row(
        *("connection.compression", "BOOLEAN", False, "LOW", "Compression"),
        _IGNORED.format("requests are not compressed"),
    ),
    _row(
        *("max.connection.idle.time.ms", "INT", 60000, "LOW", "Max Connection Idle Time"),
        _IGNORED.format("a connection that was dropped is opened again"),
    ),
    _row(
        *("connection.timeout.ms", "INT", 1000, "LOW", "Connection Timeout"),
        "How long connecting may take.",
        at_least(1),
    ),
    _row(
        *("read.timeout.ms", "INT", 3000, "LOW", "Read Timeout"),
        "How long an answer may take.",
        at_least(1),
    ),
    _row(
        *("auto.create.indices.at.start", "BOOLEAN", True, "LOW", "Create indices at startup"),
        "Whether the index of each topic is made when the task starts.",
    ),
)

_CONVERSION = (
    _row(
        *("type.name", "STRING", None, "HIGH", "Type Name"),
        "The type of documents, for an Elasticsearch before version 7.",
    ),
    _row(
        *("key.ignore", "BOOLEAN", False, "HIGH", "Ignore Key mode"),
        "Whether ids are made of topic, partition and offset instead of the record's key.",
    ),
    _row(
        *("schema.ignore", "BOOLEAN", False, "LOW", "Ignore Schema mode"),
        "Whether mappings are left to Elasticsearch; needed for values without a schema.",
    ),
    _row(
        *("compact.map.entries", "BOOLEAN", True, "LOW", "Compact Map Entries"),
        _IGNORED.format("objects stay objects"),
    ),
    _row(
        *("topic.index.map", "LIST", "", "LOW", "Topic to Index Map"),
        "Pairs `topic:index`; the index of any other topic is its name in lower case.",
    ),
    _row(
        *("topic.key.ignore", "LIST", "", "LOW", "Topics for 'Ignore Key' mode"),
        "Topics for which key.ignore holds.",
    ),
    _row(
        *("topic.schema.ignore", "LIST", "", "LOW", "Topics for 'Ignore Schema' mode"),
        "Topics for which schema.ignore holds.",
    ),
    _row(
        *("drop.invalid.message", "BOOLEAN", False, "LOW", "Drop invalid messages"),
        "Whether records that cannot be converted are skipped.",
    ),
    _row(
        *("behavior.on.null.values", "STRING", "ignore", "LOW", "Behavior for null-valued records"),
        "What a record without a value does: nothing, delete its key's document, or end the task.",
        one_of("ignore", "delete", "fail"),
    ),
    _row(
        *("behavior.on.malformed.documents", "STRING", "fail", "LOW", "Behavior on malformed documents"),
        "What a document that is refused does: nothing, be logged, or end the task.",
        one_of("ignore", "warn", "fail"),
    ),
    _row(
        *("write.method", "STRING", "insert", "LOW", "Write Method"),
        "Whether a document replaces the one of the same id, or adds its fields to it.",
        one_of("insert", "upsert"),
    ),
)

_PROXY = (
    _row(*("proxy.host", "STRING", "", "LOW", "Proxy Host"), "A proxy to connect through."),
    _row(*("proxy.port", "INT", 8080, "LOW", "Proxy Port"), "The proxy's port."),
    _row(*("proxy.username", "STRING", "", "LOW", "Proxy Username"), "A user's name for the proxy."),
    _row(*("proxy.password", "PASSWORD", None, "LOW", "Proxy Password"), "The user's password."),
)

_KEY_STORES: tuple[tuple[str, ConfigType, Any, Importance], ...] = (
    ("key.password", "PASSWORD", None, "HIGH"),
    ("keystore.certificate.chain", "PASSWORD", None, "HIGH"),
    ("keystore.key", "PASSWORD", None, "HIGH"),
    ("keystore.location", "STRING", None, "HIGH"),
    ("keystore.password", "PASSWORD", None, "HIGH"),
    ("truststore.certificates", "PASSWORD", None, "HIGH"),
    ("truststore.location", "STRING", None, "HIGH"),
    ("truststore.password", "PASSWORD", None, "HIGH"),
    ("enabled.protocols", "LIST", "TLSv1.2,TLSv1.3", "MEDIUM"),
    ("keystore.type", "STRING", "JKS", "MEDIUM"),
    ("protocol", "STRING", "TLSv1.3", "MEDIUM"),
    ("provider", "STRING", None, "MEDIUM"),
    ("truststore.type", "STRING", "JKS", "MEDIUM"),
    ("cipher.suites", "LIST", None, "LOW"),
    ("endpoint.identification.algorithm", "STRING", "https", "LOW"),
    ("engine.factory.class", "CLASS", None, "LOW"),
    ("keymanager.algorithm", "STRING", "SunX509", "LOW"),
    ("secure.random.implementation", "STRING", None, "LOW"),
    ("trustmanager.algorithm", "STRING", "PKIX", "LOW"),
)
_FIRST_KEY_STORE_ORDER = 33


def _group(name: str, rows: Sequence[_Row], first: int) -> tuple[ConfigKey, ...]:
    width = "LONG" if name == "Proxy" else "SHORT"
    return tuple(
        ConfigKey(
            *(key, type_, default, importance, doc, validator, name, order),
            "LONG" if key in _WIDE else width,
            display_name,
        )
        for order, (key, type_, default, importance, display_name, doc, validator) in enumerate(rows, first)
    )


def _security() -> tuple[ConfigKey, ...]:
    protocol = ConfigKey(
        *("elastic.security.protocol", "STRING", "PLAINTEXT", "MEDIUM"),
        "Without effect here: a URL with https is encrypted, one without is not.",
        one_of("plaintext", "ssl"),
        *("Security", 1, "SHORT", "Security protocol"),
    )
    stores = tuple(
        ConfigKey(
            *(f"elastic.https.ssl.{name}", type_, default, importance),
            "Not supported: https uses the system's certificates.",
            _no_key_store if default is None else None,
            *("Security", order, "NONE", f"ssl.{name}"),
        )
        for order, (name, type_, default, importance) in enumerate(_KEY_STORES, _FIRST_KEY_STORE_ORDER)
    )
    return (protocol, *stores)


def _no_key_store(name: str, value: Any) -> str | None:
    if value is None:
        return None
    return (
        f"Invalid value [hidden] for configuration {name}: key stores are not supported, "
        "https uses the system's certificates"
    )


CONFIG = ConfigDef(
    (
        *_group("Connector", _CONNECTOR, 1),
        *_group("Data Conversion", _CONVERSION, 1),
        *_group("Proxy", _PROXY, 0),
        *_security(),
    )
)
