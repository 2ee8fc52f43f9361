"""Expressions of columns: the row function, called once for each distinct input.

Most columns repeat: a batch of ten thousand clicks has forty users and eight requests. So every
expression that depends on nothing but columns has a column function, and it cannot differ from the row
function, which it calls. Results for one column are kept as long as its dictionary.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import Codes, Column, Dictionary, Encoder, Mask
from clickstream.engine.evaluate import compile_tuple
from clickstream.engine.expressions.compiler import children, columns_of
from clickstream.engine.scope import Scope, Slot
from clickstream.sql import nodes as n
from clickstream.sql.expression_types import ExpressionTyper
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.types import STRING, SqlType

__all__ = [
    "Argument",
    "ColumnFunction",
    "ColumnPredicate",
    "column_functions",
    "columns_of_batch",
    "compile_column",
    "compile_column_predicate",
    "pack",
    "unpack",
]


class _Failed(Exception):
    """The row function reported a failure, which has to be counted row by row."""


def _fail(_what: str, error: Exception) -> None:
    raise _Failed from error


class _Distinct:
    """Results of a row function by distinct input."""

    def __init__(self, places: Sequence[str], call: Callable[[tuple[Any, ...]], Any]) -> None:
        self._places = places
        self._call = call
        self._dictionary: Dictionary | None = None
        self._results: list[Any] = []
        self._failed: set[int] = set()

    def results(self, batch: Batch) -> tuple[Codes, list[Any]] | None:
        """Return each row's code and the results by code; None if rows have to be looked at one by one."""
        columns = [batch.column(place) for place in self._places]
        if not all(c.is_coded for c in columns):
            return None
        if len(columns) == 1:
            return self._of_one(*columns[0].codes())
        return self._of_many([c.codes() for c in columns])

    def _of_one(self, codes: Codes, dictionary: Dictionary) -> tuple[Codes, list[Any]] | None:
        if dictionary is not self._dictionary:
            self._dictionary, self._results, self._failed = dictionary, [], set()
        results = self._results
        for entry in dictionary.entries[len(results) :]:
            try:
                results.append(self._call((entry,)))
            except _Failed:
                self._failed.add(len(results))
                results.append(None)
        if self._failed and not self._failed.isdisjoint(codes.tolist()):
            return None
        return codes, results

    def _of_many(self, columns: list[tuple[Codes, Dictionary]]) -> tuple[Codes, list[Any]] | None:
        packed, parts = pack(columns)
        distinct, codes = np.unique(packed, return_inverse=True)
        if len(distinct) > len(packed) // 2:
            return None
        inputs = unpack(distinct, columns, parts)
        try:
            return codes, [self._call(values) for values in inputs]
        except _Failed:
            return None


def pack(columns: Sequence[tuple[Codes, Dictionary]]) -> tuple[Codes, list[int]]:
    """Return several columns' codes as one number a row, and each column's number of codes.

    Raises: OverflowError if there are too many combinations for a number.
    """
    packed, dictionary = columns[0]
    sizes = [len(dictionary.entries)]
    total = sizes[0]
    for codes, dictionary in columns[1:]:
        size = len(dictionary.entries)
        total *= size
        if total >= 1 << 62:
            raise OverflowError("too many combinations of codes")
        packed = packed * size + codes
        sizes.append(size)
    return packed, sizes


def unpack(
    packed: Codes, columns: Sequence[tuple[Codes, Dictionary]], sizes: Sequence[int]
) -> list[tuple[Any, ...]]:
    """Return the values behind packed codes."""
    lists: list[list[Any]] = []
    for (_, dictionary), size in zip(reversed(columns), reversed(sizes), strict=True):
        entries = dictionary.entries
        lists.append([entries[code] for code in (packed % size).tolist()])
        packed = packed // size
    return list(zip(*reversed(lists), strict=True))


