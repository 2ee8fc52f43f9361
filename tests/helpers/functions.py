"""Functions called the way a query calls them: as text, with columns for what has no literal."""

from collections.abc import Sequence
from typing import Any

from clickstream.core.errors import SqlError
from clickstream.engine.evaluate import compile_tuple
from clickstream.engine.scope import Scope
from clickstream.sql.functions.registry import REGISTRY, FunctionRegistry
from clickstream.sql.functions.resolved import ResolvedAggregate
from clickstream.sql.parser import parse_expression, parse_type
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.types import SqlType

Columns = dict[str, tuple[str, Any]]
"""Name to type as text and value: `{"B": ("BYTES", b"a")}`."""


class Failed(Exception):
    """The expression failed on the row: NULL, and an entry in the processing log."""


def call(text: str, columns: Columns | None = None) -> Any:
    """Return the value of the expression `text`.

    Raises: Failed if it fails on the row; SqlError if it is refused.
    """
    columns = columns or {}
    errors: list[Exception] = []
    schema = LogicalSchema((), tuple(Column(n, type_named(t)) for n, (t, _) in columns.items()))
    row = compile_tuple(
        Scope.of(schema, windowed=False),
        REGISTRY,
        [("X", parse_expression(text))],
        lambda _what, error: errors.append(error),
    )
    (value,) = row((), tuple(value for _, value in columns.values()), 0)
    if errors:
        raise Failed(str(errors[0])) from errors[0]
    return value


def type_named(text: str) -> SqlType:
    """Return the type that `text` writes."""
    return parse_type(text)


def resolve(
    name: str, types: Sequence[str], *constants: object, registry: FunctionRegistry = REGISTRY
) -> ResolvedAggregate:
    """Return the aggregate `name` over columns of `types`."""
    return registry.aggregate(name, [type_named(t) for t in types], constants)


def aggregated(aggregate: ResolvedAggregate, rows: Sequence[Any], undone: Sequence[Any] = ()) -> Any:
    """Return what an aggregate shows after `rows` came and `undone` were taken back.

    A row is a tuple of values, or the only value itself.
    """
    return aggregate.result(state_of(aggregate, rows, undone))


def state_of(aggregate: ResolvedAggregate, rows: Sequence[Any], undone: Sequence[Any] = ()) -> Any:
    """Return the state after `rows`."""
    state = aggregate.initial()
    for row in rows:
        state = aggregate.add(state, *_values(row))
    for row in undone:
        assert aggregate.undo is not None
        state = aggregate.undo(state, *_values(row))
    return state


def _values(row: Any) -> tuple[Any, ...]:
    return row if isinstance(row, tuple) else (row,)


def refusal(text: str, columns: Columns | None = None) -> str:
    """Return the message with which `text` is refused."""
    try:
        call(text, columns)
    except SqlError as error:
        return error.message
    raise AssertionError(f"{text} was not refused")
