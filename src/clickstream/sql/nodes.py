"""The syntax tree: what the parser makes, the analyser reads and the formatter writes.

Names are already normalised: upper case unless quoted with back-ticks (or double quotes), in which
case they stand as written. `at` is where a node begins in the text; it takes no part in equality.
All nodes are immutable. Statements a person may send are the subclasses of `Statement`.
"""

from dataclasses import dataclass, field
from typing import Literal as OneOf

from clickstream.sql.types import SqlType

# --------------------------------------------------------------------------------- positions


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text. `line` counts from 1, `column` from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of everything in the tree."""

    at: Location | None = field(default=None, compare=False, repr=False)


# --------------------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """Base of all expressions."""


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A constant. `value` is as `sql/types.py` says; `type` None is NULL.

    `1` is INTEGER if it fits 32 bits, else BIGINT; `1.5` is DECIMAL(2, 1); `1E2` is DOUBLE.
    """

    value: object
    type: SqlType | None


@dataclass(frozen=True, slots=True)
class ColumnRef(Expression):
    """A column, `name` or `source.name`."""

    name: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Dereference(Expression):
    """A struct's field: `base->field`."""

    base: Expression
    field: str


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    """An element of an array (from 1, negative from the end) or of a map: `base[index]`."""

    base: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class FunctionCall(Expression):
    """A call; `name` is upper case. `star` marks `COUNT(*)`, whose `args` are empty."""

    name: str
    args: tuple[Expression, ...] = ()
    star: bool = False


@dataclass(frozen=True, slots=True)
class LambdaVariable(Expression):
    """A lambda's parameter, inside its body."""

    name: str


@dataclass(frozen=True, slots=True)
class LambdaFunction(Expression):
    """`(X, Y) => body`."""

    params: tuple[str, ...]
    body: Expression


@dataclass(frozen=True, slots=True)
class IntervalUnit(Expression):
    """A bare time unit as a function's argument, such as `DAYS`; always plural and upper case."""

    unit: str


@dataclass(frozen=True, slots=True)
class Arithmetic(Expression):
    """`left op right`."""

    op: OneOf["+", "-", "*", "/", "%"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Signed(Expression):
    """`-operand` or `+operand`; a minus before a number literal is folded into the literal."""

    sign: OneOf["+", "-"]
    operand: Expression


@dataclass(frozen=True, slots=True)
class Concat(Expression):
    """`left || right`, the same as CONCAT."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison(Expression):
    """A comparison; `!=` is stored as `<>`."""

    op: OneOf["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logical(Expression):
    """`left AND right` or `left OR right`, with three truth values."""

    op: OneOf["AND", "OR"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """`NOT operand`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class IsNull(Expression):
    """`operand IS NULL`, or IS NOT NULL when `negated`."""

    operand: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Expression):
    """`value BETWEEN low AND high`; NOT BETWEEN is wrapped in `Not`."""

    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class InList(Expression):
    """`value IN (items)`; NOT IN is wrapped in `Not`."""

    value: Expression
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Like(Expression):
    """`value LIKE pattern [ESCAPE 'c']`; NOT LIKE is wrapped in `Not`."""

    value: Expression
    pattern: Expression
    escape: str | None = None


@dataclass(frozen=True, slots=True)
class When(Node):
    """One branch of a CASE."""

    condition: Expression
    result: Expression


@dataclass(frozen=True, slots=True)
class SearchedCase(Expression):
    """`CASE WHEN condition THEN result … [ELSE default] END`."""

    whens: tuple[When, ...]
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class SimpleCase(Expression):
    """`CASE operand WHEN value THEN result … [ELSE default] END`."""

    operand: Expression
    whens: tuple[When, ...]
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class TypeName(Node, SqlType):
    """A custom type's name where a type is written, also inside another type: `ARRAY<ADDRESS>`.

    The analyser looks it up and puts the type in its place, at every depth.
    """

    name: str

    @property
    def base(self) -> str:
        """The type's name."""
        return self.name

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """`CAST(operand AS type)`."""

    operand: Expression
    type: SqlType | TypeName


@dataclass(frozen=True, slots=True)
class ArrayConstructor(Expression):
    """`ARRAY[a, b]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MapConstructor(Expression):
    """`MAP(k := v, …)`."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class StructConstructor(Expression):
    """`STRUCT(name := value, …)`."""

    fields: tuple[tuple[str, Expression], ...]


