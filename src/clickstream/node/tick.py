"""One tick: what was produced and what the queries make of it, in one commit.

    1. take waiting batches, append them to their topics with their sources' offsets
    2. run each query, sources first, over what its topics hold beyond its offset
    3. per query append its output, write its state's changes and its offsets
    4. commit 1 to 3 together
    5. let producers go on, wake followers, feed push queries

A query that raises stops alone. If the commit fails, the tick has not happened: every query it ran is rebuilt
from the last commit.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence

from clickstream.core.clock import Clock
from clickstream.core.records import Record
from clickstream.node.intake import CHUNK_RECORDS, Batch, Intake
from clickstream.node.metrics import Timings
from clickstream.node.queries import Query, QueryFailure, QueryRegistry, QueryState
from clickstream.node.subscriptions import ReaderHub
from clickstream.storage.database import Database
from clickstream.storage.state.offsets import OffsetStore
from clickstream.storage.state.store import StateStore
from clickstream.storage.topics.frame import Packed, join, pack
from clickstream.storage.topics.log import TopicLog
from clickstream.storage.topics.retention import enforce_retention

__all__ = ["Ticker"]

log = logging.getLogger(__name__)

MOST_RECORDS = 20_000
"""Most records taken in by a tick; larger ones gain nothing."""

FEWEST_RECORDS = 2_000
"""Least that a tick takes in when ticks are long: with fewer, aggregates write each key more often."""

LONG_TICK_S = 0.4
SHORT_TICK_S = 0.15
"""Requests wait for the tick under way. After a longer one the next takes half as much, after a shorter one
that was full twice as much."""

NEAR_RECORDS = 10_000
"""A query with more than this to read when it starts, or goes on, has to catch up first: it takes turns with
others of its kind, and producers do not wait for it."""

DRAIN_RECORDS = 20_000
"""About how many records per topic a live query takes at a time."""

CATCH_UP_RECORDS = 5_000
"""About how many records per topic a query that is far behind takes at a time."""

CATCH_UP_S = 0.1
"""Time a tick gives to all that catch up; live queries wait no longer than this for it."""

SUBSCRIPTION_RECORDS = 5_000
"""Records a push query reads in a tick."""

TIDY_EVERY_S = 10.0

ExtraRecords = Callable[[], Iterable[tuple[str, Sequence[Record]]]]
"""Topics and records that are to be written with the tick: the processing log."""


class Ticker:
    """Runs ticks, one at a time, for callers that hold the node's lock."""

    def __init__(
        self,
        *,
        database: Database,
        topics: TopicLog,
        state: StateStore,
        offsets: OffsetStore,
        queries: QueryRegistry,
        intake: Intake,
        hub: ReaderHub,
        clock: Clock,
        extra_records: ExtraRecords = tuple,
        tidy: Callable[[], None] = lambda: None,
        restoring: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._topics = topics
        self._state = state
        self._offsets = offsets
        self._queries = queries
        self._intake = intake
        self._hub = hub
        self._clock = clock
        self._extra_records = extra_records
        self._tidy = tidy
        self._restoring = restoring
        self._ran: dict[Query, None] = {}
        self._grown: dict[str, None] = {}
        self._previous_sequence = topics.next_sequence
        self._batch_records = MOST_RECORDS
        self._next_tidy_s = clock.monotonic_s()
        self.commit_times = Timings()
        self.tick_times = Timings()
        self.produced_records = 0
        self.consumed_records = 0
        self.failed_ticks = 0
        self.failure: Exception | None = None
        """Why the last tick failed, None if it did not."""

    def run(self) -> int:
        """Run one tick; return how much was done (records moved), 0 if there was nothing or it failed."""
        self._retry_failed()
        restored = self._restore_one()
        batches = self._intake.take(self._batch_records)
        began_s = self._clock.monotonic_s()
        sequence = self._topics.next_sequence
        self._ran.clear()
        self._grown.clear()
        try:
            with self._database.transaction():
                self._append(batches)
                consumed = self._run_queries()
                self._write_extra()
                self._delete_old()
                commit_s = self._clock.monotonic_s()
        except Exception as error:
            self._roll_back(batches, error)
            return 0
        self.failure = None
        produced = sum(map(len, batches))
        moved = consumed + produced
        if moved:
            now_s = self._clock.monotonic_s()
            self.commit_times.add(now_s - commit_s)
            self.tick_times.add(now_s - began_s)
            self._adapt(now_s - began_s, produced)
        self.produced_records += produced
        self.consumed_records += consumed
        fed = self._publish(batches)
        # Readers that keep up have seen what came before the last tick; those behind decode anew.
        self._topics.forget_decoded(self._previous_sequence)
        self._previous_sequence = sequence
        return moved + fed + restored

    def next_retry_s(self) -> float | None:
        """Return when (monotonic) a failed query is to be tried again, None if none is."""
        return min((q.retry_at_s for q in self._queries if q.state is QueryState.ERROR), default=None)

    def _adapt(self, took_s: float, produced: int) -> None:
        if took_s > LONG_TICK_S:
            self._batch_records = max(FEWEST_RECORDS, self._batch_records // 2)
        elif took_s < SHORT_TICK_S and produced >= self._batch_records:
            self._batch_records = min(MOST_RECORDS, self._batch_records * 2)

    # ------------------------------------------------------------------------------ steps

    def _restore_one(self) -> int:
        """Give one query its state back, unless a thread is about it; return whether one was without."""
        query = None if self._restoring() else self._queries.next_to_restore()
        if query is None:
            return 0
        try:
            self._queries.revive(query)
        except Exception as error:
            self.fail(query, error)
        return 1

    def _append(self, batches: Sequence[Batch]) -> None:
        for topic, run in _runs(part for batch in batches for part in batch.parts):
            self._create_missing(topic)
            self._topics.append_packed(topic, join(run))
            self._grown[topic] = None
        for batch in batches:
            for source, position in batch.source_offsets.items():
                self._offsets.commit_source(source, position)

    def _create_missing(self, topic: str) -> None:
        if not self._topics.exists(topic):
            self._topics.create(topic)

    def _run_queries(self) -> int:
        consumed = 0
        behind = []
        for query in self._queries.in_order():
            if query.state is not QueryState.RUNNING or not query.is_restored:
                continue
            waiting = self._queries.waiting(query)
            if query.is_live or waiting <= NEAR_RECORDS:
                consumed += self._drain(query)
            else:
                behind.append(query)
        return consumed + self._catch_up(behind)

    def _drain(self, query: Query) -> int:
        """Let a query read all there is: producers wait for it, so it cannot fall behind.

        What it writes to a topic that it reads has to wait: a query that feeds itself never comes to an end,
        and must not keep the tick, and with it the lock, for good.
        """
        query.is_live = True
        left = self._queries.waiting(query)
        consumed = 0
        while left > 0 and (count := self._advance(query, min(left, DRAIN_RECORDS))):
            consumed += count
            left -= count
        if left <= 0 and self._queries.waiting(query):
            query.is_live = False
        return consumed

    def _catch_up(self, behind: list[Query]) -> int:
        """Let those that are far behind take turns while time lasts, the one that waited longest first."""
        consumed = 0
        deadline_s = self._clock.monotonic_s() + CATCH_UP_S
        behind.sort(key=lambda query: query.caught_up_s)
        while behind:
            query = behind.pop(0)
            count = self._advance(query, CATCH_UP_RECORDS)
            consumed += count
            query.caught_up_s = self._clock.monotonic_s()
            if query.caught_up_s >= deadline_s:
                break
            if count and self._queries.waiting(query):
                behind.append(query)
        return consumed

    def _advance(self, query: Query, max_records: int) -> int:
        """Let a query take what waits for it; return how many records it took."""
        try:
            running = self._queries.revive(query)
            at = {topic: query.offsets[topic] for topic in query.topics if self._topics.exists(topic)}
            chunks = self._topics.read_together(at, max_records)
            output = running.process(chunks)
            packed = pack(output.records)
            changes = list(running.take_changes())
        except Exception as error:
            self.fail(query, error)
            return 0
        self._ran[query] = None
        if packed.records:
            self._create_missing(query.sink_topic)
            output.attach(self._topics.append_packed(query.sink_topic, packed))
            self._grown[query.sink_topic] = None
        self._state.write(query.query_id, changes)
        for chunk in chunks:
            query.offsets[chunk.topic] = chunk.end_offset
        for topic in {chunk.topic for chunk in chunks}:
            self._offsets.commit(query.query_id, topic, query.offsets[topic])
        count = sum(map(len, chunks))
        query.records_in += count
        query.records_out += len(packed.records)
        query.went_well()
        return count

    def _write_extra(self) -> None:
        for topic, records in self._extra_records():
            self._create_missing(topic)
            self._topics.append(topic, records)
            self._grown[topic] = None

    def _delete_old(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s >= self._next_tidy_s:
            self._next_tidy_s = now_s + TIDY_EVERY_S
            enforce_retention(self._topics, self._clock.now_ms(), self._queries.needed())
            self._tidy()

    def _publish(self, batches: Sequence[Batch]) -> int:
        for batch in batches:
            batch.finish()
        for topic in self._grown:
            for tail in self._hub.tails(topic):
                tail.committed()
        return sum(
            subscription.feed(self._topics, SUBSCRIPTION_RECORDS)
            for subscription in self._hub.subscriptions()
            if subscription.wants_rows
        )

    # ------------------------------------------------------------------------------ failures

    def fail(self, query: Query, error: Exception) -> None:
        """Stop a query with its reason; it will be tried again."""
        log.exception("query %s stopped", query.query_id, exc_info=error)
        text = str(error) or type(error).__name__
        query.fail(QueryFailure(self._clock.now_ms(), text), self._clock.monotonic_s())

    def _retry_failed(self) -> None:
        now_s = self._clock.monotonic_s()
        for query in self._queries:
            if query.state is QueryState.ERROR and query.retry_at_s <= now_s:
                query.state = QueryState.RUNNING

    def _roll_back(self, batches: Sequence[Batch], error: Exception) -> None:
        """Go back to the last commit: queries are rebuilt, producers told, or their records kept."""
        log.error("a batch could not be committed: %s", error)
        self.failure = error
        self.failed_ticks += 1
        self._extra_records()  # What the discarded work had to say will be said again.
        for query in self._ran:
            query.running = None
            query.offsets.update(self._offsets.committed(query.query_id))
        for batch in batches:
            if batch.waited_for:
                batch.finish(error)
        # Nobody would send these again.
        self._intake.put_back([batch for batch in batches if not batch.waited_for])


def _runs(parts: Iterable[tuple[str, Packed]]) -> Iterator[tuple[str, list[Packed]]]:
    """Yield neighbours of the same topic together, as far as they fit into a chunk; the order stays."""
    topic, size = "", 0
    run: list[Packed] = []
    for name, packed in parts:
        if run and (name != topic or size + len(packed.records) > CHUNK_RECORDS):
            yield topic, run
            run, size = [], 0
        topic = name
        run.append(packed)
        size += len(packed.records)
    if run:
        yield topic, run
