"""Everything that is printed: results on standard output, progress and errors on standard error.

Colour is rich's business: none where the output is no terminal or NO_COLOR is set.
"""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import zip_longest
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from clickstream.core.errors import ClickstreamError, SqlError

__all__ = ["Format", "Output"]

WIDE = 200
"""Columns of a table that no terminal limits: a pipe must get whole values."""

SHOWN_STATEMENT_LINES = 8
TYPICAL_WIDTH = {"BIGINT": 13, "DOUBLE": 12, "INTEGER": 6, "STRING": 18, "TIMESTAMP": 23}
GOOD = {"RUNNING", "healthy", "ok", "created", "done", "yes"}
BAD = {"FAILED", "unhealthy", "no", "absent", "ERROR"}


class Format(StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Output:
    """Prints for one command, and is its Progress."""

    def __init__(
        self, form: Format = Format.TABLE, *, stdout: TextIO | None = None, stderr: TextIO | None = None
    ) -> None:
        self.form = form
        self._stdout = stdout or sys.stdout
        self._out = self._console(self._stdout)
        self._err = self._console(stderr or sys.stderr)
        self._status: Status | None = None

    # Results
    def rows(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> None:
        """Print rows in the chosen format."""
        self.quiet()
        if self.form is Format.JSON:
            self.json([dict(zip(columns, row, strict=True)) for row in rows])
        elif self.form is Format.CSV:
            writer = csv.writer(self._stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([plain(value) for value in row] for row in rows)
        else:
            self._out.print(self._table(columns, rows, title))

    def stream(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[str] = ()) -> int:
        """Print rows as they come and return their number; JSON is an object a line.

        A table's columns are as wide as values of their types mostly are: later rows are not known.
        """
        widths = [
            max(len(name), TYPICAL_WIDTH.get(kind, 0))
            for name, kind in zip_longest(columns, types, fillvalue="")
        ]
        self.quiet()
        count = 0
        writer = csv.writer(self._stdout, lineterminator="\n")
        if self.form is Format.CSV:
            writer.writerow(columns)
        elif self.form is Format.TABLE:
            self.line(
                " | ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True)).rstrip()
            )
            self.line("-+-".join("-" * width for width in widths))
        for row in rows:
            count += 1
            if self.form is Format.JSON:
                self.json(dict(zip(columns, row, strict=True)), indent=None)
            elif self.form is Format.CSV:
                writer.writerow([plain(value) for value in row])
            else:
                cells = [str(plain(value)).ljust(width) for width, value in zip(widths, row, strict=True)]
                self.line(" | ".join(cells).rstrip())
            self._stdout.flush()
        return count

    def json(self, value: object, *, indent: int | None = 2) -> None:
        """Print a value as JSON."""
        self.quiet()
        self._stdout.write(json.dumps(value, indent=indent, ensure_ascii=False, default=str) + "\n")

    def line(self, text: str = "") -> None:
        """Print a line as it is."""
        self.quiet()
        self._stdout.write(text + "\n")
        self._stdout.flush()

    def say(self, text: str) -> None:
        """Print a line for the person at the terminal; left out where a program reads the result."""
        if self.form is Format.TABLE:
            self.quiet()
            self._out.print(Text(text))

    # Progress
    def waiting(self, text: str) -> None:
        """Show what is being done on a line that is rewritten; only on a terminal."""
        if not self._err.is_terminal:
            return
        if self._status is None:
            self._status = self._err.status("")
            self._status.start()
        self._status.update(Text(text[: max(20, self._err.width - 4)]))

    def note(self, text: str) -> None:
        """Tell what is done."""
        self._err.print(Text(text))

    def warn(self, text: str) -> None:
        """Tell what is probably not as it is wanted."""
        self._err.print(Text.assemble(("warning: ", "yellow"), text))

    def quiet(self) -> None:
        """Take the rewritten line away."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    # Errors
    def error(self, error: ClickstreamError) -> None:
        """Tell what failed, the statement it is about, and the next thing to try."""
        self.quiet()
        self._err.print(Text.assemble(("error: ", "bold red"), error.message))
        if isinstance(error, SqlError) and error.statement and error.statement not in error.message:
            lines = error.statement.splitlines()
            shown = lines[:SHOWN_STATEMENT_LINES] + (["…"] if len(lines) > SHOWN_STATEMENT_LINES else [])
            for line in shown:
                self._err.print(Text(f"    {line}", "dim"))
        if error.hint:
            self._err.print(Text.assemble(("hint: ", "cyan"), error.hint))

    def failure(self, text: str) -> None:
        """Tell of an error that is not one of ours."""
        self.quiet()
        self._err.print(Text.assemble(("error: ", "bold red"), text))

    @staticmethod
    def _console(stream: TextIO) -> Console:
        console = Console(file=stream, highlight=False, soft_wrap=True)
        if not console.is_terminal:
            console.width = WIDE
        return console

    def _table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> Table:
        table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in columns:
            table.add_column(name, overflow="fold")
        for row in rows:
            table.add_row(*(cell(value) for value in row))
        return table


def cell(value: object) -> Text:
    """Return a value as a table shows it; states are coloured."""
    text = str(plain(value))
    style = "green" if text in GOOD else "red" if text in BAD else ""
    return Text(text, style)


def plain(value: object) -> object:
    """Return a value as text formats show it: nothing for None, JSON for what has parts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return value
