"""The embedded process's heart: topics, queries and the commit loop, put together here and nowhere else.

Threads: requests call in from any thread; one thread runs the ticks. `with node.lock:` keeps the catalog and
the set of queries still; `with node.change():` is that and one transaction, for statements. Reading topics,
following them and producing need no lock.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from clickstream.core.clock import Clock, SystemClock
from clickstream.core.errors import StateError
from clickstream.core.processing_log import ProcessingLog
from clickstream.core.records import Record
from clickstream.engine.lookup import Bounds
from clickstream.engine.query import RunningQuery
from clickstream.engine.rows import Key, TableRow
from clickstream.node.command_log import Command, CommandLog
from clickstream.node.connector_store import ConnectorStore
from clickstream.node.housekeeping import Housekeeping
from clickstream.node.intake import Batch, Intake, TopicRecords
from clickstream.node.loop import CommitLoop
from clickstream.node.metrics import NodeMetrics
from clickstream.node.plan_sources import sources_of, start_offsets
from clickstream.node.processing_log_stream import TOPIC as PROCESSING_LOG_TOPIC
from clickstream.node.processing_log_stream import TOPIC_CONFIG, log_records, processing_log_source
from clickstream.node.queries import QueryRegistry, QueryStatus
from clickstream.node.restoring import Restoring
from clickstream.node.running import BuildQuery
from clickstream.node.subscriptions import ReaderHub, Subscription, TopicTail
from clickstream.node.tick import Ticker
from clickstream.node.turn_lock import TurnLock
from clickstream.sql.catalog import Catalog
from clickstream.sql.functions.registry import REGISTRY, FunctionRegistry
from clickstream.sql.plan import PersistentPlan, TransientPlan
from clickstream.storage.database import Database, Durability
from clickstream.storage.state.offsets import OffsetStore
from clickstream.storage.state.store import StateStore
from clickstream.storage.topics.log import TopicLog

__all__ = ["Node", "StatementReplayer"]

log = logging.getLogger(__name__)


class StatementReplayer(Protocol):
    """What `Node.recover` needs of the statement executor."""

    def replay(self, command: Command) -> None:
        """Do again what the command did to the catalog and the queries, under its own query id.

        Nothing is appended to the command log. Topics exist already (`Node.create_topic` and `delete_topic`
        do nothing now), and a query that is started goes on from its committed offsets and state.
        """


class Node:
    """One embedded engine on one data folder, or in memory."""

    def __init__(
        self,
        data_dir: Path | None,
        *,
        clock: Clock | None = None,
        durability: Durability = "fsync",
        functions: FunctionRegistry = REGISTRY,
        build_query: Callable[[FunctionRegistry, ProcessingLog], BuildQuery] | None = None,
    ) -> None:
        self.clock = clock or SystemClock()
        self.functions = functions
        self.processing_log = ProcessingLog()
        self.catalog = Catalog()
        self.lock = TurnLock()
        self.recovering = False
        self.recovery_failures: list[tuple[Command, Exception]] = []
        self.database = (
            Database.in_memory() if data_dir is None else Database.open(data_dir, durability=durability)
        )
        self.topics = TopicLog(self.database)
        self.state = StateStore(self.database)
        self.offsets = OffsetStore(self.database)
        self.command_log = CommandLog(self.database)
        self.connector_store = ConnectorStore(self.database)
        build = (build_query or _engine_queries)(functions, self.processing_log)
        self._build = build
        self._queries = QueryRegistry(build, self.topics, self.state, self.offsets)
        self._hub = ReaderHub(self._wake)
        self._intake = Intake(self._wake)
        self._housekeeping = Housekeeping(self.topics)
        self._ticker = Ticker(
            database=self.database,
            topics=self.topics,
            state=self.state,
            offsets=self.offsets,
            queries=self._queries,
            intake=self._intake,
            hub=self._hub,
            clock=self.clock,
            extra_records=self._processing_log_records,
            tidy=self._housekeeping.wake,
            restoring=lambda: self._restoring.is_running,
        )
        self._restoring = Restoring(self._queries, self.lock, wake=self._wake, failed=self._ticker.fail)
        self._loop = CommitLoop(
            self.step,
            failed=lambda: self._ticker.failure is not None,
            sleep_s=self._sleep_s,
            pending=lambda: self._intake.pending_records,
        )
        self._closed = False
        self._register_processing_log()

    # ------------------------------------------------------------------------------ life cycle

    def recover(self, replayer: StatementReplayer) -> list[tuple[Command, Exception]]:
        """Replay the command log; call it once, before `start()`. Return what could not be replayed.

        A command that fails is logged and skipped: one bad statement must not keep the rest from running.
        """
        self.recovering = True
        try:
            for command in self.command_log.live():
                try:
                    with self.change():
                        replayer.replay(command)
                except Exception as error:
                    log.exception("command %s could not be replayed: %s", command.sequence, command.text)
                    self.recovery_failures.append((command, error))
        finally:
            self.recovering = False
        return self.recovery_failures

    def start(self) -> None:
        """Start the commit loop, the restoring of states, and housekeeping."""
        self._restoring.start()
        self._loop.start()
        self._housekeeping.start()

    def close(self) -> None:
        """Commit what was produced, end readers and threads, close the files; harmless if closed already."""
        if self._closed:
            return
        self._closed = True
        self._restoring.stop()
        self._housekeeping.stop()
        self._intake.close()
        self._loop.stop()
        for batch in self._intake.take(self._intake.pending_records):
            batch.finish(StateError("the server shut down before the records were committed"))
        self._hub.close()
        self.database.close()

    def step(self) -> int:
        """Run one tick by hand; return how many records moved, 0 when there is nothing to do."""
        with self.lock.after_requests():
            return self._ticker.run()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock and one transaction: all that a statement does becomes durable, or none of it.

        If the block raises, the catalog and the set of queries are as before too.
        """
        with self.lock:
            catalog, undo_queries = self.catalog.copy(), self._queries.snapshot()
            try:
                with self.database.transaction():
                    yield
            except BaseException:
                self.catalog.sources, self.catalog.types = catalog.sources, catalog.types
                self.catalog.reads = catalog.reads
                undo_queries()
                raise
        self._wake()

    # ------------------------------------------------------------------------------ topics

    def topic_exists(self, name: str) -> bool:
        """Return whether a topic exists; while recovering, every topic does, or did when it mattered."""
        return self.recovering or self.topics.exists(name)

    def create_topic(
        self, name: str, *, partitions: int = 1, replicas: int = 1, config: Mapping[str, str] | None = None
    ) -> None:
        """Create a topic.

        Raises: Conflict if it exists (never while recovering).
        """
        if self.recovering and self.topics.exists(name):
            return
        with self.lock:
            self.topics.create(name, partitions=partitions, replicas=replicas, config=config)

    def delete_topic(self, name: str) -> None:
        """Delete a topic and forget every query's place in it; nothing while recovering.

        Raises: NotFound.
        """
        if self.recovering:
            return
        with self.change():
            self.topics.delete(name)
            self.offsets.forget_topic(name)
            for query in self._queries:
                if name in query.offsets:
                    query.offsets[name] = 0
                    self.offsets.commit(query.query_id, name, 0)
        for tail in self._hub.tails(name):
            # a topic of the same name made at once is another topic
            tail.close()

    def produce(
        self,
        batches: Sequence[TopicRecords],
        *,
        source_offsets: Mapping[str, bytes] | None = None,
        wait: bool = True,
    ) -> None:
        """Append records to topics, created if missing, and commit the offsets with them.

        All of one call is committed together. With `wait` it returns after the commit; without, as soon as
        there is room in the queue. Without a running loop, the tick runs here.

        Raises: TypeError if a record's fields have wrong types; StateError if the node is closing, the commit
        fails (with `wait`: then nothing of it was written), or it is called inside `change()`.
        """
        if self.database.in_transaction:
            # The tick that would commit the records needs the lock that this thread holds.
            raise StateError("records cannot be produced inside a change")
        batch = Batch(batches, source_offsets or {}, waited_for=wait)
        self._intake.put(batch)
        if not wait:
            return
        while not batch.is_done and not self._loop.is_running:
            self.step()
        batch.wait()

    def source_offset(self, name: str) -> bytes | None:
        """Return what a source committed with its newest records, None if it never did."""
        return self.offsets.source(name)

    def drop_source_offset(self, name: str) -> None:
        """Forget a source's position: it will begin anew."""
        with self.database.transaction():
            self.offsets.drop_source(name)

    def tail(self, topic: str, *, from_beginning: bool = False, offset: int | None = None) -> TopicTail:
        """Return a follower of a topic from `offset`, from the beginning, or from the end.

        Raises: NotFound.
        """
        begin, end = self.topics.begin_offset(topic), self.topics.end_offset(topic)
        first = offset if offset is not None else begin if from_beginning else end
        tail = TopicTail(self._hub, self.topics, topic, first)
        self._hub.add_tail(tail)
        return tail

    # ------------------------------------------------------------------------------ queries

    def start_query(
        self,
        plan: PersistentPlan,
        *,
        properties: Mapping[str, object] | None = None,
        from_beginning: bool = True,
    ) -> None:
        """Run a persistent query, inside `change()`.

        It goes on from its committed offsets and state; a new one begins at the oldest records, or with
        `from_beginning` false after the newest. A query of the same id is replaced (CREATE OR REPLACE).
        Its sink topic is created if it is missing.

        Raises: NotFound if a topic it reads does not exist (while recovering it is created).
        """
        read = [source.topic for source in sources_of(plan.root)] if self.recovering else []
        for topic in (*read, plan.root.topic):
            if not self.topics.exists(topic):
                self.topics.create(topic)
        self._queries.start(
            plan, properties=properties or {}, from_beginning=from_beginning, now_ms=self.clock.now_ms()
        )

    def terminate(self, query_id: str) -> None:
        """Stop a query and forget its state and offsets; its sink stays.

        Raises: NotFound.
        """
        with self.change():
            self._queries.terminate(query_id)

    def pause(self, query_id: str) -> None:
        """Let a query read no further until it is resumed.

        Raises: NotFound.
        """
        with self.lock:
            self._queries.pause(query_id)

    def resume(self, query_id: str) -> None:
        """Let a paused or failed query go on.

        Raises: NotFound.
        """
        with self.lock:
            self._queries.resume(query_id)
        self._wake()

    def queries(self) -> list[QueryStatus]:
        """Return how all persistent queries stand, in the order they were started."""
        with self.lock:
            return [self._queries.status(query) for query in self._queries]

    def query(self, query_id: str) -> QueryStatus:
        """Return how a persistent query stands.

        Raises: NotFound.
        """
        with self.lock:
            return self._queries.status(self._queries.get(query_id))

    def look_up(
        self,
        query_id: str,
        keys: Sequence[Key] | None,
        *,
        window_start: Bounds | None = None,
        window_end: Bounds | None = None,
    ) -> list[TableRow]:
        """Return rows of the table a query keeps, as of the last tick: those of `keys`, or all.

        Raises: NotFound if there is no such query.
        """
        with self.lock:
            running = self._queries.revive(self._queries.get(query_id))
            return list(running.lookup(keys, window_start=window_start, window_end=window_end))

    def subscribe(
        self,
        plan: TransientPlan,
        *,
        from_beginning: bool,
        until_end: bool = False,
        one_by_one: bool = False,
    ) -> Subscription:
        """Run a push query; with `until_end`, over what is there now only: a stream's pull query.

        With `one_by_one` aggregates emit a row for every record, else one for each key in a batch.

        Raises: NotFound if a topic it reads does not exist.
        """
        running = self._build(plan, {})
        with self.lock:
            offsets = start_offsets(plan.root, self.topics, from_beginning=from_beginning)
            ends = {topic: self.topics.end_offset(topic) for topic in offsets} if until_end else None
        subscription = Subscription(
            self._hub,
            plan.query_id,
            running,
            offsets,
            limit=plan.limit,
            until=ends,
            columns=plan.columns,
            one_by_one=one_by_one,
        )
        self._hub.add(subscription)
        return subscription

    # ------------------------------------------------------------------------------ metrics

    def metrics(self) -> NodeMetrics:
        """Return a snapshot of the commit loop's counters and times."""
        ticker = self._ticker
        commit, tick = ticker.commit_times, ticker.tick_times
        return NodeMetrics(
            ticks=tick.count,
            produced_records=ticker.produced_records,
            consumed_records=ticker.consumed_records,
            pending_records=self._intake.pending_records,
            failed_ticks=ticker.failed_ticks,
            commit_ms={"p50": commit.percentile_ms(50), "p99": commit.percentile_ms(99)},
            tick_ms={"p50": tick.percentile_ms(50), "p99": tick.percentile_ms(99)},
            subscriptions=len(self._hub.subscriptions()),
            tails=len(self._hub.tails()),
        )

    @property
    def failure(self) -> Exception | None:
        """Why the newest commit failed, None when all is well: what a health check asks."""
        return self._ticker.failure

    # ------------------------------------------------------------------------------ inside

    def _wake(self) -> None:
        self._loop.wake()

    def _sleep_s(self) -> float | None:
        with self.lock:
            retry_s = self._ticker.next_retry_s()
        return None if retry_s is None else retry_s - self.clock.monotonic_s()

    def _processing_log_records(self) -> Iterable[tuple[str, Sequence[Record]]]:
        entries = self.processing_log.take()
        return [(PROCESSING_LOG_TOPIC, log_records(entries, self.clock.now_ms()))] if entries else ()

    def _register_processing_log(self) -> None:
        if not self.topics.exists(PROCESSING_LOG_TOPIC):
            self.topics.create(PROCESSING_LOG_TOPIC, config=TOPIC_CONFIG)
        self.catalog.add(processing_log_source())


def _engine_queries(functions: FunctionRegistry, processing_log: ProcessingLog) -> BuildQuery:
    return lambda plan, properties: RunningQuery(plan, functions.configured(properties), processing_log)
