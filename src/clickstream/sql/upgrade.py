"""Whether CREATE OR REPLACE may put a new definition in a source's place, and its query on.

Source: ksqldb-engine …/metastore/model/StructuredDataSource.java (canUpgradeTo), ksqldb-execution
…/execution/plan/*.java (validateUpgrade); golden/rest/ksql/037, 061, 062 — the wording.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from clickstream.core.errors import SqlError
from clickstream.sql.catalog import DataSource
from clickstream.sql.format import format_expression
from clickstream.sql.nodes import Expression
from clickstream.sql.plan import (
    Aggregate,
    ForeignKeyJoin,
    GroupBy,
    PersistentPlan,
    SelectKey,
    Source,
    Step,
    StreamStreamJoin,
    StreamTableJoin,
    TableTableJoin,
)
from clickstream.sql.plan_text import inputs
from clickstream.sql.schema import Column
from clickstream.sql.settle import describe_schema

__all__ = ["check_plan_upgrade", "check_source_upgrade"]

_Facts = tuple[tuple[str, Callable[[Any], object]], ...]

_PROPERTIES: _Facts = (
    ("type", lambda source: f"K{source.kind}"),
    ("topic", lambda source: source.topic),
    ("key format", lambda source: source.formats.key),
    ("value format", lambda source: source.formats.value),
    ("window", lambda source: source.window),
    ("timestamp", lambda source: source.timestamp),
)


def check_source_upgrade(old: DataSource, new: DataSource) -> None:
    """Check that `new` may replace `old`.

    Raises: SqlError beginning `Cannot upgrade data source`.
    """
    for name, read in _PROPERTIES:
        if read(old) != read(new):
            raise _not_upgradeable(old, name, read(old), read(new), "")
    have, want = describe_schema(old.schema), describe_schema(new.schema)
    keys = _changed(old.schema.key, new.schema.key, exact=True)
    if keys:
        shown = ", ".join(f"`{c.name}` {c.type} KEY" for c in keys)
        reason = (
            " (Key columns must be identical. The following key columns are changed, missing or "
            f"reordered: [{shown}])"
        )
        raise _not_upgradeable(old, "schema", have, want, f".{reason}")
    values = _changed(old.schema.value, new.schema.value, exact=False)
    if values:
        shown = ", ".join(f"`{c.name}` {c.type}" for c in values)
        reason = f" (The following columns are changed, missing or reordered: [{shown}])"
        raise _not_upgradeable(old, "schema", have, want, f".{reason}")


def _changed(old: tuple[Column, ...], new: tuple[Column, ...], *, exact: bool) -> list[Column]:
    changed = [c for i, c in enumerate(old) if i >= len(new) or new[i] != c]
    return changed or (list(new[len(old) :]) if exact else [])


def _not_upgradeable(old: DataSource, name: str, have: object, want: object, reason: str) -> SqlError:
    return SqlError(
        f"Cannot upgrade data source: DataSource '`{old.name}`' has {name} = {have} which is not "
        f"upgradeable to {want}{reason}"
    )


def _shown(expressions: Iterable[Expression]) -> str:
    return f"[{', '.join(format_expression(e) for e in expressions)}]"


def _columns(step: Aggregate) -> list[str]:
    return [f"`{name}`" for name, _ in step.columns]


_STEPS: dict[type[Step], tuple[str, _Facts]] = {
    Source: ("StreamSource", (("topic", lambda s: s.topic), ("window", lambda s: s.window))),
    SelectKey: ("StreamSelectKey", (("key expressions", lambda s: _shown(e for _, e in s.keys)),)),
    GroupBy: ("StreamGroupBy", (("grouping expressions", lambda s: _shown(e for _, e in s.keys)),)),
    Aggregate: (
        "StreamAggregate",
        (
            ("columns not part of aggregate", lambda s: f"[{', '.join(_columns(s))}]"),
            ("aggregate functions", lambda s: _shown(call for _, call in s.aggregates)),
            ("window", lambda s: s.window),
        ),
    ),
    StreamTableJoin: ("StreamTableJoin", (("join type", lambda s: s.join),)),
    StreamStreamJoin: (
        "StreamStreamJoin",
        (("join type", lambda s: s.join), ("window", lambda s: (s.before_ms, s.after_ms, s.grace_ms))),
    ),
    TableTableJoin: ("TableTableJoin", (("join type", lambda s: s.join),)),
    ForeignKeyJoin: ("ForeignKeyTableTableJoin", (("join type", lambda s: s.join),)),
}
"""Steps with state or a repartition: they must stay as they are. Filters and projections may change."""


def check_plan_upgrade(old: PersistentPlan, new: PersistentPlan) -> None:
    """Check that a running query may go on as another, with its state.

    Raises: SqlError beginning `Query is not upgradeable`.
    """
    before, after = list(_stateful(old.root)), list(_stateful(new.root))
    for a, b in zip(before, after, strict=False):
        title, facts = _STEPS[type(a)]
        if type(a) is not type(b):
            raise SqlError(
                f"Query is not upgradeable. Plan step of type {title} must have matching step. "
                f"Values differ: {title} vs. {_STEPS[type(b)][0]}"
            )
        for name, read in facts:
            if read(a) != read(b):
                raise SqlError(
                    f"Query is not upgradeable. Plan step of type {title} must have matching {name}. "
                    f"Values differ: {read(a)} vs. {read(b)}"
                )
    if len(before) != len(after):
        longer = max(before, after, key=len)
        extra = _STEPS[type(longer[min(len(before), len(after))])][0]
        raise SqlError(f"Query is not upgradeable. Plan step of type {extra} was added or removed.")


def _stateful(step: Step) -> Iterator[Step]:
    if type(step) in _STEPS:
        yield step
    for below in inputs(step):
        yield from _stateful(below)
