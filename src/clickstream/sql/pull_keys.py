"""What a pull query's WHERE says of the key and of the window, so that not every row is looked at.

Source: ksqldb-engine …/planner/plan/QueryFilterNode.java — with table scans off, a WHERE that does not
give every key column is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.core.errors import SqlError, TypeMismatch
from clickstream.sql import nodes as n
from clickstream.sql.catalog import DataSource
from clickstream.sql.constants import constant, is_constant
from clickstream.sql.expressions import column_refs
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.schema import WINDOWEND, WINDOWSTART, Column
from clickstream.sql.value_coercion import coerce_value

__all__ = ["Bounds", "Narrowing", "narrow"]

Bounds = tuple[int | None, int | None]
"""Lowest and highest epoch milliseconds, both inclusive, None if open."""

_SCAN_HELP = (
    " See https://cnfl.io/queries for more info.\n"
    "Add EMIT CHANGES if you intended to issue a push query.\n"
    "Pull queries require a WHERE clause that gives every key column, unless table scans are enabled by "
    "setting ksql.query.pull.table.scan.enabled=true."
)
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Keys to look up (None: all rows) and bounds of the window (None: any)."""

    keys: tuple[tuple[Any, ...], ...] | None = None
    window_start: Bounds | None = None
    window_end: Bounds | None = None


def narrow(
    predicate: n.Expression | None,
    source: DataSource,
    functions: FunctionLookup,
    *,
    scan_allowed: bool,
) -> Narrowing:
    """Return what `predicate` narrows the rows to.

    Raises: SqlError for a key of the wrong type; where scans are off, for anything but keys.
    """
    if predicate is None:
        if not scan_allowed:
            raise _scan_refused("Missing WHERE clause")
        return Narrowing()
    reader = _Reader(source, functions, scan_allowed=scan_allowed)
    disjuncts = list(_disjuncts(predicate))
    keys = reader.keys(disjuncts)
    if len(disjuncts) > 1:
        return Narrowing(keys)
    return Narrowing(keys, reader.bounds(disjuncts[0], WINDOWSTART), reader.bounds(disjuncts[0], WINDOWEND))


Disjunct = tuple[n.Expression, ...]


def _disjuncts(node: n.Expression) -> Iterator[Disjunct]:
    """Yield the alternatives of a condition, each as the conditions it joins by AND."""
    match node:
        case n.Logical(op="OR", left=left, right=right):
            yield from _disjuncts(left)
            yield from _disjuncts(right)
        case n.Logical(op="AND", left=left, right=right):
            rights = list(_disjuncts(right))
            for a in _disjuncts(left):
                for b in rights:
                    yield (*a, *b)
        case n.InList(value=value, items=items):
            for item in reversed(items):  # As ksqlDB takes an IN apart: the last comes first.
                yield (n.Comparison("=", value, item),)
        case n.Between(value=value, low=low, high=high):
            yield (n.Comparison(">=", value, low), n.Comparison("<=", value, high))
        case _:
            yield (node,)


