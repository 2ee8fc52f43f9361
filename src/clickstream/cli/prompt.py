"""The prompt: statements and queries typed, piped or given as options, run one after another.

A statement goes on over lines until its semicolon. `RUN SCRIPT 'file';`, `HELP`, `EXIT` and what changes
the session (SET, UNSET, DEFINE, UNDEFINE) are the prompt's own; everything else goes to the server.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from clickstream.cli.command import Run
from clickstream.cli.entities import show_entities
from clickstream.core.errors import ClickstreamError, SqlError, SqlSyntaxError
from clickstream.core.paths import DataFolder
from clickstream.steps.point_out import point_out
from clickstream.steps.script import Statement, read_script, split_script
from clickstream.steps.session import Session

__all__ = ["Shell", "run_prompt"]

HELP = """\
Statements end with `;` and may go over lines.
  SHOW STREAMS; SHOW TABLES; SHOW QUERIES; DESCRIBE clickstream; EXPLAIN query;
  SELECT * FROM events_per_min EMIT CHANGES;     goes on until Ctrl-C
  SELECT * FROM events_per_min WHERE k1 = 3;     looks the table up once
  PRINT clickstream FROM BEGINNING LIMIT 3;
  SET 'auto.offset.reset' = 'earliest';          for the queries that follow
  DEFINE name = 'value';                         for ${name} in what follows
  RUN SCRIPT 'file.sql';
  EXIT                                           or Ctrl-D"""

RUN_SCRIPT = re.compile(r"\s*RUN\s+SCRIPT\s+'([^']+)'\s*;\s*$", re.IGNORECASE)
SELECT = re.compile(r"\s*SELECT\b", re.IGNORECASE)
PRINT = re.compile(
    r"\s*PRINT\s+([`'\"]?)(?P<topic>[^`'\"\s;]+)\1(?P<begin>\s+FROM\s+BEGINNING)?(?:\s+(?:INTERVAL|SAMPLE)\s+\d+)?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?\s*;\s*$",
    re.IGNORECASE,
)
WORDS = {"exit": None, "quit": None, "help": HELP}


class Shell:
    """Runs statements with a session that lasts as long as the prompt."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._session = Session(properties={"auto.offset.reset": "earliest"})

    def execute(self, statement: Statement) -> None:
        """Run one statement and print its answer. Raises: what the server says, with its place."""
        try:
            self._execute(statement)
        except SqlError as error:
            raise point_out(error, statement, self._run.context.ksqldb.source_names) from error

    def _execute(self, statement: Statement) -> None:
        text, bare = statement.text, statement.bare
        changed = self._session.take(bare)
        if changed is not None:
            self._run.output.line(changed)
        elif script := RUN_SCRIPT.match(bare):
            self.run_script(script[1])
        elif SELECT.match(bare):
            self._select(text)
        elif printed := PRINT.match(bare):
            self._print(printed)
        else:
            ksqldb = self._run.context.ksqldb
            entities = ksqldb.execute(
                text, properties=self._session.properties, variables=self._session.variables
            )
            show_entities(self._run.output, entities)

    def run_script(self, name: str) -> None:
        """Run the statements of a file; the first that is refused ends it."""
        path = Path(name).expanduser()
        for statement in read_script(path if path.exists() else self._run.assets.find(name), name):
            self._run.output.note(f"{statement.where}: {statement.title()}")
            self.execute(statement)

    def _select(self, text: str) -> None:
        session, output = self._session, self._run.output
        query = self._run.context.ksqldb.query(
            text, properties=session.properties, variables=session.variables
        )
        try:
            with query as answer:
                count = output.stream(answer.names, answer.rows, answer.types)
            output.note(f"{count} rows")
        except KeyboardInterrupt:
            output.note("query ended")

    def _print(self, printed: re.Match[str]) -> None:
        topic = self._run.context.ksqldb.print_topic(
            printed["topic"],
            from_beginning=printed["begin"] is not None,
            limit=int(printed["limit"]) if printed["limit"] else None,
        )
        try:
            with topic as lines:
                for line in lines:
                    self._run.output.line(line)
        except KeyboardInterrupt:
            self._run.output.note("printing ended")


def run_prompt(run: Run, given: Sequence[str]) -> None:
    """Run what is given, else what is piped, else what is typed.

    Raises: what the server says to the first statement it refuses, except to typed ones.
    """
    shell = Shell(run)
    if given:
        run_all(shell, split_script("\n".join(closed(text) for text in given), "--execute"))
    elif not sys.stdin.isatty():
        run_all(shell, split_script(sys.stdin.read(), "<stdin>"))
    else:
        talk(run, shell)


def run_all(shell: Shell, statements: Iterable[Statement]) -> None:
    """Run statements; the first error ends it."""
    for statement in statements:
        shell.execute(statement)


def talk(run: Run, shell: Shell) -> None:
    """Run what is typed until the user leaves; errors are told and the talk goes on."""
    info = run.context.ksqldb.info()
    run.output.line(
        f"ksqlDB {info.version} at {run.context.endpoints.ksqldb}. HELP shows what to type, EXIT leaves."
    )
    for statement in typed(run):
        try:
            shell.execute(statement)
        except ClickstreamError as error:
            run.output.error(error)


def typed(run: Run) -> Iterator[Statement]:
    """Yield statements as they are typed; lines are gathered until a statement ends."""
    # Imported here: every command would begin a tenth of a second later.
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    history = DataFolder(run.settings.data_dir.expanduser().absolute()).history
    history.parent.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession(history=FileHistory(str(history)))
    pending = ""
    while True:
        try:
            line = session.prompt("ksql> " if not pending else "  ... ")
        except KeyboardInterrupt:
            pending = ""
            continue
        except EOFError:
            return
        word = line.strip().rstrip(";").lower()
        if not pending and word in WORDS:
            if WORDS[word] is None:
                return
            run.output.line(HELP)
            continue
        pending += line + "\n"
        whole, pending = finished(pending)
        yield from whole


def finished(text: str) -> tuple[list[Statement], str]:
    """Return the statements that have ended, and the text that has not."""
    if not text.strip():
        return [], ""
    try:
        return split_script(text, "line"), ""
    except SqlSyntaxError:
        return [], text


def closed(text: str) -> str:
    """Return the text with the semicolon that an option need not have."""
    return text if text.rstrip().endswith(";") else f"{text};"
