"""Plans to pipelines: each source's stages, from its topic to the plan's root.

Building goes from the root down, telling each step which columns are used above it and whether changes
need their old value; and comes back up with the scope of the rows each step hands on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import singledispatchmethod

from clickstream.core.errors import Unsupported
from clickstream.engine.aggregates import compile_accumulator
from clickstream.engine.context import QueryContext
from clickstream.engine.evaluate import compile_predicate, compile_tuple
from clickstream.engine.expressions.compiler import columns_of
from clickstream.engine.operators.aggregate import Aggregate
from clickstream.engine.operators.filter import StreamFilter, TableFilter
from clickstream.engine.operators.flat_map import FlatMap
from clickstream.engine.operators.foreign_key_join import ForeignKeyJoin
from clickstream.engine.operators.group_by import StreamGroupBy, TableGroupBy
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
from clickstream.engine.windows import final_window
from clickstream.sql import plan
from clickstream.sql.expression_types import ExpressionTyper
from clickstream.sql.nodes import Expression
from clickstream.sql.schema import PSEUDO_COLUMNS, ROWTIME, Column, LogicalSchema
from clickstream.sql.types import BIGINT, ArrayType, MapType, StructType

__all__ = ["Built", "Pipeline", "build"]


@dataclass(slots=True)
class Pipeline:
    """One source and the stages its rows go through."""

    topic: str
    reader: SourceReader
    stages: list[Stage] = field(default_factory=list)


@dataclass(slots=True)
class Built:
    """A step's pipelines (one a source below it) and what their rows look like."""

    pipelines: list[Pipeline]
    scope: Scope
    value: tuple[str, ...]
    """Names of the value tuple's places."""

    def then(self, stage: Stage, scope: Scope, value: Sequence[str]) -> "Built":
        """Return these pipelines with `stage` at their end."""
        for pipeline in self.pipelines:
            pipeline.stages.append(stage)
        return Built(self.pipelines, scope, tuple(value))