# --------------------------------------------------------------------------------- queries


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """A length of time as written: `30 SECONDS`. `unit` is plural and upper case."""

    value: int
    unit: str

    @property
    def ms(self) -> int:
        """The length in milliseconds."""
        return self.value * _UNIT_MS[self.unit]


_UNIT_MS = {
    "MILLISECONDS": 1,
    "SECONDS": 1_000,
    "MINUTES": 60_000,
    "HOURS": 3_600_000,
    "DAYS": 86_400_000,
}


@dataclass(frozen=True, slots=True)
class Window(Node):
    """`WINDOW TUMBLING|HOPPING|SESSION (…)`. `size` is the gap of a session window."""

    kind: OneOf["TUMBLING", "HOPPING", "SESSION"]
    size: Duration
    advance: Duration | None = None
    grace: Duration | None = None
    retention: Duration | None = None


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """Base of what stands after FROM."""


@dataclass(frozen=True, slots=True)
class TableRef(Relation):
    """A source by name, with its alias (the name itself where none is written)."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class Within(Node):
    """`WITHIN before [, after] [GRACE PERIOD grace]` of a stream-stream join."""

    before: Duration
    after: Duration
    grace: Duration | None = None


@dataclass(frozen=True, slots=True)
class Join(Relation):
    """`left kind JOIN right [WITHIN …] ON criteria`; joins of three nest to the left."""

    left: Relation
    right: TableRef
    kind: OneOf["INNER", "LEFT", "RIGHT", "OUTER"]
    criteria: Expression
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class SelectItem(Node):
    """Base of what stands after SELECT."""


@dataclass(frozen=True, slots=True)
class AllColumns(SelectItem):
    """`*` or `source.*`."""

    source: str | None = None


@dataclass(frozen=True, slots=True)
class StructAll(SelectItem):
    """`struct->*`."""

    base: Expression


@dataclass(frozen=True, slots=True)
class SingleColumn(SelectItem):
    """An expression and its alias, None where none is written."""

    expression: Expression
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Query(Node):
    """A SELECT. `emit` None is a pull query when it stands alone, CHANGES inside CREATE … AS."""

    select: tuple[SelectItem, ...]
    from_: Relation
    window: Window | None = None
    where: Expression | None = None
    group_by: tuple[Expression, ...] = ()
    partition_by: tuple[Expression, ...] = ()
    having: Expression | None = None
    emit: OneOf["CHANGES", "FINAL"] | None = None
    limit: int | None = None


# --------------------------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Statement(Node):
    """Base of all statements."""


Properties = dict[str, object]
"""WITH (…): upper-case name to a Python value (str, bool, int, float), in written order."""


@dataclass(frozen=True, slots=True)
class TableElement(Node):
    """One declared column."""

    name: str
    type: SqlType | TypeName
    constraint: OneOf["", "KEY", "PRIMARY KEY", "HEADERS", "HEADER"] = ""
    header: str | None = None


@dataclass(frozen=True, slots=True)
class CreateSource(Statement):
    """`CREATE [OR REPLACE] [SOURCE] STREAM|TABLE [IF NOT EXISTS] name (…) WITH (…)`."""

    kind: OneOf["STREAM", "TABLE"]
    name: str
    elements: tuple[TableElement, ...] = ()
    properties: Properties = field(default_factory=dict)
    or_replace: bool = False
    if_not_exists: bool = False
    is_source: bool = False


@dataclass(frozen=True, slots=True)
class CreateAsSelect(Statement):
    """`CREATE [OR REPLACE] STREAM|TABLE [IF NOT EXISTS] name [WITH (…)] AS SELECT …`."""

    kind: OneOf["STREAM", "TABLE"]
    name: str
    query: Query
    properties: Properties = field(default_factory=dict)
    or_replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class InsertInto(Statement):
    """`INSERT INTO target [WITH (…)] SELECT …`."""

    target: str
    query: Query
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InsertValues(Statement):
    """`INSERT INTO target [(columns)] VALUES (…)`."""

    target: str
    columns: tuple[str, ...]
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class QueryStatement(Statement):
    """A SELECT on its own: push with EMIT CHANGES, else pull."""

    query: Query


@dataclass(frozen=True, slots=True)
class DropSource(Statement):
    """`DROP STREAM|TABLE [IF EXISTS] name [DELETE TOPIC]`."""

    kind: OneOf["STREAM", "TABLE"]
    name: str
    if_exists: bool = False
    delete_topic: bool = False


@dataclass(frozen=True, slots=True)
class AlterSource(Statement):
    """`ALTER STREAM|TABLE name ADD COLUMN …`."""

    kind: OneOf["STREAM", "TABLE"]
    name: str
    columns: tuple[TableElement, ...]


@dataclass(frozen=True, slots=True)
class CreateType(Statement):
    """`CREATE TYPE [IF NOT EXISTS] name AS type`."""

    name: str
    type: SqlType | TypeName
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropType(Statement):
    """`DROP TYPE [IF EXISTS] name`."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class QueryControl(Statement):
    """`TERMINATE|PAUSE|RESUME id`, `… ALL` when `query_id` is None, `TERMINATE CLUSTER`."""

    action: OneOf["TERMINATE", "PAUSE", "RESUME", "TERMINATE CLUSTER"]
    query_id: str | None = None


