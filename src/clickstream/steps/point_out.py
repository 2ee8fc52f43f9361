"""Puts a server's complaint where it belongs: file, line and column, with a caret below the text.

The server counts lines from the statement's beginning; a user looks them up in a file.
"""

import re
from collections.abc import Callable, Collection
from difflib import get_close_matches

from clickstream.core.errors import ClickstreamError, SqlError, SqlSyntaxError
from clickstream.steps.script import Statement

__all__ = ["point_out"]

POSITION = re.compile(r"(?:line (\d+):(\d+)|Line: (\d+), Col: (\d+)): ?")
"""Source: golden/rest/ksql 054, 092; golden/rest/query 036: both forms count from 1."""

REPEATED = re.compile(r"\n(?:Statement: |Caused by: ).*", re.DOTALL)
"""What the server adds at the end and is shown anyway."""


ABSENT = re.compile(r"(?:^|[\s`'])([\w.]+)[`']? does not exist")
"""How the server says that there is no such stream or table; it does not say what there is."""


def point_out(
    error: ClickstreamError, statement: Statement, known: Callable[[], Collection[str]] = tuple
) -> ClickstreamError:
    """Return the same error, its message beginning with the place, its statement with a caret.

    `known` tells the names of what exists; it is asked only where the server misses one.
    """
    where = statement.where
    if isinstance(error, SqlError):
        error.message = REPEATED.sub("", error.message).strip()
        error.statement = statement.text
        if found := POSITION.search(error.message):
            line, column = (int(number) for number in found.groups() if number)
            where = f"{statement.path}:{statement.line + line - 1}:{column}"
            error.message = error.message[: found.start()] + error.message[found.end() :]
            error.statement = with_caret(statement.text, line, column)
            if isinstance(error, SqlSyntaxError):
                error.line, error.column = statement.line + line - 1, column
        error.hint = error.hint or nearest_names(error.message, known)
    error.message = f"{where}: {error.message}"
    error.args = (error.message,)
    return error


def nearest_names(message: str, known: Callable[[], Collection[str]]) -> str | None:
    """Return what may have been meant where the message says that a name does not exist."""
    missed = ABSENT.search(message)
    if missed is None:
        return None
    try:
        names = known()
    except ClickstreamError:
        return None
    close = get_close_matches(missed[1].upper(), names, n=3, cutoff=0.7)
    return f"did you mean {' or '.join(close)}?" if close else None


def with_caret(text: str, line: int, column: int) -> str:
    """Return the text with a caret below the place; as it is if it has no such place."""
    lines = text.splitlines()
    if not (0 < line <= len(lines) and 0 < column <= len(lines[line - 1]) + 1):
        return text
    # Tabs stay tabs, so that the caret stands where the terminal shows the character.
    indent = re.sub(r"[^\t]", " ", lines[line - 1][: column - 1])
    return "\n".join([*lines[:line], f"{indent}^", *lines[line:]])
