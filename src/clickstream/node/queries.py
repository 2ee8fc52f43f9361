"""Persistent queries: which there are, how they stand, in which order they run.

Feeding them is the tick's work (`tick.py`).
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clickstream.core.errors import NotFound
from clickstream.node.metrics import TopicPosition
from clickstream.node.running import BuildQuery, Running
from clickstream.sql.plan import PersistentPlan
from clickstream.storage.state.offsets import OffsetStore
from clickstream.storage.state.store import StateStore
from clickstream.storage.topics.log import TopicLog

__all__ = ["Query", "QueryFailure", "QueryRegistry", "QueryState", "QueryStatus"]

FAILURES_KEPT = 10

FIRST_RETRY_S = 15.0
LONGEST_RETRY_S = 900.0
"""A failed query is tried again after 15 s, then 30 s, … at most 15 min.

Source: ksqlDB's ksql.query.retry.backoff.initial.ms and ksql.query.retry.backoff.max.ms.
"""


class QueryState(StrEnum):
    """What a query does."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class QueryFailure:
    """Why a query stopped. `kind` is ksqlDB's: USER (the data), SYSTEM (the machine) or UNKNOWN."""

    timestamp_ms: int
    message: str
    kind: str = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class QueryStatus:
    """A snapshot of a persistent query. `late` and `errors` count since it was last built."""

    query_id: str
    plan: PersistentPlan
    state: QueryState
    properties: Mapping[str, object]
    positions: tuple[TopicPosition, ...]
    failures: tuple[QueryFailure, ...]
    started_ms: int
    records_in: int
    records_out: int
    late: int
    errors: int

    @property
    def lag(self) -> int:
        """How many records it has still to read, over all its topics."""
        return sum(position.lag for position in self.positions)


@dataclass(slots=True, eq=False)
class Query:
    """One persistent query.

    `running` is None when it has to be built anew from the last commit; `is_restored` says whether it has its
    state: after a start that takes a while, and is done query by query. `is_live` says that it has caught up.
    """

    plan: PersistentPlan
    topics: tuple[str, ...]
    properties: Mapping[str, object]
    started_ms: int
    state: QueryState = QueryState.RUNNING
    running: Running | None = None
    offsets: dict[str, int] = field(default_factory=dict)
    failures: deque[QueryFailure] = field(default_factory=lambda: deque(maxlen=FAILURES_KEPT))
    retry_at_s: float = 0.0
    retry_after_s: float = FIRST_RETRY_S
    records_in: int = 0
    records_out: int = 0
    caught_up_s: float = 0.0
    is_restored: bool = True
    is_live: bool = False

    @property
    def query_id(self) -> str:
        """The query's id."""
        return self.plan.query_id

    @property
    def sink_topic(self) -> str:
        """The topic it writes."""
        return self.plan.root.topic

    def fail(self, failure: QueryFailure, now_s: float) -> None:
        """Stop for a while: what it did since the last commit is discarded with its state."""
        self.failures.append(failure)
        self.state = QueryState.ERROR
        self.running = None
        self.is_live = False
        self.retry_at_s = now_s + self.retry_after_s
        self.retry_after_s = min(self.retry_after_s * 2, LONGEST_RETRY_S)

    def went_well(self) -> None:
        """Forget the pauses between attempts; the failures stay to be seen."""
        self.retry_after_s = FIRST_RETRY_S