@dataclass(frozen=True, slots=True)
class Show(Statement):
    """`SHOW|LIST what [EXTENDED]`.

    `what`: STREAMS TABLES TOPICS QUERIES PROPERTIES FUNCTIONS TYPES CONNECTORS VARIABLES PLUGINS
    (CONNECTOR PLUGINS). `all` is `ALL TOPICS`; `scope` is SOURCE or SINK for connectors.
    """

    what: str
    extended: bool = False
    all: bool = False
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Describe(Statement):
    """`DESCRIBE what`: SOURCE name, STREAMS, TABLES, FUNCTION name, CONNECTOR name."""

    what: OneOf["SOURCE", "STREAMS", "TABLES", "FUNCTION", "CONNECTOR"]
    name: str | None = None
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Explain(Statement):
    """`EXPLAIN query_id` or `EXPLAIN statement`."""

    query_id: str | None = None
    statement: Statement | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class SetProperty(Statement):
    """`SET 'name'='value'`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class UnsetProperty(Statement):
    """`UNSET 'name'`."""

    name: str


@dataclass(frozen=True, slots=True)
class AlterSystem(Statement):
    """`ALTER SYSTEM 'name'='value'`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Define(Statement):
    """`DEFINE name='value'`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Undefine(Statement):
    """`UNDEFINE name`."""

    name: str


@dataclass(frozen=True, slots=True)
class PrintTopic(Statement):
    """`PRINT topic [FROM BEGINNING] [INTERVAL n] [LIMIT n]`. The topic's case is kept as written."""

    topic: str
    from_beginning: bool = False
    interval: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class CreateConnector(Statement):
    """`CREATE SOURCE|SINK CONNECTOR [IF NOT EXISTS] name WITH (…)`; keys keep their case."""

    kind: OneOf["SOURCE", "SINK"]
    name: str
    config: dict[str, object] = field(default_factory=dict)
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropConnector(Statement):
    """`DROP CONNECTOR [IF EXISTS] name`."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class RunScript(Statement):
    """`RUN SCRIPT 'file'`: of clients and test files, refused by the server."""

    path: str


@dataclass(frozen=True, slots=True)
class AssertTopic(Statement):
    """`ASSERT [NOT EXISTS] TOPIC name [WITH (…)] [TIMEOUT n UNIT]`."""

    topic: str
    properties: Properties = field(default_factory=dict)
    exists: bool = True
    timeout: Duration | None = None


@dataclass(frozen=True, slots=True)
class AssertSchema(Statement):
    """`ASSERT [NOT EXISTS] SCHEMA [SUBJECT s] [ID n] [TIMEOUT …]`."""

    subject: str | None = None
    id: int | None = None
    exists: bool = True
    timeout: Duration | None = None


@dataclass(frozen=True, slots=True)
class AssertValues(Statement):
    """`ASSERT VALUES target [(columns)] VALUES (…)`, in test files only.

    `tombstone` marks `ASSERT NULL VALUES target [(columns)] KEY (…)`.
    """

    target: str
    columns: tuple[str, ...]
    values: tuple[Expression, ...]
    tombstone: bool = False


@dataclass(frozen=True, slots=True)
class AssertSource(Statement):
    """`ASSERT STREAM|TABLE name [(…)] [WITH (…)]`, in test files only."""

    kind: OneOf["STREAM", "TABLE"]
    name: str
    elements: tuple[TableElement, ...] = ()
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """A statement with the text it was parsed from (no trailing `;`), and where that begins."""

    statement: Statement
    text: str
    at: Location
