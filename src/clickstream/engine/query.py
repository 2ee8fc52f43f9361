"""A running query: chunks in, records or rows out, state kept in between.

Thread-free, without clock and without I/O: the node feeds it, appends what it gives, and stores what
`take_changes` returns in the same commit. A call with one record gives exactly the records that
ksqlDB without a record cache gives; with more, aggregates emit each touched key once.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from clickstream.core.processing_log import ProcessingLog
from clickstream.core.records import Chunk, Record, StateChange
from clickstream.engine.build import Pipeline, build
from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.place import Place, place
from clickstream.engine.context import Metrics, QueryContext
from clickstream.engine.lookup import Bounds, Materialized, find_materialized
from clickstream.engine.operators.sink import SinkWriter
from clickstream.engine.operators.source import Decoded
from clickstream.engine.operators.stage import Flow, through
from clickstream.engine.operators.table_state import TableState
from clickstream.engine.rows import Key, Row, TableRow
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.plan import PersistentPlan, Sink, TransientPlan
from clickstream.sql.schema import WINDOWEND, WINDOWSTART

__all__ = ["COLUMNS_FROM", "Output", "RunningQuery", "Tombstone"]

COLUMNS_FROM = 250
"""Records of a chunk from which on columns are faster than rows; see docs/adr/0014-columns.md."""


class Tombstone(tuple[Any, ...]):
    """A deleted row of a table's push query: its columns, of which only the key's are set."""

    __slots__ = ()


class Output:
    """Records for the sink topic, with the rows they are made of.

    Records are encoded when they are first asked for; a row that cannot be is logged then and left out.
    """

    __slots__ = ("_flow", "_places", "_records", "_writer")

    def __init__(self, flow: Flow, writer: SinkWriter, places: tuple[Place, Place] | None) -> None:
        self._flow = flow
        self._writer = writer
        self._places = places
        self._records: list[Record] | None = None

    def __len__(self) -> int:
        """Return how many records there are; rows, until the records are made."""
        return len(self._flow)

    @property
    def records(self) -> list[Record]:
        """The records, in order."""
        if self._records is None:
            self._records, self._flow = self._writer.encode(self._flow)
        return self._records

    def attach(self, chunk: Chunk) -> None:
        """Spare the readers of `chunk`, which holds exactly these records, the decoding."""
        if self._places is None or len(chunk) != len(self):
            return
        if isinstance(self._flow, Batch):
            chunk.decoded[self._places[1]] = self._flow
        else:
            chunk.decoded[self._places[0]] = Decoded([row[:4] for row in self._flow])


class RunningQuery:
    """One persistent or push query."""

    def __init__(
        self,
        plan: PersistentPlan | TransientPlan,
        functions: FunctionLookup,
        log: ProcessingLog,
        *,
        columns_from: int = COLUMNS_FROM,
    ) -> None:
        """Compile `plan`; chunks of `columns_from` records or more are read as columns.

        Raises: Unsupported for a step or function this engine does not run.
        """
        self.plan = plan
        self._columns_from = columns_from
        self._context = QueryContext(plan.query_id, functions, log)
        root = plan.root
        self._sink = root if isinstance(root, Sink) else None
        below = root.input if isinstance(root, Sink) else root
        names = [c.name for c in (*root.schema.key, *root.schema.value)]
        if isinstance(plan, TransientPlan):
            names += plan.columns
        value = [c.name for c in root.schema.value] if self._sink else None
        built = build(below, self._context, frozenset(names), value)
        self._pipelines = built.pipelines
        self._scope = built.scope
        self._writer = SinkWriter(self._context, self._sink) if self._sink else None
        self._places = _attachable(self._sink) if self._sink else None
        self._materialized = self._materialize(below.kind == "TABLE")
        self._columns = _column_getter(plan, built.scope) if isinstance(plan, TransientPlan) else None
        self.topics: tuple[str, ...] = tuple(dict.fromkeys(p.topic for p in self._pipelines))
        self.sink_topic: str | None = self._sink.topic if self._sink else None

    @property
    def stream_time_ms(self) -> int:
        """The latest record time seen since the query was built; -1 before the first record."""
        return max(p.reader.latest_ms for p in self._pipelines)

    @property
    def metrics(self) -> Metrics:
        """Counts since the query was built."""
        return self._context.metrics

    # ----------------------------------------------------------------------- processing

    def process(self, chunks: Sequence[Chunk]) -> Output:
        """Return the records for the sink topic that `chunks`, in arrival order, cause.

        Shape: chunks of any of `topics`; a persistent query only.
        """
        if self._writer is None or self._sink is None:
            raise TypeError("a push query has rows, not records")
        flow = self._writer.timed(self._run(chunks))
        return Output(flow, self._writer, self._places)

    def process_rows(self, chunks: Sequence[Chunk]) -> list[tuple[Any, ...]]:
        """Return what `chunks` cause: rows in the order of the plan's columns, or `Tombstone`s.

        Shape: a push query only.
        """
        if self._columns is None:
            raise TypeError("a persistent query has records, not rows")
        columns, is_table = self._columns, self.plan.root.kind == "TABLE"
        flow = self._run(chunks)
        found = flow.rows() if isinstance(flow, Batch) else flow
        rows = [columns(row) for row in found if is_table or row[1] is not None]
        self.metrics.emitted += len(rows)
        return rows

    def _run(self, chunks: Sequence[Chunk]) -> Flow:
        count = sum(len(chunk) for chunk in chunks)
        self.metrics.processed += count
        self._context.coalesce = count > 1
        out: list[Flow] = []
        for chunk in chunks:
            readers = [p for p in self._pipelines if p.topic == chunk.topic]
            parts = [chunk] if len(readers) < 2 else _one_by_one(chunk)
            for part in parts:
                out += [through(pipeline.stages, self._read(pipeline, part)) for pipeline in readers]
        if count > 1:
            out.append(self._flush())
        return _joined([flow for flow in out if len(flow)])

    def _read(self, pipeline: Pipeline, chunk: Chunk) -> Flow:
        batch = pipeline.reader.read_columns(chunk) if len(chunk) >= self._columns_from else None
        return pipeline.reader.read(chunk) if batch is None else batch

    def _flush(self) -> list[Row]:
        out: list[Row] = []
        seen: set[int] = set()
        for pipeline in self._pipelines:
            for at, stage in enumerate(pipeline.stages):
                if id(stage) not in seen:
                    seen.add(id(stage))
                    rows = stage.flush()
                    if rows:
                        done = through(pipeline.stages[at + 1 :], rows)
                        assert not isinstance(done, Batch), "stages make batches of batches only"
                        out += done
        return out

    # ----------------------------------------------------------------------- state

    def take_changes(self) -> list[StateChange]:
        """Return the state that changed since the last call."""
        return [change for store in self._context.stores.values() for change in store.changes()]

    def restore(self, changes: Iterable[StateChange]) -> None:
        """Put back stored state; entries of stores this plan has not are ignored."""
        stores = self._context.stores
        for name, key, value in changes:
            store = stores.get(name)
            if store is not None and value is not None:
                store.restore(key, value)

    def lookup(
        self,
        keys: Sequence[Key] | None,
        *,
        window_start: Bounds | None = None,
        window_end: Bounds | None = None,
    ) -> Iterator[TableRow]:
        """Return rows (key with window bounds, value, time) of the table this query keeps.

        `keys` None is all of them. Bounds are inclusive (low, high), either end None for open; they
        apply to the window's start and end.
        """
        if self._materialized is None:
            return iter(())
        return self._materialized.rows(keys, window_start, window_end)

    def _materialize(self, is_table: bool) -> Materialized | None:
        """Return where the table's rows can be looked up, adding a store if no stage has them."""
        if not is_table or self._sink is None:
            return None
        found = find_materialized(self._pipelines[0].stages)
        if found is not None:
            return found
        state = TableState(self._context, "result")
        for pipeline in self._pipelines:
            pipeline.stages.append(state)
        return Materialized(state, ())


