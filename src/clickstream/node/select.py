"""Queries whose rows go to a client: push queries, pull queries, PRINT."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from clickstream.core.errors import NotFound
from clickstream.core.records import Record
from clickstream.engine.query import Tombstone
from clickstream.node.execution import Execution
from clickstream.node.pull import pull_rows
from clickstream.node.query_ids import pull_id, scalable_id, transient_id
from clickstream.node.rejections import RequestRejected
from clickstream.node.server_properties import effective, emits_every_change, reads_from_beginning
from clickstream.node.subscriptions import Subscription, TopicTail
from clickstream.sql.nodes import PrintTopic, QueryStatement, TableRef
from clickstream.sql.plan import TransientPlan
from clickstream.sql.processing_schema import processing_schema
from clickstream.sql.pull import StreamPullPlan
from clickstream.sql.types import SqlType

__all__ = ["OutputColumn", "OutputRow", "PrintSource", "RowSource", "open_print", "open_query"]

LIMIT_REACHED = "Limit Reached"
COMPLETED = "Query Completed"

ROWS_A_TAKE = 5_000
"""Rows of a pull query that are written at once."""

PRINT_RECORDS = 500
"""Records read at a time for PRINT; as many as a Kafka consumer polls (max.poll.records)."""

Wake = Callable[[], object]


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of a result. `type` None is the type of NULL."""

    name: str
    type: SqlType | None
    is_key: bool = False


class OutputRow(NamedTuple):
    """A row of a result; `tombstone` says that a table's row was deleted, `values` has its key then."""

    values: Sequence[object]
    tombstone: bool = False


class RowSource(Protocol):
    """The rows of one query, taken by one reader."""

    query_id: str
    columns: Sequence[OutputColumn]
    is_push: bool

    @property
    def final_message(self) -> str:
        """Why there are no more rows."""
        ...

    def take(self) -> list[OutputRow] | None:
        """Return the rows that wait; None when there will be no more."""
        ...

    def on_ready(self, wake: Wake) -> None:
        """Have `wake` called when `take` may have something."""
        ...

    def close(self) -> None:
        """End the query."""
        ...


@dataclass
class PushRows:
    """The rows of a push query, or of a pull query over a stream."""

    query_id: str
    columns: Sequence[OutputColumn]
    subscription: Subscription
    limit: int | None = None
    is_push: bool = True
    _taken: int = 0

    @property
    def final_message(self) -> str:
        """Why there are no more rows."""
        reached = self.limit is not None and self._taken >= self.limit
        return LIMIT_REACHED if reached else COMPLETED

    def take(self) -> list[OutputRow] | None:
        """Return the rows that wait; None when there will be no more."""
        rows = self.subscription.take(timeout=0)
        if rows is None:
            return None
        self._taken += len(rows)
        return [OutputRow(tuple(row), isinstance(row, Tombstone)) for row in rows]

    def on_ready(self, wake: Wake) -> None:
        """Have `wake` called when `take` may have something."""
        self.subscription.on_ready(wake)

    def close(self) -> None:
        """End the query."""
        self.subscription.close()


@dataclass
class PullRows:
    """The rows of a pull query over a table: all there at once."""

    query_id: str
    columns: Sequence[OutputColumn]
    rows: list[OutputRow]
    is_push: bool = False
    final_message: str = COMPLETED

    def take(self) -> list[OutputRow] | None:
        """Return the next rows, None when all were taken."""
        rows, self.rows = self.rows[:ROWS_A_TAKE], self.rows[ROWS_A_TAKE:]
        return rows or None

    def on_ready(self, wake: Wake) -> None:
        """Nothing is ever waited for."""

    def close(self) -> None:
        """Forget the rows."""
        self.rows = []


class Printed(NamedTuple):
    """Records to print, and all that were read: what formats they have is guessed from all."""

    shown: Sequence[Record]
    read: Sequence[Record]


