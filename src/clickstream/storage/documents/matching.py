"""Queries as a tree. Each node says which rows of an index match, and how well.

Scores follow BM25 as far as columns know: a keyword scores by how rare it is, words also by how often they
occur; everything else scores its boost.
Source: Elasticsearch reference, "Query DSL"; compared with 7.10.2.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.field_match import (
    Bounds,
    Mask,
    Scope,
    nothing,
    pattern_mask,
    phrase_mask,
    range_mask,
    term_mask,
)
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.mapping import field_names
from clickstream.storage.documents.names import matches
from clickstream.storage.documents.text import tokens

__all__ = [
    "AnyOf",
    "Bool",
    "ConstantScore",
    "Exists",
    "Ids",
    "MatchAll",
    "MatchNone",
    "Pattern",
    "Phrase",
    "Query",
    "Range",
    "Scores",
    "Term",
    "Terms",
    "Words",
]

Scores = npt.NDArray[np.float64]


class Query(Protocol):
    """A node of the tree."""

    def mask(self, scope: Scope) -> Mask:
        """Return which rows match; rows without a document may be among them."""
        ...

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """Return every row's score; `mask` is what `mask(scope)` gave."""
        ...


def _constant(mask: Mask, boost: float) -> Scores:
    return np.where(mask, boost, 0.0)


@dataclass(frozen=True, slots=True)
class MatchAll:
    """Every document."""

    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """Every row."""
        return np.ones(scope.index.size, np.bool_)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The boost."""
        return _constant(mask, self.boost)


@dataclass(frozen=True, slots=True)
class MatchNone:
    """No document."""

    def mask(self, scope: Scope) -> Mask:
        """No row."""
        return nothing(scope.index)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """Nothing."""
        return np.zeros(scope.index.size)


@dataclass(frozen=True, slots=True)
class Term:
    """A field has a value. `lenient`: a value that cannot be the field's matches nothing."""

    field: str
    value: Any
    boost: float = 1.0
    lenient: bool = False

    def mask(self, scope: Scope) -> Mask:
        """Rows with the value. Raises: DocumentError."""
        if self.field == "_id":
            return Ids((str(self.value),)).mask(scope)
        if self.field == "_index":
            fits = matches(str(self.value), scope.index.info.name)
            return MatchAll().mask(scope) if fits else nothing(scope.index)
        field = scope.field(self.field)
        if field is None:
            return nothing(scope.index)
        try:
            return term_mask(scope, field, self.value)
        except DocumentError:
            if self.lenient:
                return nothing(scope.index)
            raise

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """How rare the keyword is; the boost for numbers."""
        field = scope.field(self.field)
        if field is None or field.numeric or field.family == "ip":
            return _constant(mask, self.boost)
        if field.family == "text":
            return Words(self.field, (str(self.value),), boost=self.boost).scores(scope, mask)
        return _constant(mask, self.boost * _rarity(scope, field, mask))


def _rarity(scope: Scope, field: FieldType, mask: Mask) -> float:
    column = scope.text(field.name)
    if column is None:
        return 0.0
    with_field = int((column.present[: scope.index.size] & scope.index.live).sum())
    with_term = int((mask & scope.index.live).sum())
    return math.log(1 + (with_field - with_term + 0.5) / (with_term + 0.5))


@dataclass(frozen=True, slots=True)
class Terms:
    """A field has one of the values."""

    field: str
    values: tuple[Any, ...]
    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """Rows with one of the values. Raises: DocumentError."""
        mask = nothing(scope.index)
        for value in self.values:
            mask |= Term(self.field, value).mask(scope)
        return mask

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The boost."""
        return _constant(mask, self.boost)


@dataclass(frozen=True, slots=True)
class Words:
    """A text field has one of the words, or all if `every`."""

    field: str
    words: tuple[str, ...]
    every: bool = False
    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """Rows with the words."""
        field = scope.field(self.field)
        if field is None or not self.words:
            return nothing(scope.index)
        masks = [term_mask(scope, field, word) for word in self.words]
        together: Mask = np.logical_and.reduce(masks) if self.every else np.logical_or.reduce(masks)
        return together

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """BM25 with k1 = 1.2 and b = 0.75."""
        field, column = scope.field(self.field), scope.text(self.field)
        if field is None or column is None or not column.terms:
            return _constant(mask, 0.0)
        lengths = np.array([len(tokens(term)) for term in column.terms], np.float64)
        codes = column.codes[: scope.index.size]
        used = codes[(codes >= 0) & scope.index.live]
        average = float(lengths[used].mean()) if len(used) else 1.0
        total = np.zeros(scope.index.size)
        for word in self.words:
            counts = np.array([tokens(term).count(word) for term in column.terms], np.float64)
            weights = 2.2 * counts / (counts + 1.2 * (0.25 + 0.75 * lengths / average))
            rarity = _rarity(scope, field, term_mask(scope, field, word))
            total += np.append(weights, 0.0)[codes] * rarity
        return np.where(mask, total * self.boost, 0.0)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text field has words in a row."""

    field: str
    phrase: str
    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """Rows with the phrase."""
        field = scope.field(self.field)
        return nothing(scope.index) if field is None else phrase_mask(scope, field, self.phrase)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """As if the words stood apart."""
        return Words(self.field, tokens(self.phrase), boost=self.boost).scores(scope, mask)


