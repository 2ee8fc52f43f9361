"""What SHOW, DESCRIBE and EXPLAIN tell: sources and queries as parts of entities."""

from collections.abc import Mapping

from clickstream.node.entities import (
    ConsumerOffset,
    FieldInfo,
    QueryDescription,
    QueryError,
    QueryHostStat,
    QueryOffsetSummary,
    RunningQuery,
    SchemaInfo,
    SourceDescription,
    SourceInfo,
    TaskMetadata,
    TaskOffset,
    TopicOffsets,
    TopicPartition,
)
from clickstream.node.identity import ServerIdentity
from clickstream.node.node import Node
from clickstream.node.queries import QueryStatus
from clickstream.node.topology import topology_text
from clickstream.sql.catalog import DataSource
from clickstream.sql.plan import PersistentPlan, TransientPlan
from clickstream.sql.plan_text import plan_text
from clickstream.sql.schema import HeaderColumn, LogicalSchema
from clickstream.sql.types import ArrayType, DecimalType, MapType, SqlType, StructType

__all__ = [
    "describe_plan",
    "describe_query",
    "describe_source",
    "running_query",
    "schema_info",
    "source_info",
]

STATISTICS_NOTE = (
    "The statistics field is deprecated and will be removed in a future version of ksql. "
    "Please update your client to the latest version and use statisticsMap instead.\n"
)


def schema_info(type_: SqlType) -> SchemaInfo:
    """Return a type as DESCRIBE writes it."""
    match type_:
        case ArrayType(item=item):
            return SchemaInfo("ARRAY", None, schema_info(item))
        case MapType(value=value):
            return SchemaInfo("MAP", None, schema_info(value))
        case StructType(fields=members):
            return SchemaInfo("STRUCT", [FieldInfo(name, schema_info(t)) for name, t in members])
        case DecimalType(precision=precision, scale=scale):
            return SchemaInfo("DECIMAL", parameters={"precision": precision, "scale": scale})
    return SchemaInfo(type_.base)


def _field_infos(schema: LogicalSchema) -> list[FieldInfo]:
    keys = [FieldInfo(c.name, schema_info(c.type), "KEY") for c in schema.key]
    values = [
        FieldInfo(c.name, schema_info(c.type), "HEADER", c.header)
        if isinstance(c, HeaderColumn)
        else FieldInfo(c.name, schema_info(c.type))
        for c in schema.value
    ]
    return keys + values


def source_info(source: DataSource) -> SourceInfo:
    """Return the line of SHOW STREAMS or SHOW TABLES."""
    return SourceInfo(
        source.kind,
        source.name,
        source.topic,
        source.formats.key,
        source.formats.value,
        source.window is not None,
    )


def running_query(status: QueryStatus) -> RunningQuery:
    """Return the line of SHOW QUERIES; of a paused query only the count says so (golden/rest/ksql/128)."""
    sink = status.plan.root
    state = "RUNNING" if status.state == "PAUSED" else str(status.state)
    return RunningQuery(
        status.plan.text,
        [sink.name],
        [sink.topic],
        status.query_id,
        {status.state: 1},
        "PERSISTENT",
        state,
    )


def push_query(query_id: str, text: str) -> RunningQuery:
    """Return the line of SHOW QUERIES for a push query that a client is reading."""
    return RunningQuery(text, [], [], query_id, {"RUNNING": 1}, "PUSH", "RUNNING")