@dataclass
class PrintSource:
    """The records of a topic, every `interval`-th of them, `limit` at most."""

    tail: TopicTail
    interval: int = 1
    limit: int | None = None
    _seen: int = field(default=0, init=False)
    _shown: int = field(default=0, init=False)

    def take(self) -> Printed | None:
        """Return the records that wait; None when there will be no more."""
        if self.limit is not None and self._shown >= self.limit:
            return None
        read: list[Record] = []
        while len(read) < PRINT_RECORDS and (chunk := self.tail.next(timeout=0)) is not None:
            read.extend(chunk.records)
        if not read and self.tail.closed:
            return None
        shown = [r for n, r in enumerate(read, self._seen) if n % self.interval == 0]
        self._seen += len(read)
        if self.limit is not None:
            shown = shown[: self.limit - self._shown]
        self._shown += len(shown)
        return Printed(shown, read)

    def on_ready(self, wake: Wake) -> None:
        """Have `wake` called when `take` may have something."""
        self.tail.on_ready(wake)

    def close(self) -> None:
        """Stop following the topic."""
        self.tail.close()


def open_query(run: Execution, statement: QueryStatement) -> RowSource:
    """Start a query: with EMIT CHANGES a push query, else a pull query over a table or a stream.

    Raises: SqlError.
    """
    if statement.query.emit is not None:
        query_id = scalable_id(statement) if _is_scalable(run, statement) else transient_id(statement)
        plan = run.planner.plan_push_query(statement, query_id)
        return _push_rows(run, plan, from_beginning=reads_from_beginning(run.session.effective))
    pull = run.planner.plan_pull_query(statement)
    if isinstance(pull, StreamPullPlan):
        plan = replace(pull.plan, query_id=transient_id(statement))
        return _push_rows(run, plan, from_beginning=True, until_end=True)
    columns = [OutputColumn(c.name, c.type, c.name in pull.key_columns) for c in pull.output]
    rows = [OutputRow(values) for values in pull_rows(run.node, pull)]
    return PullRows(pull_id(run.node.clock), columns, rows)


def _is_scalable(run: Execution, statement: QueryStatement) -> bool:
    """Return whether the real server would attach the query to the one that fills its source.

    It does where ksql.query.push.v2.enabled is set and only new rows are asked for; here every push query
    is as light as that, so only the id tells.
    """
    settings, query = run.session.effective, statement.query
    source = run.node.catalog.get(query.from_.name) if isinstance(query.from_, TableRef) else None
    return (
        (effective("ksql.query.push.v2.enabled", settings) or "").lower() == "true"
        and not reads_from_beginning(settings)
        and not (query.group_by or query.partition_by or query.window)
        and source is not None
        and source.created_by is not None
    )


def _push_rows(
    run: Execution, plan: TransientPlan, *, from_beginning: bool, until_end: bool = False
) -> RowSource:
    subscription = run.node.subscribe(
        plan,
        from_beginning=from_beginning,
        until_end=until_end,
        one_by_one=emits_every_change(run.session.effective),
    )
    return PushRows(plan.query_id, _output_columns(plan), subscription, plan.limit)


def _output_columns(plan: TransientPlan) -> list[OutputColumn]:
    """Return the columns of a push query with their types."""
    types = {column.name: column.type for column in processing_schema(plan.root).value}
    types |= {column.name: column.type for column in plan.root.schema.key}
    types |= {column.name: column.type for column in plan.root.schema.value}
    return [OutputColumn(name, types[name]) for name in plan.columns]


def open_print(run: Execution, statement: PrintTopic, *, from_beginning: bool) -> PrintSource:
    """Start to follow a topic.

    Raises: RequestRejected if there is none of that name.
    """
    try:
        tail = run.node.tail(statement.topic, from_beginning=from_beginning or statement.from_beginning)
    except NotFound:
        raise RequestRejected(
            f"Could not find topic '{statement.topic}', or the KSQL user does not have permissions to "
            "list the topic. Topic names are case-sensitive."
        ) from None
    return PrintSource(tail, statement.interval or 1, statement.limit)
