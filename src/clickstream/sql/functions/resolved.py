"""What a function is to its callers: the analyser asks for its result type, the engine calls it.

The registry (`registry.py`) resolves a name and the arguments' types to one of these. A None among
argument types is an untyped NULL literal.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.sql.types import SqlType

__all__ = ["ResolvedAggregate", "ResolvedScalar", "ResolvedTable"]


@dataclass(frozen=True, slots=True)
class ResolvedScalar:
    """A scalar function for given argument types.

    `call(*values)` takes and returns values as `sql/types.py` says; arguments are already cast to
    `parameters`. A lambda argument is a Python callable of its parameters. `deterministic` is false
    for the likes of UUID and UNIX_TIMESTAMP.
    """

    name: str
    parameters: tuple[SqlType, ...]
    returns: SqlType
    call: Callable[..., Any]
    deterministic: bool = True


@dataclass(frozen=True, slots=True)
class ResolvedAggregate:
    """An aggregate function for given argument types.

    `state` values are plain data (None, bool, int, float, str, bytes, Decimal, list, dict of these):
    they are stored. `initial()` makes an empty state; `add(state, *values)` returns the state with one
    row more and may change a list or dict in place; `merge(a, b)` joins two session states, `a` the
    earlier one; `undo(state, *values)` takes a row back (None where the function cannot, which makes it
    unusable on tables); `result(state)` is the value shown. `constants` are the literal arguments after
    the aggregated ones (the `n` of TOPK), already bound into the callables. `shows_state`: the state is
    the result as it stands. `inline` is `add` as a Python expression over `{state}` and `{0}`, `{1}` …,
    for aggregates so small that the call would cost more.
    """

    name: str
    parameters: tuple[SqlType, ...]
    returns: SqlType
    initial: Callable[[], Any]
    add: Callable[..., Any]
    merge: Callable[[Any, Any], Any]
    result: Callable[[Any], Any]
    undo: Callable[..., Any] | None = None
    constants: Sequence[object] = ()
    shows_state: bool = False
    inline: str | None = None


@dataclass(frozen=True, slots=True)
class ResolvedTable:
    """A table function (EXPLODE, CUBE_EXPLODE): `call(*values)` gives the column's value of each row."""

    name: str
    parameters: tuple[SqlType, ...]
    returns: SqlType
    call: Callable[..., Iterable[Any]]
