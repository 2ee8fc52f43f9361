"""Text to syntax tree: the entry to the grammar.

The grammar itself is in the `parse_*.py` modules, its tokens in `tokens.py`, the wording of errors in
`syntax_errors.py`. Variables (`${name}`) are put in before, by `variables.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql.nodes import Expression, ParsedStatement, TableElement, TypeName
from clickstream.sql.parse_statements import StatementGrammar
from clickstream.sql.parse_tests import TestGrammar
from clickstream.sql.tokens import EOF, tokenize
from clickstream.sql.types import SqlType

__all__ = [
    "SplitStatement",
    "parse",
    "parse_expression",
    "parse_schema",
    "parse_statement",
    "parse_tests",
    "parse_type",
    "split_statements",
]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SplitStatement:
    """One statement's text with its `;`, and the line on which it begins, from 1."""

    text: str
    line: int


def parse(text: str) -> list[ParsedStatement]:
    """Return the statements of a script, in order; an empty list if it holds only comments.

    Raises: SqlSyntaxError at the first place that is no ksqlDB, a missing last `;` included.
    """
    return _run(text, StatementGrammar.script)


def parse_statement(text: str) -> ParsedStatement:
    """Return the only statement of `text`; its last `;` may be missing.

    Raises: SqlSyntaxError if there is none, or more than one.
    """
    return _run(text, _only_statement)


def parse_tests(text: str) -> list[ParsedStatement]:
    """Return the statements of a test file, those that only tests have among them.

    Raises: SqlSyntaxError.
    """
    return _run(text, StatementGrammar.script, TestGrammar)


def parse_expression(text: str) -> Expression:
    """Return `text` as an expression."""
    return _run(text, lambda grammar: _whole(grammar, grammar.expression))


def parse_type(text: str) -> SqlType | TypeName:
    """Return `text` as a type."""
    return _run(text, lambda grammar: _whole(grammar, grammar.type_))


def parse_schema(text: str) -> tuple[TableElement, ...]:
    """Return the columns of `K INT KEY, V STRING`."""
    return _run(f"({text}\n)", lambda grammar: _whole(grammar, grammar.table_elements))


def split_statements(text: str) -> list[SplitStatement]:
    """Return the texts between the `;` of a script, whether or not they are statements."""
    tokens = tokenize(text)
    found = []
    first: int | None = None
    for index, word in enumerate(tokens.words):
        if word == EOF:
            break
        first = index if first is None else first
        if word == ";" or tokens.words[index + 1] == EOF:
            start = tokens.starts[first]
            found.append(SplitStatement(text[start : tokens.ends[index]], tokens.location(start).line))
            first = None
    return found


# --------------------------------------------------------------------------------- private


def _run(
    text: str, read: Callable[[StatementGrammar], _T], grammar: type[StatementGrammar] = StatementGrammar
) -> _T:
    """Parse; where that fails, parse again and watch what is tried, to say what was expected."""
    tokens = tokenize(text)
    try:
        return read(grammar(tokens))
    except SqlSyntaxError:
        return read(grammar(tokens, tracing=True))


def _only_statement(grammar: StatementGrammar) -> ParsedStatement:
    found = []
    while grammar.word != EOF:
        found.append(grammar.one(last_may_be_open=True))
    if len(found) != 1:
        raise grammar.illegal(f"Expected exactly one KSQL statement; found {len(found)} instead", 0)
    return found[0]


def _whole(grammar: StatementGrammar, read: Callable[[], _T]) -> _T:
    result = read()
    if grammar.word != EOF:
        raise grammar.expected(EOF)
    return result
