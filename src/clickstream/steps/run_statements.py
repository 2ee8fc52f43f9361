"""Runs statements one by one, each after the one before it has taken effect.

Every statement is a request of its own with the command sequence number of the one before, so the server
runs them in order and an error belongs to one place in one file. What exists already is left as it is: a
second run changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from clickstream.clients.ksqldb import Entity, warnings_of
from clickstream.core.errors import ClickstreamError
from clickstream.steps.context import StepContext
from clickstream.steps.point_out import point_out
from clickstream.steps.script import Statement, Target, read_script
from clickstream.steps.session import Session

__all__ = ["Ran", "read_statements", "run_statements"]

Outcome = Literal["done", "exists", "dry run"]


@dataclass(frozen=True)
class Ran:
    """What came of one statement."""

    statement: Statement
    outcome: Outcome
    message: str = ""
    entities: Sequence[Entity] = ()


def read_statements(context: StepContext, files: Iterable[str] = ()) -> list[Statement]:
    """Return the statements of the files, of the pipeline's own if none are named.

    Raises: SettingsError if a file cannot be read; SqlSyntaxError if it cannot be cut into statements.
    """
    names = list(files) or list(context.pipeline.statements)
    found: list[Statement] = []
    for name in names:
        path = context.assets.find(name)
        found += read_script(path, context.assets.shown(path))
    return found


def run_statements(
    context: StepContext,
    statements: Sequence[Statement],
    *,
    variables: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> list[Ran]:
    """Run the statements and return what came of each; stop at the first that is refused.

    Raises: SqlError and others, the message beginning with file and line.
    """
    present, session = Present(context), Session(variables=dict(variables or {}))
    results: list[Ran] = []
    sequence: int | None = None
    for number, statement in enumerate(statements, 1):
        context.progress.waiting(f"statement {number} of {len(statements)}: {statement.title()}")
        ran = run_one(context, statement, session, present, sequence, dry_run=dry_run)
        sequence = max(
            (int(e["commandSequenceNumber"]) for e in ran.entities if reached(e)), default=sequence
        )
        results.append(ran)
    return results


def run_one(
    context: StepContext,
    statement: Statement,
    session: Session,
    present: "Present",
    sequence: int | None,
    *,
    dry_run: bool,
) -> Ran:
    """Run one statement, unless what it makes is there or nothing is to be run."""
    changed = session.take(statement.bare)
    if changed is not None:
        return Ran(statement, "done", changed)
    target = statement.makes()
    try:
        if target is not None and target in present:
            return Ran(statement, "exists", f"{target.name} exists")
        if dry_run:
            return Ran(statement, "dry run", statement.title())
        entities = context.ksqldb.execute(
            statement.text, properties=session.properties, variables=session.variables, after=sequence
        )
    except ClickstreamError as error:
        raise point_out(error, statement, context.ksqldb.source_names) from error
    for warning in warnings_of(entities):
        context.progress.warn(f"{statement.where}: {warning}")
    return Ran(statement, "done", message_of(entities), entities)


class Present:
    """What exists on the server, asked for when it is first of interest."""

    def __init__(self, context: StepContext) -> None:
        self._context = context

    def __contains__(self, target: Target) -> bool:
        if target.kind == "CONNECTOR":
            return target.name in self._connectors
        if target.kind == "SOURCE":
            return target.name in self._sources
        return target.name in self._types

    @cached_property
    def _sources(self) -> set[str]:
        return self._context.ksqldb.source_names()

    @cached_property
    def _connectors(self) -> set[str]:
        return set(self._context.connect.names())

    @cached_property
    def _types(self) -> set[str]:
        return {
            name for entity in self._context.ksqldb.execute("LIST TYPES;") for name in entity.get("types", {})
        }


def reached(entity: Entity) -> bool:
    """Return whether the entity tells a command sequence number; -1 stands for none."""
    number = entity.get("commandSequenceNumber")
    return isinstance(number, int) and number >= 0


def message_of(entities: Sequence[Entity]) -> str:
    """Return the server's words for what it did."""
    words: list[str] = []
    for entity in entities:
        if status := entity.get("commandStatus"):
            words.append(str(status["message"]))
        elif info := entity.get("info"):
            words.append(f"Created connector {info['name']}")
        elif "connectorName" in entity:
            words.append(f"Dropped connector {entity['connectorName']}")
        elif "message" in entity:
            words.append(str(entity["message"]))
    return "; ".join(words)
