"""Plans to pipelines: each source's stages, from its topic to the plan's root.

Building goes from the root down, telling each step which columns are used above it and whether changes
need their old value; and comes back up with the scope of the rows each step hands on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatchmethod

from clickstream.core.errors import Unsupported
from clickstream.engine.aggregates import Aggregates
from clickstream.engine.columns.functions import column_functions, compile_column_predicate
from clickstream.engine.columns.group_fold import GroupReducer
from clickstream.engine.columns.groups import ColumnGrouping
from clickstream.engine.columns.islands import IslandFinder
from clickstream.engine.columns.reductions import Reduction
from clickstream.engine.columns.window_fold import WindowFold
from clickstream.engine.context import QueryContext
from clickstream.engine.evaluate import compile_predicate, compile_tuple
from clickstream.engine.expressions.compiler import columns_of
from clickstream.engine.operators.aggregate import Aggregate
from clickstream.engine.operators.filter import StreamFilter, TableFilter
from clickstream.engine.operators.flat_map import FlatMap
from clickstream.engine.operators.foreign_key_join import ForeignKeyJoin
from clickstream.engine.operators.group_by import Grouping, TableGroupBy
from clickstream.engine.operators.project import StreamProject, TableProject
from clickstream.engine.operators.select_key import SelectKey
from clickstream.engine.operators.session_aggregate import SessionAggregate
from clickstream.engine.operators.source import SourceReader
from clickstream.engine.operators.stage import Stage
from clickstream.engine.operators.stream_stream_join import StreamStreamJoin
from clickstream.engine.operators.stream_table_join import StreamTableJoin
from clickstream.engine.operators.suppress import Suppress
from clickstream.engine.operators.table_state import TableState
from clickstream.engine.operators.table_table_join import TableTableJoin
from clickstream.engine.operators.window_aggregate import WindowAggregate
from clickstream.engine.scope import Scope, Slot
from clickstream.engine.state import KeyedStore
from clickstream.engine.window_loop import compile_window_loop
from clickstream.engine.windows import final_window, grace_ms
from clickstream.sql import plan
from clickstream.sql.expression_types import ExpressionTyper
from clickstream.sql.nodes import ColumnRef, Expression
from clickstream.sql.schema import PSEUDO_COLUMNS, ROWTIME, Column, LogicalSchema
from clickstream.sql.types import STRING, ArrayType, MapType, SqlType, StructType

__all__ = ["Built", "Pipeline", "build"]


@dataclass(slots=True)
class Pipeline:
    """One source and the stages its rows go through."""

    topic: str
    reader: SourceReader
    stages: list[Stage] = field(default_factory=list)


@dataclass(slots=True)
class Built:
    """A step's pipelines (one a source below it), what their rows look like, the value tuple's width."""

    pipelines: list[Pipeline]
    scope: Scope
    width: int

    def then(self, stage: Stage, scope: Scope | None = None, width: int | None = None) -> "Built":
        """Return these pipelines with `stage` at their end."""
        for pipeline in self.pipelines:
            pipeline.stages.append(stage)
        return Built(self.pipelines, scope or self.scope, self.width if width is None else width)


def build(
    step: plan.Step, context: QueryContext, needed: frozenset[str], value: Sequence[str] | None = None
) -> Built:
    """Return the pipelines of `step`, whose consumer uses the columns `needed`.

    With `value` the rows' value tuples are exactly these columns.
    """
    builder = _Builder(context)
    built = builder.build(step, needed, old=False)
    return built if value is None else builder.solid(built, step.kind, value)


class _Builder:
    def __init__(self, context: QueryContext) -> None:
        self._context = context
        self._functions = context.functions
        self._final_windows: dict[int, plan.WindowSpec] = {}

    @singledispatchmethod
    def build(self, step: plan.Step, needed: frozenset[str], *, old: bool) -> Built:
        """Return the pipelines of `step`; with `old` changes carry the value before."""
        raise Unsupported(type(step).__name__)

    @build.register
    def _source(self, step: plan.Source, needed: frozenset[str], *, old: bool) -> Built:
        pseudo = [p for p in PSEUDO_COLUMNS if p in needed and (p != ROWTIME or step.kind == "TABLE")]
        reader = SourceReader(self._context, step, pseudo)
        scope = Scope.of(step.schema, windowed=step.window is not None, hidden=reader.hidden)
        built = Built([Pipeline(step.topic, reader)], scope, len(step.schema.value) + len(pseudo))
        if step.kind == "TABLE" and old:
            built.then(TableState(self._context, "source"))
        return built

    @build.register
    def _filter(self, step: plan.Filter, needed: frozenset[str], *, old: bool) -> Built:
        table = step.kind == "TABLE"
        below = self.build(step.input, needed | _columns([step.predicate]), old=table)
        report = self._context.report(step.context)
        predicate = compile_predicate(below.scope, self._functions, step.predicate, report)
        if table:
            return below.then(TableFilter(predicate))
        by_column = compile_column_predicate(below.scope, self._functions, step.predicate)
        return below.then(StreamFilter(predicate, by_column))

    @build.register
    def _project(self, step: plan.Project, needed: frozenset[str], *, old: bool) -> Built:
        kept = [(name, e) for name, e in step.columns if name in needed]
        below = self.build(step.input, _columns([e for _, e in kept]), old=old)
        names = step.schema.key
        if step.kind == "STREAM" and all(isinstance(e, ColumnRef) for _, e in kept):
            places = {name: below.scope.slots[e.name] for name, e in kept if isinstance(e, ColumnRef)}
            return Built(below.pipelines, below.scope.renamed(places, names), below.width)
        return self._projected(below, step.kind, kept, names, step.context)

    def _projected(
        self,
        below: Built,
        kind: plan.SourceKind,
        columns: Sequence[tuple[str, Expression]],
        key: Sequence[Column],
        context: str = "",
    ) -> Built:
        """Return `below` with a stage that computes `columns` as its value tuple."""
        values = compile_tuple(below.scope, self._functions, columns, self._context.report(context))
        typer = ExpressionTyper(below.scope.types, self._functions)
        places = {
            name: Slot(f"v[{place}]", typer.type_of(e) or STRING) for place, (name, e) in enumerate(columns)
        }
        scope = below.scope.renamed(places, key)
        if kind == "TABLE":
            return below.then(TableProject(values), scope, len(places))
        by_column = column_functions(below.scope, self._functions, columns)
        return below.then(StreamProject(values, by_column), scope, len(places))

    def solid(self, below: Built, kind: plan.SourceKind, names: Sequence[str]) -> Built:
        """Return `below` with exactly the columns `names` as its value tuple."""
        slots = [below.scope.slots[name] for name in names]
        scope = below.scope.with_value({name: slot.type for name, slot in zip(names, slots, strict=True)})
        if [slot.place for slot in slots] == [f"v[{i}]" for i in range(below.width)]:
            return Built(below.pipelines, scope, below.width)
        columns = [(name, ColumnRef(name)) for name in names]
        return replace(self._projected(below, kind, columns, ()), scope=scope)

    @build.register
    def _select_key(self, step: plan.SelectKey, needed: frozenset[str], *, old: bool) -> Built:
        below = self.build(step.input, needed | _columns([e for _, e in step.keys]), old=old)
        report = self._context.report(step.context)
        keys = compile_tuple(below.scope, self._functions, step.keys, report)
        by_column = column_functions(below.scope, self._functions, step.keys)
        stage = SelectKey(
            keys, len(step.keys), below.width, freeze=_freeze(step.schema.key), by_column=by_column
        )
        moved = below.scope.with_key_as_value(below.width)
        return below.then(stage, moved.rekeyed(step.schema.key), below.width + below.scope.key_width)

    @build.register
    def _flat_map(self, step: plan.FlatMap, needed: frozenset[str], *, old: bool) -> Built:
        arguments = [(f"{name} {i}", a) for name, call in step.functions for i, a in enumerate(call.args)]
        below = self.build(step.input, needed | _columns([a for _, a in arguments]), old=old)
        typer = ExpressionTyper(below.scope.types, self._functions)
        calls = [
            (self._functions.table(call.name, typer.argument_types(call)), len(call.args))
            for _, call in step.functions
        ]
        report = self._context.report(step.context)
        values = compile_tuple(below.scope, self._functions, arguments, report)
        stage = FlatMap(values, [(function.call, count) for function, count in calls], report)
        made = {
            name: Slot(f"v[{below.width + place}]", function.returns)
            for place, ((name, _), (function, _)) in enumerate(zip(step.functions, calls, strict=True))
        }
        return below.then(stage, below.scope.adding(made), below.width + len(made))

    @build.register
    def _aggregate(self, step: plan.Aggregate, needed: frozenset[str], *, old: bool) -> Built:
        columns = [(name, e) for name, e in step.columns if name in needed]
        arguments = [a for _, call in step.aggregates for a in call.args]
        used = _columns([e for _, e in columns] + arguments)
        below = self._group_input(step.input, used)
        report = self._context.report(step.context)
        grouped = below.scope.rekeyed(step.input.schema.key)
        aggregates = Aggregates(grouped, self._functions, columns, step.aggregates, report)
        stage = self._aggregate_stage(step, below, aggregates, old=old)
        if step.input.kind == "TABLE":
            below.then(TableGroupBy(self._grouping(step.input, below.scope)))
        types = {c.name: c.type for c in step.schema.value}
        names = [name for name, _ in (*columns, *step.aggregates)]
        schema = LogicalSchema(step.schema.key, tuple(Column(n, types[n]) for n in names))
        return below.then(stage, Scope.of(schema, windowed=step.window is not None), len(names))

    def _aggregate_stage(
        self, step: plan.Aggregate, below: Built, aggregates: Aggregates, *, old: bool
    ) -> Aggregate | SessionAggregate | WindowAggregate:
        accumulator = aggregates.accumulator()
        window = self._final_windows.get(id(step), step.window)
        found = self._on_columns(step.input, below.scope, aggregates)
        if window is None:
            grouping = self._grouping(step.input, below.scope)
            plain = Aggregate(self._context, accumulator, grouping, with_old=old)
            if found is not None and step.input.kind == "STREAM":
                plain.use_columns(GroupReducer(*found), aggregates.fold())
            return plain
        if window.kind == "SESSION":
            grouping = self._grouping(step.input, below.scope)
            sessions = SessionAggregate(self._context, accumulator, grouping, window, with_old=old)
            if found is not None:
                open_ms = window.size_ms + grace_ms(window)
                sessions.use_columns(
                    IslandFinder(*found, gap_ms=window.size_ms, open_ms=open_ms), aggregates.fold()
                )
            return sessions
        loop = compile_window_loop(
            below.scope,
            self._functions,
            step.input.keys,
            aggregates,
            self._context.report(step.input.context),
            size_ms=window.size_ms,
            advance_ms=window.advance_ms or window.size_ms,
            grace_ms=grace_ms(window),
            freeze=_freeze(step.input.schema.key),
        )
        fold = None
        advance_ms = window.advance_ms or window.size_ms
        if found is not None and window.size_ms % advance_ms == 0:
            fold = WindowFold(
                *found, aggregates, size_ms=window.size_ms, advance_ms=advance_ms, grace_ms=grace_ms(window)
            )
        return WindowAggregate(self._context, accumulator, loop, window, with_old=old, by_column=fold)

    def _on_columns(
        self, step: plan.GroupBy, scope: Scope, aggregates: Aggregates
    ) -> tuple[ColumnGrouping, list[Reduction]] | None:
        """Return how groups and aggregates are worked out on columns, None if they are not."""
        keys = column_functions(scope, self._functions, step.keys)
        reductions = aggregates.reductions()
        if keys is None or reductions is None or _freeze(step.schema.key):
            return None
        return ColumnGrouping(keys), reductions

    def _group_input(self, step: plan.GroupBy, needed: frozenset[str]) -> Built:
        """Return what a GROUP BY reads, with everything `needed` where a new key leaves it."""
        used = needed | _columns([e for _, e in step.keys])
        below = self.build(step.input, used, old=step.kind == "TABLE")
        slots = below.scope.slots
        lost = [n for n in needed if slots[n].is_key and n not in _names(step.schema.key)]
        # The time stays without being a value, unless a projection has made it one.
        kept = used if slots[ROWTIME].is_value else used - {ROWTIME}
        return self.solid(below, step.kind, sorted(kept)) if lost else below

    def _grouping(self, step: plan.GroupBy, scope: Scope) -> Grouping:
        report = self._context.report(step.context)
        keys = compile_tuple(scope, self._functions, step.keys, report)
        return Grouping(keys, freeze=_freeze(step.schema.key))

    @build.register
    def _suppress(self, step: plan.Suppress, needed: frozenset[str], *, old: bool) -> Built:
        window = final_window(step.window)
        self._final_windows[id(step.input)] = window
        below = self.build(step.input, needed, old=False)
        aggregate = below.pipelines[0].stages[-1]
        if not isinstance(aggregate, WindowAggregate | SessionAggregate):
            raise Unsupported("EMIT FINAL", reason="only windowed aggregates have a final result")
        return below.then(Suppress(self._context, aggregate.clock, window))

    # ----------------------------------------------------------------------- joins

    @build.register
    def _stream_table_join(self, step: plan.StreamTableJoin, needed: frozenset[str], *, old: bool) -> Built:
        left = self.build(step.left, needed, old=False)
        right = self._side(step.right, needed)
        join = StreamTableJoin(self._context, _value_types(right), left=step.join == "LEFT")
        right.then(join.table)
        left.then(join)
        return self._joined(step, left, right)

    @build.register
    def _stream_stream_join(self, step: plan.StreamStreamJoin, needed: frozenset[str], *, old: bool) -> Built:
        left, right = self._side(step.left, needed), self._side(step.right, needed)
        join = StreamStreamJoin(self._context, step, left.width, right.width)
        left.then(join.left)
        right.then(join.right)
        return self._joined(step, left, right)

    @build.register
    def _table_table_join(self, step: plan.TableTableJoin, needed: frozenset[str], *, old: bool) -> Built:
        left, left_store = self._kept(step.left, needed)
        right, right_store = self._kept(step.right, needed)
        join = TableTableJoin(left_store, right_store, step.join, left.width, right.width)
        left.then(join.left)
        right.then(join.right)
        return self._joined(step, left, right)

    @build.register
    def _foreign_key_join(self, step: plan.ForeignKeyJoin, needed: frozenset[str], *, old: bool) -> Built:
        left, left_store = self._kept(step.left, needed | _columns([step.foreign_key]))
        right, right_store = self._kept(step.right, needed)
        reference = [("foreign key", step.foreign_key)]
        report = self._context.report(step.context)
        foreign_key = compile_tuple(left.scope, self._functions, reference, report)
        join = ForeignKeyJoin(
            left_store, right_store, foreign_key, right.width, keep_left=step.join == "LEFT"
        )
        left.then(join.left)
        right.then(join.right)
        return self._joined(step, left, right)

    def _side(self, step: plan.Step, needed: frozenset[str]) -> Built:
        """Return one side of a join with only its needed columns in the value, keys and times too.

        They have to be there: a row of one side may be kept, or stand without the other side's.
        """
        below = self.build(step, needed, old=False)
        return self.solid(below, step.kind, [name for name in below.scope.slots if name in needed])

    def _kept(self, step: plan.Step, needed: frozenset[str]) -> tuple[Built, KeyedStore]:
        """Return one side of a join of tables with its rows kept at their end, and where."""
        state = TableState(self._context, "join-side")
        return self._side(step, needed).then(state), state.store

    def _joined(self, step: plan.Step, left: Built, right: Built) -> Built:
        """Return both sides' pipelines; values stand side by side under the join's key."""
        beside = {name: slot.moved(left.width) for name, slot in right.scope.slots.items() if slot.is_value}
        scope = left.scope.adding(beside).renamed_key(step.schema.key)
        return Built([*left.pipelines, *right.pipelines], scope, left.width + right.width)


def _value_types(built: Built) -> list[SqlType]:
    """Return the types of the value tuple's places."""
    types = {slot.place: slot.type for slot in built.scope.slots.values()}
    return [types[f"v[{place}]"] for place in range(built.width)]


def _columns(expressions: Sequence[Expression]) -> frozenset[str]:
    return frozenset(name for e in expressions for name in columns_of(e))


def _names(columns: Sequence[Column]) -> frozenset[str]:
    return frozenset(c.name for c in columns)


def _freeze(key: Sequence[Column]) -> bool:
    """Return whether key columns hold values that need a hash."""
    return any(isinstance(c.type, ArrayType | MapType | StructType) for c in key)
