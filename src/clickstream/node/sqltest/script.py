"""Runs the statements of SQL files in order, and of the files that they run."""

from collections.abc import Callable
from pathlib import Path

from clickstream.core.errors import SqlError, SqlSyntaxError
from clickstream.node.sqltest.results import Place
from clickstream.sql import nodes as n
from clickstream.sql.parser import parse_tests

__all__ = ["Script", "read_text"]

_DEEPEST = 10
"""How deep scripts may run scripts."""


class Script:
    """Hands each statement to `run`. `place` is where the statement in hand stands, also when it fails."""

    def __init__(self, run: Callable[[n.Statement], None]) -> None:
        self._run = run
        self._depth = 0
        self.place = Place("", 1)

    def run(self, text: str, path: Path, shown: str) -> None:
        """Run a script; `path` is where RUN SCRIPT looks for others, `shown` how messages call it.

        Raises: SqlSyntaxError before any statement of the script was run; what `run` raises.
        """
        try:
            parsed = parse_tests(text)
        except SqlSyntaxError as error:
            self.place = Place(shown, error.line)
            raise
        for one in parsed:
            self.place = Place(shown, one.at.line)
            if isinstance(one.statement, n.RunScript):
                self._include(one.statement.path, path, shown)
            else:
                self._run(one.statement)

    def _include(self, name: str, path: Path, shown: str) -> None:
        called = str(Path(shown).parent / name)
        if self._depth >= _DEEPEST:
            raise SqlError(f"{called}: scripts run scripts more than {_DEEPEST} deep")
        text = read_text(path.parent / name, called)
        self._depth += 1
        self.run(text, path.parent / name, called)
        self._depth -= 1


def read_text(path: Path, shown: str) -> str:
    """Return a file's text.

    Raises: SqlError if it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SqlError(f"{shown} cannot be read: {why}") from error
