"""Plans: what the planner makes of a query and the engine runs.

A plan is a tree of steps, sources at the leaves. Every step has a `schema`, the columns it hands on.
Expressions inside a step refer to columns of its input's *processing schema* by bare name
(`ColumnRef(name)`, `source` None): the input's key and value columns, ROWTIME, ROWPARTITION, ROWOFFSET,
and for windowed input WINDOWSTART and WINDOWEND. After a join, columns carry their source's alias as
prefix, `C_USERID`, as ksqlDB names them. Types are settled: every implicit cast the language makes is
either done by the function that is called or written as a `Cast`.

Steps are data. `str(step)` draws the tree, one step a line, as EXPLAIN shows it (`sql/plan_text.py`).
"""

from dataclasses import dataclass, field
from typing import Literal as OneOf

from clickstream.sql.nodes import Expression, FunctionCall
from clickstream.sql.schema import LogicalSchema

__all__ = [
    "Aggregate",
    "Filter",
    "FlatMap",
    "ForeignKeyJoin",
    "Formats",
    "GroupBy",
    "PersistentPlan",
    "Project",
    "SelectKey",
    "Sink",
    "Source",
    "Step",
    "StreamStreamJoin",
    "StreamTableJoin",
    "Suppress",
    "TableTableJoin",
    "TimestampSpec",
    "TransientPlan",
    "WindowInfo",
    "WindowSpec",
]

SourceKind = OneOf["STREAM", "TABLE"]
JoinKind = OneOf["INNER", "LEFT", "RIGHT", "OUTER"]


@dataclass(frozen=True, slots=True)
class Formats:
    """How a topic's keys and values are written.

    Formats: JSON, KAFKA, DELIMITED, NONE. `wrap_value` / `wrap_key`: a single column stands in an
    object or bare. `delimiter` is of DELIMITED. JSON keys of one column are bare unless `wrap_key`.
    """

    key: str = "KAFKA"
    value: str = "JSON"
    wrap_value: bool = True
    wrap_key: bool = False
    value_delimiter: str = ","
    key_delimiter: str = ","


@dataclass(frozen=True, slots=True)
class WindowInfo:
    """What the keys of a windowed source carry. `size_ms` is None for sessions."""

    kind: OneOf["TUMBLING", "HOPPING", "SESSION"]
    size_ms: int | None = None


@dataclass(frozen=True, slots=True)
class TimestampSpec:
    """Event time comes from `column` (WITH TIMESTAMP), parsed by `format` if it is text."""

    column: str
    format: str | None = None


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """Windows of an aggregation, in milliseconds.

    `grace_ms` None is ksqlDB's default: 24 h minus size (session: 24 h minus gap), never below 0.
    """

    kind: OneOf["TUMBLING", "HOPPING", "SESSION"]
    size_ms: int
    advance_ms: int
    grace_ms: int | None = None
    retention_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Base of all steps. `kind` says whether rows are events (STREAM) or updates by key (TABLE).

    `context` is ksqlDB's name of the step within its query, as loggers and EXPLAIN show it:
    `Aggregate.GroupBy`, `KafkaTopic_Left.Source`.
    """

    schema: LogicalSchema
    kind: SourceKind
    context: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Source(Step):
    """Records of a topic, decoded. A TABLE source keeps its rows by key where a parent needs the old one.

    `pseudo` is the pseudo columns added to the processing schema; `window` is set for windowed keys.
    """

    name: str
    alias: str
    topic: str
    formats: Formats
    timestamp: TimestampSpec | None = None
    window: WindowInfo | None = None
    pseudo: tuple[str, ...] = ("ROWTIME", "ROWPARTITION", "ROWOFFSET")


@dataclass(frozen=True, slots=True)
class Filter(Step):
    """Rows for which `predicate` is true. On a table a row that stops matching becomes a tombstone."""

    input: Step
    predicate: Expression


@dataclass(frozen=True, slots=True)
class Project(Step):
    """New value columns; key columns keep their values and take the schema's key names."""

    input: Step
    columns: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class SelectKey(Step):
    """New key columns (PARTITION BY, or before a join). Value columns stay; the old key's columns
    join them where the schema lists them.
    """

    input: Step
    keys: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class FlatMap(Step):
    """One row per element of the table functions' results, added as columns `names`."""

    input: Step
    functions: tuple[tuple[str, FunctionCall], ...]


@dataclass(frozen=True, slots=True)
class GroupBy(Step):
    """Rows keyed by `keys`: a row with a null key is dropped, a table's update becomes undo and redo."""

    input: Step
    keys: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Aggregate(Step):
    """Aggregates by key and window.

    `input` is a GroupBy. Value columns are `columns` (copied from the latest input row: ksqlDB keeps
    the columns the select needs) then one per aggregate (`KSQL_AGG_VARIABLE_0` …); with `window`,
    WINDOWSTART and WINDOWEND are visible to the parent.
    """

    input: GroupBy
    columns: tuple[tuple[str, Expression], ...]
    aggregates: tuple[tuple[str, FunctionCall], ...]
    window: WindowSpec | None = None


@dataclass(frozen=True, slots=True)
class Suppress(Step):
    """EMIT FINAL: a window's row once, when stream time passes its end plus grace."""

    input: Step
    window: WindowSpec


@dataclass(frozen=True, slots=True)
class StreamTableJoin(Step):
    """Each left event with the table row of its key at that moment."""

    left: Step
    right: Step
    join: JoinKind


@dataclass(frozen=True, slots=True)
class StreamStreamJoin(Step):
    """Pairs whose times differ by at most `before_ms` (right earlier) or `after_ms` (right later).

    `grace_ms` None is ksqlDB's legacy default (24 h, left join results emitted eagerly).
    """

    left: Step
    right: Step
    join: JoinKind
    before_ms: int
    after_ms: int
    grace_ms: int | None = None


@dataclass(frozen=True, slots=True)
class TableTableJoin(Step):
    """Rows of two tables with equal keys."""

    left: Step
    right: Step
    join: JoinKind


@dataclass(frozen=True, slots=True)
class ForeignKeyJoin(Step):
    """Left rows with the right row whose key equals `foreign_key` (of the left's processing schema)."""

    left: Step
    right: Step
    join: JoinKind
    foreign_key: Expression


@dataclass(frozen=True, slots=True)
class Sink(Step):
    """Rows written to a topic. `timestamp` replaces the record's time by a column's.

    An empty `topic` writes nothing: the rows are only kept, for pull queries on a source table.
    """

    input: Step
    name: str
    topic: str
    formats: Formats
    timestamp: TimestampSpec | None = None
    window: WindowInfo | None = None


@dataclass(frozen=True, slots=True)
class PersistentPlan:
    """A persistent query. `sources` are the names it reads, `text` the formatted statement."""

    query_id: str
    root: Sink
    sources: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class TransientPlan:
    """A push query: the rows of `root` go to the client.

    `columns` are the names of `root.schema.value`, which is in the order of the SELECT and holds the
    selected key columns too; `root.schema.key` only says what the rows are keyed by.
    """

    query_id: str
    root: Step
    sources: tuple[str, ...]
    columns: tuple[str, ...]
    limit: int | None = None