def build(step: plan.Step, context: QueryContext, needed: frozenset[str]) -> Built:
    """Return the pipelines of `step`, whose consumer uses the columns `needed`."""
    return _Builder(context).build(step, needed, old=False)


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
        names = (*(c.name for c in step.schema.value), *pseudo)
        built = Built([Pipeline(step.topic, reader)], scope, names)
        if step.kind == "TABLE" and old:
            built.then(TableState(self._context, "source"), scope, names)
        return built

    @build.register
    def _filter(self, step: plan.Filter, needed: frozenset[str], *, old: bool) -> Built:
        table = step.kind == "TABLE"
        below = self.build(step.input, needed | _columns([step.predicate]), old=table)
        report = self._context.report(step.context)
        predicate = compile_predicate(below.scope, self._functions, step.predicate, report)
        stage = TableFilter(predicate) if table else StreamFilter(predicate)
        return below.then(stage, below.scope, below.value)

    @build.register
    def _project(self, step: plan.Project, needed: frozenset[str], *, old: bool) -> Built:
        kept = [(name, e) for name, e in step.columns if name in needed]
        below = self.build(step.input, _columns([e for _, e in kept]), old=old)
        columns = compile_tuple(below.scope, self._functions, kept, self._context.report(step.context))
        stage = TableProject(columns) if step.kind == "TABLE" else StreamProject(columns)
        typer = ExpressionTyper(below.scope.types, self._functions)
        declared = {c.name: c.type for c in step.schema.value}
        made = [Column(n, declared.get(n) or typer.type_of(e)) for n, e in kept]  # type: ignore[arg-type]
        schema = LogicalSchema(step.schema.key, tuple(made))
        scope = Scope.of(schema, windowed=below.scope.windowed)
        return below.then(stage, scope, [c.name for c in made])

    @build.register
    def _select_key(self, step: plan.SelectKey, needed: frozenset[str], *, old: bool) -> Built:
        old_keys = [c.name for c in step.input.schema.key]
        below = self.build(step.input, needed | _columns([e for _, e in step.keys]), old=old)
        report = self._context.report(step.context)
        keys = compile_tuple(below.scope, self._functions, step.keys, report)
        stage = SelectKey(keys, len(step.schema.key), len(below.value), freeze=_freeze(step.schema.key))
        names = [*below.value, *old_keys]
        return below.then(stage, _rekeyed(below, names, step.schema.key), names)

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
        stage = FlatMap(values, [(function.call, count) for function, count in calls])
        slots = dict(below.scope.slots)
        for place, ((name, _), (function, _)) in enumerate(zip(step.functions, calls, strict=True)):
            slots[name] = Slot(f"v[{len(below.value) + place}]", function.returns)
        scope = Scope(slots, below.scope.key_columns, below.scope.windowed)
        return below.then(stage, scope, [*below.value, *(name for name, _ in step.functions)])

    @build.register
    def _group_by(self, step: plan.GroupBy, needed: frozenset[str], *, old: bool) -> Built:
        table = step.kind == "TABLE"
        below = self.build(step.input, needed | _columns([e for _, e in step.keys]), old=table)
        report = self._context.report(step.context)
        keys = compile_tuple(below.scope, self._functions, step.keys, report)
        freeze = _freeze(step.schema.key)
        stage = TableGroupBy(keys, freeze=freeze) if table else StreamGroupBy(keys, freeze=freeze)
        return below.then(stage, _rekeyed(below, below.value, step.schema.key), below.value)

    @build.register
    def _aggregate(self, step: plan.Aggregate, needed: frozenset[str], *, old: bool) -> Built:
        columns = [(name, e) for name, e in step.columns if name in needed]
        arguments = [a for _, call in step.aggregates for a in call.args]
        below = self.build(step.input, _columns([e for _, e in columns] + arguments), old=False)
        accumulator = compile_accumulator(
            below.scope, self._functions, columns, step.aggregates, self._context.report(step.context)
        )
        stage: Stage
        window = self._final_windows.get(id(step), step.window)
        if window is None:
            stage = Aggregate(self._context, accumulator, with_old=old)
        elif window.kind == "SESSION":
            stage = SessionAggregate(self._context, accumulator, window)
        else:
            stage = WindowAggregate(self._context, accumulator, window, with_old=old)
        types = {c.name: c.type for c in step.schema.value}
        names = [name for name, _ in (*columns, *step.aggregates)]
        schema = LogicalSchema(step.schema.key, tuple(Column(n, types[n]) for n in names))
        scope = Scope.of(schema, windowed=step.window is not None)
        return below.then(stage, scope, names)

    @build.register
    def _stream_table_join(self, step: plan.StreamTableJoin, needed: frozenset[str], *, old: bool) -> Built:
        left = self.build(step.left, needed, old=False)
        right = self.build(step.right, needed, old=False)
        join = StreamTableJoin(self._context, len(right.value), left=step.join == "LEFT")
        right.then(join.table, right.scope, right.value)
        left.then(join, left.scope, left.value)
        return self._joined(step, left, right)

    @build.register
    def _stream_stream_join(self, step: plan.StreamStreamJoin, needed: frozenset[str], *, old: bool) -> Built:
        left = self.build(step.left, needed, old=False)
        right = self.build(step.right, needed, old=False)
        join = StreamStreamJoin(self._context, step, len(left.value), len(right.value))
        left.then(join.left, left.scope, left.value)
        right.then(join.right, right.scope, right.value)
        return self._joined(step, left, right)

    @build.register
    def _table_table_join(self, step: plan.TableTableJoin, needed: frozenset[str], *, old: bool) -> Built:
        left, left_store = self._kept(step.left, needed)
        right, right_store = self._kept(step.right, needed)
        join = TableTableJoin(left_store, right_store, step.join, len(left.value), len(right.value))
        left.then(join.left, left.scope, left.value)
        right.then(join.right, right.scope, right.value)
        return self._joined(step, left, right)

    @build.register
    def _foreign_key_join(self, step: plan.ForeignKeyJoin, needed: frozenset[str], *, old: bool) -> Built:
        left, left_store = self._kept(step.left, needed | _columns([step.foreign_key]))
        right, right_store = self._kept(step.right, needed)
        reference = [("foreign key", step.foreign_key)]
        report = self._context.report(step.context)
        foreign_key = compile_tuple(left.scope, self._functions, reference, report)
        join = ForeignKeyJoin(
            left_store, right_store, foreign_key, len(right.value), keep_left=step.join == "LEFT"
        )
        left.then(join.left, left.scope, left.value)
        right.then(join.right, right.scope, right.value)
        return self._joined(step, left, right)

    def _kept(self, step: plan.Step, needed: frozenset[str]) -> tuple[Built, KeyedStore]:
        """Return the pipelines of a table with its rows kept at their end, and where."""
        below = self.build(step, needed, old=False)
        state = TableState(self._context, "join-side")
        return below.then(state, below.scope, below.value), state.store

    @build.register
    def _suppress(self, step: plan.Suppress, needed: frozenset[str], *, old: bool) -> Built:
        window = final_window(step.window)
        self._final_windows[id(step.input)] = window
        below = self.build(step.input, needed, old=False)
        aggregate = below.pipelines[0].stages[-1]
        if not isinstance(aggregate, WindowAggregate | SessionAggregate):
            raise Unsupported("EMIT FINAL", reason="only windowed aggregates have a final result")
        stage = Suppress(self._context, aggregate.clock, window)
        return below.then(stage, below.scope, below.value)

    def _joined(self, step: plan.Step, left: Built, right: Built) -> Built:
        """Return both sides' pipelines; values stand side by side under the join's key."""
        names = (*left.value, *right.value)
        types = {**left.scope.types, **right.scope.types}
        slots = {name: Slot(f"v[{place}]", types[name]) for place, name in enumerate(names)}
        slots |= {c.name: Slot(f"k[{i}]", c.type) for i, c in enumerate(step.schema.key)}
        scope = Scope(slots, len(step.schema.key), left.scope.windowed)
        return Built([*left.pipelines, *right.pipelines], scope, names)


def _columns(expressions: Sequence[Expression]) -> frozenset[str]:
    return frozenset(name for e in expressions for name in columns_of(e))


def _rekeyed(below: Built, value: Sequence[str], key: Sequence[Column]) -> Scope:
    """Return the scope of rows whose value's places are `value`, under a new key."""
    types = below.scope.types
    slots = {ROWTIME: Slot("t", BIGINT)}
    slots |= {name: Slot(f"v[{i}]", types[name]) for i, name in enumerate(value)}
    slots |= {c.name: Slot(f"k[{i}]", c.type) for i, c in enumerate(key)}
    return Scope(slots, len(key))


def _freeze(key: Sequence[Column]) -> bool:
    """Return whether key columns hold values that need a hash."""
    return any(isinstance(c.type, ArrayType | MapType | StructType) for c in key)
