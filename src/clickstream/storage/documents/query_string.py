"""Lucene's query syntax, as `query_string` and `?q=` take it.

    USERNAME:bob AND (COUNT:>3 OR COUNT:[10 TO 20}) NOT CITY:"San Francisco" IP:222.* _exists_:CODE

AND binds the clauses beside it as required, OR leaves them optional, as Lucene's classic parser does; there
is no other precedence. Fuzzy terms and phrase slop are refused.
Source: Elasticsearch reference, "Query string syntax"; compared with 7.10.2.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Literal, NoReturn

from clickstream.storage.documents.automaton import Automaton, regular_expression, wildcard
from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.field_match import Bounds, Mask, Scope
from clickstream.storage.documents.mapping import field_names
from clickstream.storage.documents.matching import (
    AnyOf,
    Bool,
    Exists,
    MatchAll,
    MatchNone,
    Pattern,
    Query,
    Range,
    Scores,
)
from clickstream.storage.documents.word_match import Match, MatchPhrase

__all__ = ["parse_query_string"]

MAX_DEPTH = 100
"""Nesting of parentheses that is followed; deeper text is refused instead of exhausting the stack."""

_TOKEN = re.compile(
    r"(?P<space>[ \t\n\r\u3000]+)"
    r'|(?P<quoted>"(?:[^"\\]|\\.)*")'
    r"|(?P<range>[\[{])"
    r"|(?P<regex>/(?:[^/\\]|\\.)*/)"
    r"|(?P<fuzzy>~[\d.]*)"
    r"|(?P<boost>\^[\d.]+)"
    r"|(?P<symbol>&&|\|\||[()+\-!:])"
    r'|(?P<term>(?:[^ \t\n\r\u3000+\-!():^\[\]"{}~\\/]|\\.)(?:[^ \t\n\r\u3000!():^\[\]"{}~\\/]|\\.)*)',
    re.DOTALL,
)
_RANGE = re.compile(
    r'([\[{])\s*("(?:[^"\\]|\\.)*"|[^\s\]}]+)(?:\s+TO\s+|\s+)("(?:[^"\\]|\\.)*"|[^\s\]}]+)\s*([\]}])',
    re.DOTALL,
)
_WORDS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR", "NOT": "NOT", "!": "NOT"}

Occur = Literal["must", "should", "must_not"]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Options:
    fields: tuple[str, ...]
    every: bool
    lenient: bool
    zone: tzinfo


def parse_query_string(
    text: str,
    fields: Sequence[str] = (),
    *,
    every: bool = False,
    lenient: bool | None = None,
    zone: tzinfo = UTC,
    boost: float = 1.0,
) -> Query:
    """Return the tree of a query in Lucene's syntax; `fields` are searched where the text names none.

    Raises: DocumentError (query_shard_exception) if the text is not of the syntax.
    """
    options = _Options(tuple(fields) or ("*",), every, not fields if lenient is None else lenient, zone)
    parser = _Parser(text, options)
    query = parser.query(None, 0)
    parser.expect_end()
    if boost == 1.0:
        return query
    return Bool(must=(query,), boost=boost)


class _Parser:
    def __init__(self, text: str, options: _Options) -> None:
        self._text = text
        self._options = options
        self._tokens = self._split(text)
        self._at = 0

    # ------------------------------------------------------------------------------------- tokens

    def _split(self, text: str) -> list[_Token]:
        tokens: list[_Token] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                self._refuse(f"Cannot parse '{text}': Lexical error at line 1, column {at + 1}.")
            kind = found.lastgroup or ""
            if kind == "range":
                found = _RANGE.match(text, at)
                if found is None:
                    self._refuse(f"Cannot parse '{text}': not a range at line 1, column {at}.")
            if kind != "space":
                tokens.append(_Token(kind, found[0]))
            at = found.end()
        return tokens

    def _peek(self, ahead: int = 0) -> _Token | None:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else None

    def _next_is(self, *texts: str) -> bool:
        token = self._peek()
        return token is not None and token.kind in ("symbol", "term") and token.text in texts

    def expect_end(self) -> None:
        """Refuse what follows the query."""
        token = self._peek()
        if token is not None:
            self._refuse(f'Cannot parse \'{self._text}\': Encountered " "{token.text}""')

    def _refuse(self, reason: str) -> NoReturn:
        raise DocumentError(
            "query_shard_exception",
            f"Failed to parse query [{self._text}]",
            cause=DocumentError("parse_exception", reason),
        )

    # ------------------------------------------------------------------------------------ grammar

    def query(self, field: str | None, depth: int) -> Query:
        """Return the clauses up to the end or a closing parenthesis."""
        if depth > MAX_DEPTH:
            self._refuse("the query is nested too deeply")
        clauses: list[tuple[Occur, Query]] = []
        conjunction = None
        while (token := self._peek()) is not None and token.text != ")":
            if token.kind in ("term", "symbol") and token.text in ("AND", "&&", "OR", "||"):
                if not clauses or conjunction is not None:
                    self._refuse(f"Cannot parse '{self._text}': Encountered \" <{_WORDS[token.text]}> \"")
                self._at += 1
                conjunction = _WORDS[token.text]
                continue
            modifier = self._modifier()
            self._add(clauses, conjunction, modifier, self._clause(field, depth))
            conjunction = None
        if conjunction is not None:
            self._refuse(f"Cannot parse '{self._text}': Encountered \"<EOF>\"")
        return _together(clauses)

    def _modifier(self) -> str:
        if self._next_is("+"):
            self._at += 1
            return "+"
        if self._next_is("-", "!", "NOT"):
            self._at += 1
            return "-"
        return ""

    def _add(
        self, clauses: list[tuple[Occur, Query]], conjunction: str | None, modifier: str, query: Query
    ) -> None:
        if clauses:
            occur, last = clauses[-1]
            if conjunction == "AND" and occur == "should":
                clauses[-1] = ("must", last)
            if self._options.every and conjunction == "OR" and occur == "must":
                clauses[-1] = ("should", last)
        if modifier == "-":
            clauses.append(("must_not", query))
        elif self._options.every:
            # Lucene lets OR win over a plus where clauses are required by default.
            clauses.append(("should" if conjunction == "OR" else "must", query))
        else:
            clauses.append(("must" if modifier == "+" or conjunction == "AND" else "should", query))

    def _clause(self, field: str | None, depth: int) -> Query:
        token, after = self._peek(), self._peek(1)
        if token is not None and token.kind == "term" and after is not None and after.text == ":":
            self._at += 2
            field = _unescape(token.text)
            if token.text == "*" and self._next_is("*"):
                self._at += 1
                return self._boosted(MatchAll())
        token = self._peek()
        if token is None:
            self._refuse(f"Cannot parse '{self._text}': Encountered \"<EOF>\"")
        self._at += 1
        if token.text == "(" and token.kind == "symbol":
            inner = self.query(field, depth + 1)
            if not self._next_is(")"):
                self._refuse(f"Cannot parse '{self._text}': Encountered \"<EOF>\"")
            self._at += 1
            return self._boosted(inner)
        if token.kind in ("symbol", "fuzzy", "boost"):
            self._refuse(f'Cannot parse \'{self._text}\': Encountered " "{token.text}""')
        return self._boosted(self._leaf(field, token))

    def _boosted(self, query: Query) -> Query:
        token = self._peek()
        if token is not None and token.kind == "fuzzy":
            self._refuse("fuzzy terms and phrase slop (~) are not supported")
        if token is not None and token.kind == "boost":
            self._at += 1
            return Bool(must=(query,), boost=float(token.text[1:]))
        return query

    # ------------------------------------------------------------------------------------- leaves

    def _leaf(self, field: str | None, token: _Token) -> Query:
        if field == "_exists_":
            return Exists(_unescape(token.text.strip('"')))
        names = (field,) if field is not None else self._options.fields
        queries = []
        for name in names:
            plain, _, boost = name.partition("^")
            query = self._for_field(plain, token)
            queries.append(Bool(must=(query,), boost=float(boost)) if boost else query)
        return queries[0] if len(queries) == 1 else AnyOf(tuple(queries))

    def _for_field(self, field: str, token: _Token) -> Query:
        lenient = self._options.lenient
        if token.kind == "quoted":
            return MatchPhrase(field, _unescape(token.text[1:-1]), lenient=lenient)
        if token.kind == "range":
            return _OverFields(field, Range(field, self._bounds(token.text), lenient=lenient))
        if token.kind == "regex":
            fits = self._regex(token.text[1:-1]).matches
            return _OverFields(field, Pattern(field, fits, "regexp", lenient=lenient))
        text = token.text
        if text == "*":
            return MatchAll() if field == "*" else Exists(field)
        if text[0] in "<>" and len(text) > 1:
            return _OverFields(field, Range(field, self._comparison(text), lenient=lenient))
        if re.search(r"(?<!\\)(?:\\\\)*[*?]", text):
            return _OverFields(field, Pattern(field, wildcard(text).matches, "wildcard", lenient=lenient))
        return Match(field, _unescape(text), every=self._options.every, lenient=lenient)

    def _regex(self, text: str) -> Automaton:
        try:
            return regular_expression(text.replace("\\/", "/"))
        except DocumentError as error:
            self._refuse(error.message)

    def _bounds(self, text: str) -> Bounds:
        found = _RANGE.fullmatch(text)
        assert found is not None, "the tokenizer saw it"
        return Bounds(
            _end(found[2]),
            _end(found[3]),
            with_lower=found[1] == "[",
            with_upper=found[4] == "]",
            zone=self._options.zone,
        )

    def _comparison(self, text: str) -> Bounds:
        inclusive = len(text) > 2 and text[1] == "="
        value = _unescape(text[2 if inclusive else 1 :])
        if text[0] == ">":
            return Bounds(lower=value, with_lower=inclusive, zone=self._options.zone)
        return Bounds(upper=value, with_upper=inclusive, zone=self._options.zone)


@dataclass(frozen=True, slots=True)
class _OverFields:
    """A query of one field, asked of every field that a pattern with `*` names."""

    field: str
    query: Range | Pattern

    def mask(self, scope: Scope) -> Mask:
        """Rows that match in one of the fields. Raises: DocumentError."""
        return self._resolved(scope).mask(scope)

    def scores(self, scope: Scope, mask: Mask) -> Scores:
        """The best score of the fields."""
        return self._resolved(scope).scores(scope, mask)

    def _resolved(self, scope: Scope) -> Query:
        if "*" not in self.field:
            return self.query
        names = field_names(scope.index.mapping, self.field)
        queries = tuple(replace(self.query, field=name, lenient=True) for name in names)
        return AnyOf(queries) if queries else MatchNone()


def _together(clauses: list[tuple[Occur, Query]]) -> Query:
    if not clauses:
        return MatchNone()
    if len(clauses) == 1 and clauses[0][0] != "must_not":
        return clauses[0][1]
    return Bool(
        must=tuple(query for occur, query in clauses if occur == "must"),
        should=tuple(query for occur, query in clauses if occur == "should"),
        must_not=tuple(query for occur, query in clauses if occur == "must_not"),
    )


def _end(text: str) -> str | None:
    if text == "*":
        return None
    return _unescape(text[1:-1]) if text.startswith('"') else _unescape(text)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
