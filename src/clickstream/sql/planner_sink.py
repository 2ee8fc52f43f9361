"""Where a query's rows go: the sink's formats, topic, timestamp column and window.

Source: ksqldb-engine …/planner/LogicalPlanner.java (getSinkTopic), analyzer/Analyzer.java — formats come
from the source right after FROM unless WITH says otherwise.
"""

from collections.abc import Mapping

from clickstream.core.errors import SqlError
from clickstream.sql.analysis import Analysis
from clickstream.sql.catalog import DataSource
from clickstream.sql.formats import check_format, check_schema, wrapping
from clickstream.sql.plan import Formats, Sink, Step, TimestampSpec, WindowInfo
from clickstream.sql.planner_keys import partitions_by_null
from clickstream.sql.properties import WithProperties
from clickstream.sql.schema import LogicalSchema

__all__ = ["build_sink", "check_timestamp", "sink_formats", "sink_window", "value_wrapping"]


def sink_formats(
    analysis: Analysis, schema: LogicalSchema, given: WithProperties, settings: Mapping[str, object]
) -> tuple[Formats, frozenset[str], frozenset[str]]:
    """Return the sink's formats, and the features of its key and value.

    Raises: SqlError if a format does not exist or cannot carry the schema.
    """
    inherited = analysis.sources.first.source.formats
    topic = given.topic or ""
    key = _key_format(analysis, schema, given, inherited, settings)
    value = given.format("VALUE") or inherited.value
    for name in (key, value):
        check_format(name, topic)
    if not schema.key and given.text("KEY_FORMAT") and key != "NONE":
        raise SqlError("Key format specified for stream without key columns.")
    features = value_wrapping(value, schema, given.wrap_value, settings)
    check_schema(key, schema.key, "Key")
    check_schema(value, schema.value, "Value")
    formats = Formats(
        key=key,
        value=value,
        wrap_value="UNWRAP_SINGLES" not in features,
        value_delimiter=given.delimiter("VALUE", value)
        or (inherited.value_delimiter if value == inherited.value else ","),
        key_delimiter=given.delimiter("KEY", key)
        or (inherited.key_delimiter if key == inherited.key else ","),
    )
    return formats, key_wrapping(key, schema), features


def _key_format(
    analysis: Analysis,
    schema: LogicalSchema,
    given: WithProperties,
    inherited: Formats,
    settings: Mapping[str, object],
) -> str:
    explicit = given.format("KEY")
    if partitions_by_null(analysis.partition_by):
        if explicit not in (None, "NONE"):
            raise SqlError("Key format specified for stream without key columns.")
        return "NONE"
    if explicit is not None:
        return explicit
    if inherited.key == "NONE" and schema.key:
        return str(settings.get("ksql.persistence.default.format.key", "KAFKA")).upper()
    return inherited.key


def key_wrapping(format_name: str, schema: LogicalSchema) -> frozenset[str]:
    """Return the key's features: a JSON key of one column stands bare."""
    return frozenset({"UNWRAP_SINGLES"}) if format_name == "JSON" and len(schema.key) == 1 else frozenset()


def value_wrapping(
    format_name: str, schema: LogicalSchema, given: bool | None, settings: Mapping[str, object]
) -> frozenset[str]:
    """Return the value's features: what WITH says, else the session's default where it applies."""
    if given is not None:
        return wrapping(format_name, schema.value, given)
    default = settings.get("ksql.persistence.wrap.single.values")
    if default is None or format_name != "JSON" or len(schema.value) != 1:
        return frozenset()
    wrap = str(default).strip().lower() == "true"
    return frozenset({"WRAP_SINGLES" if wrap else "UNWRAP_SINGLES"})


def sink_window(analysis: Analysis) -> WindowInfo | None:
    """Return what the sink's keys carry: the query's own window, else the source's."""
    window = analysis.window
    if window is None:
        return analysis.sources.first.source.window
    return WindowInfo(window.kind, None if window.kind == "SESSION" else window.size.ms)


def check_timestamp(schema: LogicalSchema, given: WithProperties) -> TimestampSpec | None:
    """Return the column that gives the event time, or None.

    Raises: SqlError if it does not exist or has the wrong type.
    Source: ksqldb-streams …/timestamp/TimestampExtractionPolicyFactory.java.
    """
    name = given.text("TIMESTAMP")
    pattern = given.text("TIMESTAMP_FORMAT")
    if name is None:
        return None
    name = name[1:-1] if name[:1] == name[-1:] == "`" else name.upper()
    column = schema.column(name)
    if column is None:
        raise SqlError(f"The TIMESTAMP column set in the WITH clause does not exist in the schema: '{name}'")
    base = column.type.base
    if base == "STRING" and pattern is None:
        raise SqlError(
            "A String timestamp field has been specified without also specifying the timestamp_format"
        )
    if base not in ("STRING", "BIGINT", "TIMESTAMP"):
        raise SqlError(
            f"Timestamp column, `{name}`, should be LONG(INT64), TIMESTAMP, or a String with a "
            "timestamp_format specified."
        )
    if base != "STRING" and pattern is not None:
        raise SqlError(
            "'TIMESTAMP_FORMAT' set in the WITH clause can only be used when the timestamp column "
            "is of type STRING"
        )
    return TimestampSpec(name, pattern)


def build_sink(step: Step, sink: DataSource, timestamp: TimestampSpec | None) -> Sink:
    """Return the step that writes `step`'s rows to `sink`."""
    return Sink(
        step.schema,
        step.kind,
        step,
        sink.name,
        sink.topic,
        sink.formats,
        timestamp,
        sink.window,
        context=sink.name,
    )