def describe_source(
    node: Node, identity: ServerIdentity, source: DataSource, *, extended: bool
) -> SourceDescription:
    """Return what DESCRIBE tells of a source; offsets and statistics only if `extended`."""
    queries = node.queries()
    reading = [q for q in queries if source.name in q.plan.sources]
    writing = [q for q in queries if q.plan.root.name == source.name]
    topic = node.topics.describe(source.topic) if node.topics.exists(source.topic) else None
    stats = _statistics(node, identity, source, reading, writing)
    return SourceDescription(
        name=source.name,
        window_type=source.window.kind if source.window else None,
        read_queries=[running_query(q) for q in reading],
        write_queries=[running_query(q) for q in writing],
        fields=_field_infos(source.schema),
        type=source.kind,
        timestamp=source.timestamp.column if source.timestamp else "",
        statistics=_statistics_text(stats) if extended and stats else "",
        error_stats="",
        extended=extended,
        key_format=source.formats.key,
        value_format=source.formats.value,
        topic=source.topic,
        partitions=topic.partitions if topic else 0,
        replication=topic.replicas if topic else 0,
        statement=source.statement_text,
        query_offset_summaries=[_offsets(identity, q) for q in writing] if extended else (),
        source_constraints=[s for s, read in node.catalog.reads.items() if source.name in read],
        cluster_statistics=stats,
    )


def _statistics(
    node: Node,
    identity: ServerIdentity,
    source: DataSource,
    reading: list[QueryStatus],
    writing: list[QueryStatus],
) -> list[QueryHostStat]:
    """Return how many records queries have read from and written to the source's topic."""
    now_ms = node.clock.now_ms()
    read = [(q, p) for q in reading for p in q.positions if p.topic == source.topic]
    stats = []
    if consumed := sum(max(0, p.offset - p.begin) for _, p in read):
        stats.append(QueryHostStat("consumer-total-messages", identity.host, float(consumed), now_ms))
    if produced := sum(q.records_out for q in writing):
        stats.append(QueryHostStat("total-messages", identity.host, float(produced), now_ms))
    return stats


def _statistics_text(stats: list[QueryHostStat]) -> str:
    return STATISTICS_NOTE + " ".join(f"{stat.name}: {int(stat.value):9d}" for stat in stats)


def _offsets(identity: ServerIdentity, status: QueryStatus) -> QueryOffsetSummary:
    topics = [TopicOffsets(p.topic, [ConsumerOffset(0, p.begin, p.end, p.offset)]) for p in status.positions]
    return QueryOffsetSummary(identity.consumer_group(status.query_id), topics)


def describe_query(identity: ServerIdentity, status: QueryStatus) -> QueryDescription:
    """Return what EXPLAIN tells of a persistent query that runs."""
    plan = status.plan
    positions = [TaskOffset(TopicPartition(p.topic, 0), p.end, p.offset) for p in status.positions]
    return QueryDescription(
        id=status.query_id,
        statement_text=plan.text,
        window_type=plan.root.window.kind if plan.root.window else None,
        fields=_field_infos(plan.root.schema),
        sources=list(plan.sources),
        sinks=[plan.root.name],
        topology=topology_text(plan),
        execution_plan=plan_text(plan),
        overridden_properties=status.properties,
        ksql_host_query_status={identity.host: status.state},
        query_type="PERSISTENT",
        query_errors=[QueryError(f.timestamp_ms, f.message, f.kind) for f in status.failures],
        tasks_metadata=[TaskMetadata("0_0", positions)] if positions else [],
        consumer_group_id=identity.consumer_group(status.query_id),
        state=status.state,
    )


def describe_plan(
    identity: ServerIdentity,
    plan: PersistentPlan | TransientPlan,
    text: str,
    properties: Mapping[str, object],
) -> QueryDescription:
    """Return what EXPLAIN tells of a query that does not run."""
    is_push = isinstance(plan, TransientPlan)
    group = f"transient_{plan.query_id}" if is_push else f"query_{plan.query_id}"
    return QueryDescription(
        id=plan.query_id,
        statement_text=text,
        window_type=None,
        fields=_field_infos(plan.root.schema),
        sources=list(plan.sources),
        sinks=[] if isinstance(plan, TransientPlan) else [plan.root.name],
        topology=topology_text(plan),
        execution_plan=plan_text(plan),
        overridden_properties=properties,
        ksql_host_query_status={},
        query_type="PUSH" if is_push else "PERSISTENT",
        query_errors=[],
        tasks_metadata=[],
        consumer_group_id=f"_confluent-ksql-{identity.service_id}{group}",
        state=None,
    )
