"""Queries whose meaning depends on the field: words of text fields, values of all others.

A field name may be a pattern with `*`; then every field that fits takes part and the best one scores.
"""

from dataclasses import dataclass
from typing import Any

from clickstream.storage.documents.field_match import Mask, Scope
from clickstream.storage.documents.mapping import field_names
from clickstream.storage.documents.matching import AnyOf, MatchNone, Phrase, Query, Scores, Term, Words
from clickstream.storage.documents.text import tokens

__all__ = ["Match", "MatchPhrase"]


@dataclass(frozen=True, slots=True)
class Match:
    """Words of a text field, or the value of another."""

    field: str
    value: Any
    every: bool = False
    boost: float = 1.0
    lenient: bool = False

    def mask(self, scope: Scope) -> Mask:
        """Rows that match. Raises: DocumentError."""
        return self._resolved(scope).mask(scope)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The score of the words, or of the value."""
        return self._resolved(scope).scores(scope, mask)

    def _resolved(self, scope: Scope) -> Query:
        return _over_fields(scope, self.field, self._for_field)

    def _for_field(self, scope: Scope, name: str) -> Query:
        field = scope.field(name)
        if field is not None and field.family == "text":
            return Words(name, tokens(str(self.value)), self.every, self.boost)
        return Term(name, self.value, self.boost, lenient=self.lenient)


@dataclass(frozen=True, slots=True)
class MatchPhrase:
    """Words in a row of a text field, or the value of another."""

    field: str
    phrase: str
    boost: float = 1.0
    lenient: bool = False

    def mask(self, scope: Scope) -> Mask:
        """Rows that match. Raises: DocumentError."""
        return _over_fields(scope, self.field, self._for_field).mask(scope)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The score of the words, or of the value."""
        return _over_fields(scope, self.field, self._for_field).scores(scope, mask)

    def _for_field(self, scope: Scope, name: str) -> Query:
        field = scope.field(name)
        if field is not None and field.family == "text":
            return Phrase(name, self.phrase, self.boost)
        return Term(name, self.phrase, self.boost, lenient=self.lenient)


def _over_fields(scope: Scope, pattern: str, make: Any) -> Query:
    if "*" not in pattern:
        made: Query = make(scope, pattern)
        return made
    queries = tuple(make(scope, name) for name in field_names(scope.index.mapping, pattern))
    return AnyOf(queries) if queries else MatchNone()