@dataclass(frozen=True, slots=True)
class Range:
    """A field lies within bounds."""

    field: str
    bounds: Bounds
    boost: float = 1.0
    lenient: bool = False

    def mask(self, scope: Scope) -> Mask:
        """Rows within. Raises: DocumentError."""
        field = scope.field(self.field)
        if field is None:
            return nothing(scope.index)
        try:
            return range_mask(scope, field, self.bounds)
        except DocumentError:
            if self.lenient:
                return nothing(scope.index)
            raise

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The boost."""
        return _constant(mask, self.boost)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A field's text passes a wildcard, prefix or regular expression; `kind` is the query's name."""

    field: str
    fits: Callable[[str], bool]
    kind: str
    boost: float = 1.0
    lenient: bool = False

    def mask(self, scope: Scope) -> Mask:
        """Rows that fit. Raises: DocumentError for fields without text."""
        field = scope.field(self.field)
        if field is None:
            return nothing(scope.index)
        if field.numeric:
            if self.lenient:
                return nothing(scope.index)
            raise DocumentError(
                "illegal_argument_exception",
                f"Can only use {self.kind} queries on keyword, text and wildcard fields - not on "
                f"[{field.name}] which is of type [{field.type}]",
            )
        return pattern_mask(scope, field, self.fits)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The boost."""
        return _constant(mask, self.boost)


@dataclass(frozen=True, slots=True)
class Exists:
    """A field, or some field of an object, or of a pattern with `*`, has a value."""

    field: str
    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """Rows with a value."""
        if self.field in ("_id", "_index", "_source"):
            return MatchAll().mask(scope)
        names = list(field_names(scope.index.mapping, self.field)) or [
            name for name in scope.index.mapping.fields if name.startswith(self.field + ".")
        ]
        mask = nothing(scope.index)
        for name in names:
            column = scope.index.column(name)
            if column is not None:
                mask |= column.present[: scope.index.size]
        return mask

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The boost."""
        return _constant(mask, self.boost)


@dataclass(frozen=True, slots=True)
class Ids:
    """The document's id is one of these."""

    values: tuple[str, ...]
    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """Their rows."""
        mask = nothing(scope.index)
        rows = [scope.index.rows[id_] for id_ in self.values if id_ in scope.index.rows]
        mask[rows] = True
        return mask

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The boost."""
        return _constant(mask, self.boost)


@dataclass(frozen=True, slots=True)
class ConstantScore:
    """What `inner` matches, all alike."""

    inner: Query
    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """What the inner query matches."""
        return self.inner.mask(scope)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The boost."""
        return _constant(mask, self.boost)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the queries matches; the best of them gives the score."""

    queries: tuple[Query, ...]
    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """Rows that one of them matches."""
        mask = nothing(scope.index)
        for query in self.queries:
            mask |= query.mask(scope)
        return mask

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The best score of all."""
        best = np.zeros(scope.index.size)
        for query in self.queries:
            np.maximum(best, query.scores(scope, query.mask(scope)), out=best)
        return best * self.boost


@dataclass(frozen=True, slots=True)
class Bool:
    """Clauses put together."""

    must: Sequence[Query] = ()
    filter: Sequence[Query] = ()
    should: Sequence[Query] = ()
    must_not: Sequence[Query] = ()
    minimum_should_match: int | str | None = None
    boost: float = 1.0

    def mask(self, scope: Scope) -> Mask:
        """Rows that all of `must` and `filter`, enough of `should` and none of `must_not` match."""
        mask = np.ones(scope.index.size, np.bool_)
        for query in (*self.must, *self.filter):
            mask &= query.mask(scope)
        needed = self._needed()
        if needed == 1:
            mask &= AnyOf(tuple(self.should)).mask(scope)
        elif needed > 1:
            counts = np.zeros(scope.index.size, np.int64)
            for query in self.should:
                counts += query.mask(scope)
            mask &= counts >= needed
        for query in self.must_not:
            mask &= ~query.mask(scope)
        return mask

    def _needed(self) -> int:
        # Where nothing else is required, one of `should` is, whatever a percentage rounds to.
        least = 1 if self.should and not self.must and not self.filter else 0
        return least if self.minimum_should_match is None else max(least, self._asked())

    def _asked(self) -> int:
        count = len(self.should)
        text = str(self.minimum_should_match).strip()
        try:
            if text.endswith("%"):
                share = int(text[:-1])
                part = int(count * abs(share) / 100)
                return part if share >= 0 else count - part
            number = int(text)
        except ValueError:
            raise DocumentError("number_format_exception", f'For input string: "{text}"') from None
        return number if number >= 0 else max(count + number, 0)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The sum of `must` and `should`."""
        total = np.zeros(scope.index.size)
        for query in (*self.must, *self.should):
            total += query.scores(scope, query.mask(scope))
        if not self.must and not self.should and not self.filter:
            # Only exclusions, or nothing: every match counts 0, or 1 for an empty query.
            total += 0.0 if self.must_not else 1.0
        return np.where(mask, total * self.boost, 0.0)
