"""What a statement answers: the entities of ksqlDB's REST model, as plain data.

The statement executor makes them; `server/ksqldb/encode.py` writes them as JSON, field by field: names
here are the wire's in snake case. A field marked `OMITTED` is left out of the JSON while it is None.

Source: confluentinc/ksql ksqldb-rest-model/src/main/java/io/confluent/ksql/rest/entity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

OMITTED = {"omit_none": True}
"""Metadata of a field that the wire leaves out while it is None."""


# --------------------------------------------------------------------------------- parts


@dataclass(frozen=True, slots=True)
class SchemaInfo:
    """A type. `fields` is of STRUCT, `member_schema` of ARRAY and of MAP's values."""

    type: str
    fields: Sequence["FieldInfo"] | None = None
    member_schema: "SchemaInfo | None" = None
    parameters: Mapping[str, int] | None = field(default=None, metadata=OMITTED)


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A column or a struct's field. `type` is KEY or HEADER, absent for value columns."""

    name: str
    schema: SchemaInfo
    type: str | None = field(default=None, metadata=OMITTED)
    header_key: str | None = field(default=None, metadata=OMITTED)


@dataclass(frozen=True, slots=True)
class CommandStatus:
    """How a command ended: SUCCESS, QUEUED, and so on."""

    status: str
    message: str
    query_id: str | None = None


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One line of SHOW STREAMS or SHOW TABLES."""

    type: str
    name: str
    topic: str
    key_format: str
    value_format: str
    is_windowed: bool


@dataclass(frozen=True, slots=True)
class RunningQuery:
    """One line of SHOW QUERIES."""

    query_string: str
    sinks: Sequence[str]
    sink_kafka_topics: Sequence[str]
    id: str
    status_count: Mapping[str, int]
    query_type: str
    state: str


@dataclass(frozen=True, slots=True)
class TopicInfo:
    """One line of SHOW TOPICS; `replica_info` has the replicas of each partition."""

    name: str
    replica_info: Sequence[int]


@dataclass(frozen=True, slots=True)
class TopicInfoExtended:
    """One line of SHOW TOPICS EXTENDED."""

    name: str
    replica_info: Sequence[int]
    consumer_count: int
    consumer_group_count: int


@dataclass(frozen=True, slots=True)
class ConsumerOffset:
    """Where a query stands in a partition."""

    partition: int
    log_start_offset: int
    log_end_offset: int
    consumer_offset: int


@dataclass(frozen=True, slots=True)
class TopicOffsets:
    """Where a query stands in a topic."""

    kafka_topic: str
    offsets: Sequence[ConsumerOffset]


@dataclass(frozen=True, slots=True)
class QueryOffsetSummary:
    """Where a query stands in its topics."""

    group_id: str
    topic_summaries: Sequence[TopicOffsets]


@dataclass(frozen=True, slots=True)
class QueryHostStat:
    """One figure of one host."""

    name: str
    host: str
    value: float
    timestamp: int


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """What DESCRIBE tells of a stream or table."""

    name: str
    window_type: str | None
    read_queries: Sequence[RunningQuery]
    write_queries: Sequence[RunningQuery]
    fields: Sequence[FieldInfo]
    type: str
    timestamp: str
    statistics: str
    error_stats: str
    extended: bool
    key_format: str
    value_format: str
    topic: str
    partitions: int
    replication: int
    statement: str
    query_offset_summaries: Sequence[QueryOffsetSummary] = ()
    source_constraints: Sequence[str] = ()
    cluster_statistics: Sequence[QueryHostStat] = ()
    cluster_error_stats: Sequence[QueryHostStat] = ()


@dataclass(frozen=True, slots=True)
class TopicPartition:
    """A partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class TaskOffset:
    """Where a task stands in a partition."""

    topic_partition_entity: TopicPartition
    end_offset: int
    committed_offset: int


@dataclass(frozen=True, slots=True)
class TaskMetadata:
    """One task of a persistent query."""

    task_id: str
    topic_offsets: Sequence[TaskOffset]
    time_current_idling_started: int | None = None


@dataclass(frozen=True, slots=True)
class QueryError:
    """Why a query stopped."""

    timestamp: int
    error_message: str
    type: str


