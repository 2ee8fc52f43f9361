"""Puts a server's complaint where it belongs: file, line and column, with a caret below the text.

The server counts lines from the statement's beginning; a user looks them up in a file.
"""

import re

from clickstream.core.errors import ClickstreamError, SqlError, SqlSyntaxError
from clickstream.steps.script import Statement

__all__ = ["point_out"]

POSITION = re.compile(r"(?:line (\d+):(\d+)|Line: (\d+), Col: (\d+)): ?")
"""Source: golden/rest/ksql 054, 092; golden/rest/query 036: both forms count from 1."""

REPEATED = re.compile(r"\n(?:Statement: |Caused by: ).*", re.DOTALL)
"""What the server adds at the end and is shown anyway."""


def point_out(error: ClickstreamError, statement: Statement) -> ClickstreamError:
    """Return the same error, its message beginning with the place, its statement with a caret."""
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
    error.message = f"{where}: {error.message}"
    error.args = (error.message,)
    return error


def with_caret(text: str, line: int, column: int) -> str:
    """Return the text with a caret below the place; as it is if it has no such place."""
    lines = text.splitlines()
    if not (0 < line <= len(lines) and 0 < column <= len(lines[line - 1]) + 1):
        return text
    # Tabs stay tabs, so that the caret stands where the terminal shows the character.
    indent = re.sub(r"[^\t]", " ", lines[line - 1][: column - 1])
    return "\n".join([*lines[:line], f"{indent}^", *lines[line:]])