def _joined(flows: list[Flow]) -> Flow:
    """Return several flows as one; batches stay one unless there are rows among them."""
    if len(flows) == 1:
        return flows[0]
    batches = [flow for flow in flows if isinstance(flow, Batch)]
    if batches and len(batches) == len(flows):
        return Batch.joined(batches)
    return [row for flow in flows for row in (flow.rows() if isinstance(flow, Batch) else flow)]


def _one_by_one(chunk: Chunk) -> list[Chunk]:
    """Return a chunk a record: where several sources read one topic each record meets all of them in turn."""
    return [
        Chunk(chunk.topic, chunk.first_offset + i, chunk.sequence, [record])
        for i, record in enumerate(chunk.records)
    ]


def _attachable(sink: Sink) -> tuple[Place, Place] | None:
    """Return the places of the sink's rows and columns in a chunk; None where reading back may differ."""
    formats = sink.formats
    if formats.value != "JSON" or formats.key == "DELIMITED":
        return None
    if len(sink.schema.value) == 1 and not formats.wrap_value:
        return None
    return (
        place("rows", sink.schema, formats, sink.window),
        place("columns", sink.schema, formats, sink.window),
    )


def _column_getter(plan: TransientPlan, scope: Any) -> Any:
    """Return the function from a row to the columns of a push query."""
    places = [scope.slots[name].place for name in plan.columns]
    source = "".join(f"{place}, " for place in places)
    keys = "".join(f"{_place_in_key(name, scope)}, " for name in plan.columns)
    value: Any = eval(compile(f"lambda k, v, t: ({source})", "<columns>", "eval"))
    deleted: Any = eval(compile(f"lambda k: ({keys})", "<deleted columns>", "eval"))

    def columns(row: Row) -> tuple[Any, ...]:
        if row[1] is None:
            return Tombstone(deleted(row[0]))
        shown: tuple[Any, ...] = value(row[0], row[1], row[2])
        return shown

    return columns


def _place_in_key(name: str, scope: Any) -> str | None:
    """Return where a deleted row still has column `name`: in its key, or as one of its window's bounds."""
    place: str = scope.slots[name].place
    if place.startswith("k"):
        return place
    bound = {WINDOWSTART: "k[-2]", WINDOWEND: "k[-1]"}.get(name)
    return bound if scope.windowed else None