class QueryRegistry:
    """All persistent queries. Callers hold the node's lock."""

    def __init__(self, build: BuildQuery, topics: TopicLog, state: StateStore, offsets: OffsetStore) -> None:
        self._build = build
        self._topics = topics
        self._state = state
        self._offsets = offsets
        self._queries: dict[str, Query] = {}
        self._ordered: list[Query] | None = None

    # ------------------------------------------------------------------------------ life

    def start(
        self, plan: PersistentPlan, *, properties: Mapping[str, object], from_beginning: bool, now_ms: int
    ) -> Query:
        """Add a query, or give a running one a new plan; it goes on from what it committed, if it did.

        Building it here tells at once if the engine refuses the plan.
        """
        running = self._build(plan, properties)
        query = Query(plan, running.topics, dict(properties), now_ms, running=running)
        committed = self._offsets.committed(plan.query_id)
        query.is_restored = not committed
        for topic in running.topics:
            first = self._topics.begin_offset(topic) if from_beginning else self._topics.end_offset(topic)
            query.offsets[topic] = committed.get(topic, first)
            if topic not in committed:
                # Where it began must outlast a restart, even if nothing was read by then.
                self._offsets.commit(plan.query_id, topic, query.offsets[topic])
        self._queries[plan.query_id] = query
        self._ordered = None
        return query

    def revive(self, query: Query) -> Running:
        """Return the query's engine with its state, brought back from the last commit if need be."""
        if query.running is None or not query.is_restored:
            query.running = self.rebuilt(query)
            query.offsets.update(self._offsets.committed(query.query_id))
            query.is_restored = True
        return query.running

    def rebuilt(self, query: Query) -> Running:
        """Return a new engine for the query, with the state of the last commit.

        Needs no lock as long as the query does not run.
        """
        running = self._build(query.plan, query.properties)
        running.restore(self._state.load(query.query_id))
        return running

    def next_to_restore(self) -> Query | None:
        """Return a query that was started but has not got its state back, None if all have."""
        return next((q for q in self.in_order() if not q.is_restored and q.state is QueryState.RUNNING), None)

    def terminate(self, query_id: str) -> Query:
        """Remove a query and forget its state and offsets, inside a transaction.

        Raises: NotFound.
        """
        query = self.get(query_id)
        del self._queries[query_id]
        self._ordered = None
        self._state.drop(query_id)
        self._offsets.drop(query_id)
        return query

    def pause(self, query_id: str) -> None:
        """Let a query read no further.

        Raises: NotFound.
        """
        query = self.get(query_id)
        if query.state is QueryState.RUNNING:
            query.state = QueryState.PAUSED
            query.is_live = False

    def resume(self, query_id: str) -> None:
        """Let a paused or failed query go on.

        Raises: NotFound.
        """
        query = self.get(query_id)
        query.state = QueryState.RUNNING
        query.retry_after_s = FIRST_RETRY_S

    # ------------------------------------------------------------------------------ which

    def get(self, query_id: str) -> Query:
        """Return a query.

        Raises: NotFound.
        """
        query = self._queries.get(query_id)
        if query is None:
            raise NotFound(f"Unknown queryId: {query_id}")
        return query

    def __contains__(self, query_id: str) -> bool:
        return query_id in self._queries

    def __iter__(self) -> Iterator[Query]:
        return iter(self._queries.values())

    def __len__(self) -> int:
        return len(self._queries)

    def in_order(self) -> list[Query]:
        """Return the queries so that each comes after those whose topics it reads.

        Where queries feed each other in a circle, the one that was started first comes first.
        """
        if self._ordered is None:
            self._ordered = _sources_first(list(self._queries.values()))
        return self._ordered

    def snapshot(self) -> Callable[[], None]:
        """Return what undoes every change from now on, if the transaction under way fails.

        The engines' states are left alone: no tick runs meanwhile, so they are those of the last commit.
        """
        before = [(query, query.state, dict(query.offsets)) for query in self]

        def undo() -> None:
            self._queries = {query.query_id: query for query, _, _ in before}
            self._ordered = None
            for query, state, offsets in before:
                query.state, query.offsets = state, offsets

        return undo

    # ------------------------------------------------------------------------------ status

    def waiting(self, query: Query) -> int:
        """Return how many records a query could read now."""
        return sum(
            max(0, self._topics.end_offset(topic) - query.offsets[topic])
            for topic in query.topics
            if self._topics.exists(topic)
        )

    def needed(self) -> dict[str, int]:
        """Return, per topic, the offset from which a running query still has to read."""
        lowest: dict[str, int] = {}
        for query in self:
            if query.state is QueryState.RUNNING:
                for topic, offset in query.offsets.items():
                    lowest[topic] = min(offset, lowest.get(topic, offset))
        return lowest

    def status(self, query: Query) -> QueryStatus:
        """Return a snapshot of a query."""
        positions = []
        for topic in query.topics:
            if self._topics.exists(topic):
                info = self._topics.describe(topic)
                positions.append(TopicPosition(topic, info.begin, info.end, query.offsets[topic]))
        return QueryStatus(
            query_id=query.query_id,
            plan=query.plan,
            state=query.state,
            properties=dict(query.properties),
            positions=tuple(positions),
            failures=tuple(query.failures),
            started_ms=query.started_ms,
            records_in=query.records_in,
            records_out=query.records_out,
            late=query.running.metrics.late if query.running else 0,
            errors=query.running.metrics.errors if query.running else 0,
        )


def _sources_first(queries: list[Query]) -> list[Query]:
    writers: dict[str, list[Query]] = {}
    for query in queries:
        writers.setdefault(query.sink_topic, []).append(query)
    ordered: list[Query] = []
    visited: set[str] = set()

    def visit(query: Query) -> None:
        if query.query_id in visited:
            return
        visited.add(query.query_id)
        for topic in query.topics:
            for writer in writers.get(topic, ()):
                visit(writer)
        ordered.append(query)

    for query in queries:
        visit(query)
    return ordered
