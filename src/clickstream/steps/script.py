"""Cutting SQL files into statements, and reading what a statement makes or drops.

This knows strings, quoted names and comments, and nothing more of the language: whether a statement is
right is for the server to say. Lines are kept, so that what the server says can be shown where it belongs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clickstream.core.errors import SettingsError, SqlSyntaxError

__all__ = ["Statement", "Target", "read_script", "split_script"]

Kind = Literal["SOURCE", "CONNECTOR", "TYPE"]

TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<string>'(?:[^']|'')*')
    | (?P<name>`(?:[^`]|``)*`|"(?:[^"]|"")*")
    | (?P<end>;)
    | (?P<open>/\*|['"`])            # what is begun and not ended
    | (?P<other>[^-/'"`;]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)

CREATE = re.compile(
    r"""\s*CREATE\s+(?P<replace>OR\s+REPLACE\s+)?(?:(?:SOURCE|SINK)\s+)?
    (?P<kind>STREAM|TABLE|CONNECTOR|TYPE)\s+(?P<unless>IF\s+NOT\s+EXISTS\s+)?(?P<name>`(?:[^`]|``)+`|"(?:[^"]|"")+"|\w+)""",
    re.VERBOSE | re.IGNORECASE,
)

OPENED = {"/*": "a comment", "'": "a string", '"': "a quoted name", "`": "a quoted name"}


@dataclass(frozen=True)
class Target:
    """What a CREATE makes; streams and tables share one set of names."""

    kind: Kind
    name: str


@dataclass(frozen=True)
class Statement:
    """One statement of a script. `line` is where its first word stands, counted from 1."""

    text: str
    path: str
    line: int

    @property
    def where(self) -> str:
        """File and line, as editors take them."""
        return f"{self.path}:{self.line}"

    @property
    def bare(self) -> str:
        """The text with every comment made a blank."""
        return "".join(
            " " if match.lastgroup == "comment" else match.group() for match in TOKEN.finditer(self.text)
        )

    def makes(self) -> Target | None:
        """Return what this statement creates; None if it creates nothing or may replace what is there."""
        found = CREATE.match(self.bare)
        if found is None or found["replace"]:
            return None
        kind = found["kind"].upper()
        return Target("SOURCE" if kind in ("STREAM", "TABLE") else kind, unquoted(found["name"]))  # type: ignore[arg-type]

    def title(self, width: int = 70) -> str:
        """Return the beginning on one line, for lists and progress."""
        flat = " ".join(self.bare.split())
        return flat if len(flat) <= width else flat[: width - 1] + "…"


def unquoted(name: str) -> str:
    """Return the name as the server keeps it: quoted ones as written, others in upper case."""
    quote = name[0]
    if quote in '`"':
        return name[1:-1].replace(quote * 2, quote)
    return name.upper()


def read_script(path: Path, shown: str | None = None) -> list[Statement]:
    """Return the statements of a file; `shown` is how messages call it.

    Raises: SettingsError if it cannot be read; SqlSyntaxError as `split_script`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"{path} cannot be read: {why}") from error
    return split_script(text, shown or str(path))


def split_script(text: str, path: str) -> list[Statement]:
    """Return the statements of `text`. Raises: SqlSyntaxError for what is begun and not ended."""
    return list(statements(text, path))


def statements(text: str, path: str) -> Iterator[Statement]:
    """Yield each statement up to its semicolon, from its first word on."""
    start: int | None = None
    for match in TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "open":
            raise unfinished(text, match.start(), path, f"{OPENED[token]} begins here and does not end")
        if kind == "end":
            if start is not None:
                yield Statement(text[start : match.end()], path, line_of(text, start))
            start = None
        elif start is None and kind != "comment" and token.strip():
            start = match.start() + len(token) - len(token.lstrip())
    if start is not None:
        raise unfinished(text, start, path, "this statement does not end with `;`")


def unfinished(text: str, position: int, path: str, why: str) -> SqlSyntaxError:
    """Return the error for what begins at `position` and has no end."""
    line = line_of(text, position)
    column = position - text.rfind("\n", 0, position)
    return SqlSyntaxError(
        f"{path}:{line}: {why}", line=line, column=column, statement=text[position:].split("\n\n")[0]
    )


def line_of(text: str, position: int) -> int:
    """Return the line of a position, counted from 1."""
    return text.count("\n", 0, position) + 1
