"""The words of a syntax error: where, what was expected, what was probably meant.

Source: recorded answers of ksqlDB 7.5 — the message begins `line 1:8: Syntax Error` and a new line,
then says what was expected, or nothing where that would be a long list.
"""

from collections.abc import Sequence

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql.names import RESERVED
from clickstream.sql.nearest import edit_distance, nearest
from clickstream.sql.tokens import EOF, Tokens

__all__ = [
    "expecting",
    "illegal",
    "reserved_word",
    "snippet",
    "syntax_error",
    "token_text",
    "unknown_statement",
]

_FIRST_WORDS = """
    SELECT CREATE INSERT DESCRIBE PRINT EXPLAIN SHOW LIST TERMINATE PAUSE RESUME DROP SET DEFINE UNDEFINE
    UNSET ASSERT ALTER
"""
STATEMENT_WORDS = tuple(_FIRST_WORDS.split())
"""The words a statement may begin with, in the order in which equally near ones are suggested."""

_MOST_EXPECTED = 5
"""The real server leaves a longer list of what was expected out of its message; here it is the hint."""

_CLIENT_COMMANDS = {"RUN": "RUN SCRIPT is a command of the client: send the script's statements themselves"}

_SNIPPET_WIDTH = 100
_LONGEST_TYPO = 40


def syntax_error(tokens: Tokens, index: int, detail: str, *, hint: str | None = None) -> SqlSyntaxError:
    """Return the error for the token at `index`."""
    at = tokens.location(tokens.starts[index])
    return SqlSyntaxError(
        f"line {at.line}:{at.column}: Syntax Error\n{detail}",
        line=at.line,
        column=at.column,
        snippet=snippet(tokens, index),
        statement=tokens.text,
        hint=hint,
    )


def illegal(tokens: Tokens, index: int, detail: str) -> SqlSyntaxError:
    """Return the error for a text that parses but breaks a rule of its statement."""
    at = tokens.location(tokens.starts[index])
    return SqlSyntaxError(
        detail, line=at.line, column=at.column, snippet=snippet(tokens, index), statement=tokens.text
    )


def unknown_statement(tokens: Tokens, index: int) -> SqlSyntaxError:
    """Return the error for a token no statement begins with."""
    text = token_text(tokens, index)
    guess = min(STATEMENT_WORDS, key=lambda word: edit_distance(text[:_LONGEST_TYPO].upper(), word))
    detail = f"Unknown statement '{text}'\nDid you mean '{guess}'?"
    hint = _CLIENT_COMMANDS.get(tokens.words[index], f"Did you mean '{guess}'?")
    return syntax_error(tokens, index, detail, hint=hint)


def expecting(tokens: Tokens, index: int, expected: Sequence[str]) -> SqlSyntaxError:
    """Return the error for a token where only `expected` could stand (empty: too many to tell)."""
    detail = ""
    if len(expected) == 1:
        detail = f"Expecting {_display(expected[0])}"
    elif 1 < len(expected) <= _MOST_EXPECTED:
        detail = f"Expecting {{{', '.join(map(_display, expected))}}}"
    hint = _typo_hint(tokens, index, expected)
    if hint is None and len(expected) > _MOST_EXPECTED:
        hint = f"expected one of {', '.join(expected)}"
    return syntax_error(tokens, index, detail, hint=hint)


def reserved_word(tokens: Tokens, index: int) -> SqlSyntaxError:
    """Return the error for a reserved word where a name should stand."""
    text = token_text(tokens, index)
    detail = (
        f'"{text}" is a reserved keyword and it can\'t be used as an identifier.'
        f" You can use it as an identifier by escaping it as '{text}' "
    )
    return syntax_error(
        tokens, index, detail, hint=f"write `{text.upper()}` in back-ticks to use it as a name"
    )


def token_text(tokens: Tokens, index: int) -> str:
    """Return the token's text as a message shows it."""
    if tokens.words[index] == EOF:
        return EOF
    return tokens.text[tokens.starts[index] : tokens.ends[index]]


def snippet(tokens: Tokens, index: int) -> str:
    """Return the line of the token and, under it, carets below the token."""
    start = tokens.starts[index]
    at = tokens.location(start)
    line_start = tokens.lines[at.line - 1]
    line_end = tokens.lines[at.line] - 1 if at.line < len(tokens.lines) else len(tokens.text)
    left = max(line_start, start - _SNIPPET_WIDTH // 2)
    right = min(line_end, left + _SNIPPET_WIDTH)
    line = tokens.text[left:right].replace("\t", " ").rstrip("\r")
    width = max(1, min(tokens.ends[index], right) - start)
    return f"{line}\n{' ' * (start - left)}{'^' * width}"


# --------------------------------------------------------------------------------- private


def _display(expected: str) -> str:
    return expected if expected in _SYMBOLIC else f"'{expected}'"


_SYMBOLIC = {"IDENTIFIER", "STRING", "INTEGER_VALUE", "'STRING'", "<EOF>"}


def _typo_hint(tokens: Tokens, index: int, expected: Sequence[str]) -> str | None:
    """Return a hint if the token, or a name right before it, looks like an expected word."""
    words = [word for word in expected if word.isalpha() and word not in _SYMBOLIC]
    for candidate in (index, index - 1):
        if candidate < 0:
            break
        written = tokens.words[candidate]
        if written.isidentifier() and written not in RESERVED and len(written) <= _LONGEST_TYPO:
            found = nearest(written, words, limit=1)
            if found and found[0] != written:
                return f"Did you mean '{found[0]}' instead of '{token_text(tokens, candidate)}'?"
    return None