class _Reader:
    def __init__(self, source: DataSource, functions: FunctionLookup, *, scan_allowed: bool) -> None:
        self._columns = source.schema.key
        self._functions = functions
        self._scan_allowed = scan_allowed
        self._windowed = source.window is not None

    # ------------------------------------------------------------------------------- keys

    def keys(self, disjuncts: Sequence[Disjunct]) -> tuple[tuple[Any, ...], ...] | None:
        """Return the keys that all alternatives name, None if one does not name any."""
        found: list[tuple[Any, ...]] = []
        scan = False
        for disjunct in disjuncts:
            keys = self._keys_of(disjunct)
            if keys is None:
                scan = True
            elif keys:
                found += [keys[0]] if keys[0] not in found else []
        return None if scan else tuple(found)

    def _keys_of(self, disjunct: Disjunct) -> list[tuple[Any, ...]] | None:
        """Return the key of one alternative, none if it contradicts itself, None if it needs a scan."""
        values: dict[str, Any] = {}
        contradiction = False
        seen: set[str] = set()
        for condition in disjunct:
            pair = self._comparison(condition)
            if pair is None:
                continue
            column, op, value = pair
            if column.name in seen and not self._scan_allowed:
                raise _scan_refused(
                    "A comparison condition on the key column cannot be combined with other "
                    "comparisons such as an IN predicate"
                )
            seen.add(column.name)
            if op == "=":
                contradiction |= column.name in values and values[column.name] != value
                values[column.name] = value
        self._check_covered(disjunct, seen)
        if len(values) < len(self._columns):
            return None
        return [] if contradiction else [tuple(values[c.name] for c in self._columns)]

    def _check_covered(self, disjunct: Disjunct, seen: set[str]) -> None:
        if self._scan_allowed:
            return
        if not seen:
            shown = " AND ".join(format_expression(c) for c in disjunct)
            raise _scan_refused(f"WHERE clause missing key column for disjunct: {shown}")
        if len(seen) < len(self._columns):
            raise _scan_refused(
                f"Multi-column sources must specify every key in the WHERE clause. Specified: "
                f"[{', '.join(f'`{name}`' for name in sorted(seen))}]"
            )

    def _comparison(self, condition: n.Expression) -> tuple[Column, str, Any] | None:
        """Return a comparison of a key column with a constant, or None."""
        if not isinstance(condition, n.Comparison):
            self._need_scan(
                isinstance(condition, n.Like) and not isinstance(condition.value, n.ColumnRef),
                "Like condition must be between strings",
            )
            return None
        sides = self._column_and_other(condition)
        if sides is None:
            self._need_scan(True, "A comparison must directly reference a key column")
            return None
        ref, op, other = sides
        if column_refs(other):
            self._need_scan(True, "A comparison must be between a key column and a resolvable expression")
            return None
        column = next((c for c in self._columns if c.name == ref.name), None)
        if column is None or op not in _MIRRORED:
            return None
        if self._windowed and op != "=" and not self._scan_allowed:
            raise _scan_refused("Query requires table scan to be enabled")
        if not is_constant(other):
            return None
        return column, op, self._value(other, column)

    def _column_and_other(self, condition: n.Comparison) -> tuple[n.ColumnRef, str, n.Expression] | None:
        if isinstance(condition.right, n.ColumnRef):
            op = _MIRRORED.get(condition.op, condition.op)
            return condition.right, op, condition.left
        if isinstance(condition.left, n.ColumnRef):
            return condition.left, condition.op, condition.right
        return None

    def _value(self, expression: n.Expression, column: Column) -> Any:
        value, type_ = constant(expression, self._functions)
        if value is None:
            raise SqlError(f"Primary key columns can not be NULL: {format_expression(expression)}")
        try:
            return coerce_value(value, type_, column.type)
        except TypeMismatch:
            raise TypeMismatch(
                f"'{value}' can not be converted to the type of the key column: "
                f"{column.name} {column.type} KEY"
            ) from None

    def _need_scan(self, needed: bool, reason: str) -> None:
        if needed and not self._scan_allowed:
            raise _scan_refused(reason)

    # ------------------------------------------------------------------------------- windows

    def bounds(self, disjunct: Disjunct, column: str) -> Bounds | None:
        """Return the bounds that one alternative sets for WINDOWSTART or WINDOWEND."""
        low: int | None = None
        high: int | None = None
        for condition in disjunct:
            if not isinstance(condition, n.Comparison):
                continue
            sides = self._column_and_other(condition)
            if sides is None or sides[0].name != column or not is_constant(sides[2]):
                continue
            _, op, other = sides
            value, _ = constant(other, self._functions)
            if not isinstance(value, int):
                continue
            if op in ("=", ">=", ">"):
                low = max(value + (op == ">"), low if low is not None else value)
            if op in ("=", "<=", "<"):
                high = min(value - (op == "<"), high if high is not None else value)
        return None if low is None and high is None else (low, high)


def _scan_refused(reason: str) -> SqlError:
    return SqlError(f"{reason}.{_SCAN_HELP}")