class ColumnFunction:
    """An expression's column for a batch."""

    def __init__(self, distinct: _Distinct, type_: SqlType) -> None:
        self._distinct = distinct
        self._type = type_
        self._encoder = Encoder()
        self._of: list[Any] | None = None
        self._recoded: Codes = np.empty(0, np.int64)
        self._dictionary: Dictionary | None = None

    def __call__(self, batch: Batch) -> Column | None:
        """Return the column, None if the rows have to be looked at one by one."""
        found = self._distinct.results(batch)
        if found is None:
            return None
        codes, results = found
        if not Column(self._type).is_coded:
            return Column.of_list(self._type, list(map(results.__getitem__, codes.tolist())))
        if results is not self._of or self._dictionary is not self._encoder.dictionary():
            self._of, self._recoded, self._dictionary = results, self._recoded[:0], self._encoder.dictionary()
        if len(self._recoded) < len(results):
            new = self._dictionary.encode(results[len(self._recoded) :])
            self._recoded = np.concatenate([self._recoded, new])
        return Column.coded(self._type, self._recoded[codes], self._dictionary)


class ColumnPredicate:
    """Which rows of a batch a condition is true of."""

    def __init__(self, distinct: _Distinct) -> None:
        self._distinct = distinct

    def __call__(self, batch: Batch) -> Mask | None:
        """Return the mask, None if the rows have to be looked at one by one."""
        found = self._distinct.results(batch)
        if found is None:
            return None
        codes, results = found
        truth = np.fromiter((r is True for r in results), np.bool_, len(results))
        return truth[codes]


Argument = Callable[[Batch], Column | None]
"""A column function: an expression's column for a batch, None if the rows have to be looked at one by one."""


def columns_of_batch(functions: Sequence[Argument] | None, batch: Batch) -> list[Column] | None:
    """Return the columns that `functions` give; None if there are none for this batch."""
    made = [function(batch) for function in functions or ()]
    found = [column for column in made if column is not None]
    return found if functions is not None and len(found) == len(made) else None


def compile_column(scope: Scope, functions: FunctionLookup, expression: n.Expression) -> Argument | None:
    """Return the column function of `expression`, None if it has none."""
    if isinstance(expression, n.ColumnRef):
        place = scope.slots[expression.name].place
        return lambda batch: batch.column(place)
    distinct = _distinct(scope, functions, expression)
    if distinct is None:
        return None
    type_ = ExpressionTyper(scope.types, functions).type_of(expression) or STRING
    return ColumnFunction(distinct, type_)


def compile_column_predicate(
    scope: Scope, functions: FunctionLookup, predicate: n.Expression
) -> ColumnPredicate | None:
    """Return the mask function of `predicate`, None if it has none."""
    distinct = _distinct(scope, functions, predicate)
    return None if distinct is None else ColumnPredicate(distinct)


def column_functions(
    scope: Scope, functions: FunctionLookup, columns: Sequence[tuple[str, n.Expression]]
) -> list[Argument] | None:
    """Return the column functions of all of `columns`, None if one has none."""
    made = [compile_column(scope, functions, expression) for _, expression in columns]
    found = [function for function in made if function is not None]
    return found if len(found) == len(made) else None


def _distinct(scope: Scope, functions: FunctionLookup, expression: n.Expression) -> _Distinct | None:
    names = list(dict.fromkeys(columns_of(expression)))
    slots = [scope.slots.get(name) for name in names]
    if not names or any(slot is None or slot.place == "t" for slot in slots):
        return None
    if not _is_deterministic(expression, ExpressionTyper(scope.types, functions), functions):
        return None
    narrow = {name: Slot(f"v[{at}]", slot.type) for at, (name, slot) in enumerate(zip(names, slots)) if slot}  # noqa: B905
    row = compile_tuple(Scope(narrow, 0), functions, [("", expression)], _fail)
    return _Distinct([slot.place for slot in slots if slot], lambda values: row((), values, 0)[0])


def _is_deterministic(expression: n.Node, typer: ExpressionTyper, functions: FunctionLookup) -> bool:
    """Return whether equal inputs give equal results; what a lambda calls is not looked into."""
    if isinstance(expression, n.LambdaFunction):
        return False
    if isinstance(expression, n.FunctionCall):
        function = functions.scalar(expression.name, typer.argument_types(expression))
        if not function.deterministic:
            return False
    return all(_is_deterministic(child, typer, functions) for child in children(expression))
