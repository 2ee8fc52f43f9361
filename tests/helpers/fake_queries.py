"""Queries that stand in for the engine's, so that the node is tested alone.

The plan's text says what the query does:

    copy            each record to the sink
    count           per key how often it was seen; one record a touched key a call, as `key -> count`
    last            per key its newest value, joined by `lookup` queries
    join TOPIC      each record of the other topic with the newest value of its key in TOPIC
    spread N        each record N times
    fail VALUE      as copy, but raises when it meets VALUE
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clickstream.core.processing_log import LogEntry, ProcessingLog
from clickstream.core.records import Chunk, Record, StateChange
from clickstream.node.running import BuildQuery
from clickstream.sql.functions.registry import FunctionRegistry
from clickstream.sql.plan import (
    Formats,
    PersistentPlan,
    Sink,
    Source,
    Step,
    StreamTableJoin,
    TransientPlan,
)
from clickstream.sql.schema import LogicalSchema

EMPTY = LogicalSchema()


def source(topic: str, kind: str = "STREAM") -> Source:
    return Source(EMPTY, kind, topic.upper(), topic.upper(), topic, Formats())  # type: ignore[arg-type]


def reading(topics: Sequence[str]) -> Step:
    first, *others = topics
    step: Step = source(first)
    for other in others:
        step = StreamTableJoin(EMPTY, "STREAM", step, source(other, "TABLE"), "LEFT")
    return step


def persistent(query_id: str, text: str, topics: Sequence[str], sink: str) -> PersistentPlan:
    root = Sink(EMPTY, "STREAM", reading(topics), sink.upper(), sink, Formats())
    return PersistentPlan(query_id, root, tuple(t.upper() for t in topics), text)


def transient(
    topics: Sequence[str], *, limit: int | None = None, query_id: str = "transient_1"
) -> TransientPlan:
    return TransientPlan(query_id, reading(topics), tuple(topics), ("KEY", "VALUE"), limit)


@dataclass
class FakeOutput:
    records: list[Record]
    attached: list[Chunk] = field(default_factory=list)

    def attach(self, chunk: Chunk) -> None:
        chunk.decoded["fake"] = True


@dataclass
class FakeCounts:
    late: int = 0
    errors: int = 0


class FakeQuery:
    def __init__(self, plan: PersistentPlan | TransientPlan, log: ProcessingLog) -> None:
        self.plan = plan
        self.topics = tuple(s.topic for s in _sources(plan.root))
        self.text = plan.text if isinstance(plan, PersistentPlan) else "copy"
        self.counts: dict[bytes, int] = {}
        self.table: dict[bytes, bytes] = {}
        self.dirty: list[StateChange] = []
        self.calls: list[int] = []
        self.metrics = FakeCounts()
        self._log = log

    def process(self, chunks: Sequence[Chunk]) -> FakeOutput:
        self.calls.append(sum(map(len, chunks)))
        verb, _, argument = self.text.partition(" ")
        return FakeOutput(getattr(self, f"_{verb}")(chunks, argument))

    def process_rows(self, chunks: Sequence[Chunk]) -> list[tuple[object, ...]]:
        rows = [(r.key, r.value) for c in chunks for r in c.records]
        if any(value == b"poison" for _, value in rows):
            raise ValueError("poison")
        return rows

    def take_changes(self) -> list[StateChange]:
        dirty, self.dirty = self.dirty, []
        return dirty

    def restore(self, changes: Iterable[StateChange]) -> None:
        for store, key, value in changes:
            assert value is not None
            if store == "counts":
                self.counts[key] = int(value)
            else:
                self.table[key] = value

    def lookup(self, keys: Sequence[tuple[bytes]] | None, **_: object) -> list[tuple[tuple[bytes], int]]:
        wanted = self.counts if keys is None else [key for (key,) in keys]
        return [((key,), self.counts[key]) for key in wanted]

    def _copy(self, chunks: Sequence[Chunk], _: str) -> list[Record]:
        return [record for chunk in chunks for record in chunk.records]

    def _spread(self, chunks: Sequence[Chunk], times: str) -> list[Record]:
        return self._copy(chunks, "") * int(times)

    def _count(self, chunks: Sequence[Chunk], _: str) -> list[Record]:
        touched: dict[bytes, int] = {}
        for chunk in chunks:
            for record in chunk.records:
                key = record.key or b""
                self.counts[key] = self.counts.get(key, 0) + 1
                touched[key] = record.timestamp_ms
        self.dirty += [("counts", key, b"%d" % self.counts[key]) for key in touched]
        return [Record(key, b"%d" % self.counts[key], at) for key, at in touched.items()]

    def _join(self, chunks: Sequence[Chunk], table: str) -> list[Record]:
        joined = []
        for chunk in chunks:
            for record in chunk.records:
                key = record.key or b""
                if chunk.topic == table:
                    self.table[key] = record.value or b""
                    self.dirty.append(("table", key, record.value))
                else:
                    value = (record.value or b"") + b"|" + self.table.get(key, b"?")
                    joined.append(Record(key, value, record.timestamp_ms))
        return joined

    def _fail(self, chunks: Sequence[Chunk], value: str) -> list[Record]:
        records = self._copy(chunks, "")
        if any(record.value == value.encode() for record in records):
            raise ValueError(f"met {value}")
        return records

    def _log_bad(self, chunks: Sequence[Chunk], _: str) -> list[Record]:
        for record in self._copy(chunks, ""):
            self._log.add(
                LogEntry("Q.Source", "DESERIALIZATION_ERROR", "bad", ("why",), "in", 0, "value", record.value)
            )
        return []


def _sources(step: Step) -> list[Source]:
    if isinstance(step, Source):
        return [step]
    if isinstance(step, StreamTableJoin):
        return [*_sources(step.left), *_sources(step.right)]
    return _sources(step.input)  # type: ignore[attr-defined]


class Fakes:
    """Builds fakes and keeps the newest of each query id, for tests that look inside."""

    def __init__(self) -> None:
        self.built: dict[str, FakeQuery] = {}

    def __call__(self, functions: FunctionRegistry, log: ProcessingLog) -> BuildQuery:
        def build(plan: PersistentPlan | TransientPlan, _properties: Mapping[str, object]) -> FakeQuery:
            self.built[plan.query_id] = query = FakeQuery(plan, log)
            return query

        return build