@dataclass(frozen=True, slots=True)
class QueryDescription:
    """What EXPLAIN tells of a query."""

    id: str
    statement_text: str
    window_type: str | None
    fields: Sequence[FieldInfo]
    sources: Sequence[str]
    sinks: Sequence[str]
    topology: str
    execution_plan: str
    overridden_properties: Mapping[str, object]
    ksql_host_query_status: Mapping[str, str]
    query_type: str
    query_errors: Sequence[QueryError]
    tasks_metadata: Sequence[TaskMetadata]
    consumer_group_id: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Property:
    """One line of SHOW PROPERTIES."""

    name: str
    scope: str
    value: str | None
    editable: bool
    level: str


@dataclass(frozen=True, slots=True)
class FunctionInfo:
    """One line of SHOW FUNCTIONS."""

    name: str
    type: str
    category: str


@dataclass(frozen=True, slots=True)
class FunctionArgument:
    """One parameter of a function."""

    name: str
    type: str
    description: str
    is_variadic: bool


@dataclass(frozen=True, slots=True)
class FunctionVariant:
    """One way to call a function."""

    arguments: Sequence[FunctionArgument]
    return_type: str
    description: str
    argument_types: Sequence[str]


@dataclass(frozen=True, slots=True)
class ConnectorLine:
    """One line of SHOW CONNECTORS."""

    name: str
    type: str
    class_name: str
    state: str


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """One line of SHOW CONNECTOR PLUGINS."""

    class_name: str
    type: str
    version: str


@dataclass(frozen=True, slots=True)
class Variable:
    """One line of SHOW VARIABLES."""

    name: str
    value: str


# --------------------------------------------------------------------------------- entities


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Base of all answers; `statement_text` is the statement as the server names it."""

    statement_text: str
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentStatus(Entity):
    """The answer to a statement that went through the command log."""

    command_id: str
    command_status: CommandStatus
    command_sequence_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningEntity(Entity):
    """Nothing was done, for a harmless reason (IF NOT EXISTS)."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamsList(Entity):
    """SHOW STREAMS."""

    streams: Sequence[SourceInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesList(Entity):
    """SHOW TABLES."""

    tables: Sequence[SourceInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDescriptionEntity(Entity):
    """DESCRIBE name."""

    source_description: SourceDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDescriptionList(Entity):
    """SHOW STREAMS EXTENDED, DESCRIBE TABLES and the like."""

    source_descriptions: Sequence[SourceDescription]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries(Entity):
    """SHOW QUERIES."""

    queries: Sequence[RunningQuery]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryDescriptionEntity(Entity):
    """EXPLAIN."""

    query_description: QueryDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryDescriptionList(Entity):
    """SHOW QUERIES EXTENDED."""

    query_descriptions: Sequence[QueryDescription]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsList(Entity):
    """SHOW TOPICS."""

    topics: Sequence[TopicInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsListExtended(Entity):
    """SHOW TOPICS EXTENDED."""

    topics: Sequence[TopicInfoExtended]


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertiesList(Entity):
    """SHOW PROPERTIES."""

    properties: Sequence[Property]
    overwritten_properties: Sequence[str]
    default_properties: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionNameList(Entity):
    """SHOW FUNCTIONS."""

    functions: Sequence[FunctionInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDescriptionEntity(Entity):
    """DESCRIBE FUNCTION."""

    name: str
    description: str
    author: str
    version: str
    path: str
    functions: Sequence[FunctionVariant]
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeList(Entity):
    """SHOW TYPES."""

    types: Mapping[str, SchemaInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorList(Entity):
    """SHOW CONNECTORS."""

    connectors: Sequence[ConnectorLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorPluginsList(Entity):
    """SHOW CONNECTOR PLUGINS."""

    connectors_plugins: Sequence[PluginInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedConnector(Entity):
    """CREATE CONNECTOR; `info` is what the Connect API answers."""

    info: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorDescription(Entity):
    """DESCRIBE CONNECTOR; `status` is what the Connect API answers."""

    connector_class: str
    status: Mapping[str, object]
    sources: Sequence[SourceDescription]
    topics: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedConnector(Entity):
    """DROP CONNECTOR."""

    connector_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariablesList(Entity):
    """SHOW VARIABLES."""

    variables: Sequence[Variable]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertedTopic(Entity):
    """ASSERT TOPIC."""

    topic_name: str
    exists: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertedSchema(Entity):
    """ASSERT SCHEMA."""

    subject: str | None
    id: int | None
    exists: bool
