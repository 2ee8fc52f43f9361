"""Commands about connectors: list, create, status, pause, resume, restart, delete."""

from collections.abc import Sequence
from typing import Annotated

import typer

from clickstream.cli.app import connectors_app
from clickstream.cli.command import Run, command
from clickstream.cli.load import show_ran
from clickstream.clients.connect import ConnectorStatus
from clickstream.steps.create_connectors import create_connectors
from clickstream.steps.find_connector import find_connector

__all__ = ["show_statuses"]

NAMES = Annotated[list[str], typer.Argument(help="Names of connectors.", metavar="NAME…")]


@command(connectors_app, "list", example="clickstream connectors list -o json", prints=True)
def list_connectors(run: Run) -> None:
    """List all connectors with their states."""
    show_statuses(run, run.context.connect.statuses())


def show_statuses(run: Run, statuses: Sequence[ConnectorStatus]) -> None:
    """Print the states of connectors, and why their tasks failed."""
    rows = [
        [one.name, one.kind, one.state, " ".join(task.state for task in one.tasks), reason(one)]
        for one in statuses
    ]
    run.output.rows(["connector", "type", "state", "tasks", "reason"], rows)


def reason(status: ConnectorStatus) -> str:
    """Return the first line of why a task failed; empty if none did."""
    return next(iter(status.failed.trace.splitlines()), "") if status.failed else ""


@command(connectors_app, "create", example="clickstream connectors create ksql/connectors.sql", prints=True)
def create(
    run: Run,
    files: Annotated[
        list[str] | None,
        typer.Argument(help="SQL files; the pipeline's own if left out.", show_default=False),
    ] = None,
) -> None:
    """Create the connectors of SQL files; those that exist are skipped."""
    show_ran(run, create_connectors(run.context, files or ()))


@command(connectors_app, "status", example="clickstream connectors status DATAGEN_CLICKSTREAM", prints=True)
def status(run: Run, names: NAMES) -> None:
    """Show the state of connectors and their tasks."""
    connect = run.context.connect
    show_statuses(run, [connect.status(find_connector(run.context, name)) for name in names])


@command(connectors_app, "pause", example="clickstream connectors pause DATAGEN_CLICKSTREAM")
def pause(run: Run, names: NAMES) -> None:
    """Pause connectors; their tasks stay and do nothing."""
    for name in names:
        run.context.connect.pause(find_connector(run.context, name))
        run.output.say(f"{name}: asked to pause")


@command(connectors_app, "resume", example="clickstream connectors resume DATAGEN_CLICKSTREAM")
def resume(run: Run, names: NAMES) -> None:
    """Let paused connectors go on."""
    for name in names:
        run.context.connect.resume(find_connector(run.context, name))
        run.output.say(f"{name}: asked to resume")


@command(connectors_app, "restart", example="clickstream connectors restart DATAGEN_CLICKSTREAM")
def restart(run: Run, names: NAMES) -> None:
    """Restart connectors and their tasks, failed ones too."""
    for name in names:
        run.context.connect.restart(find_connector(run.context, name))
        run.output.say(f"{name}: restarted")


@command(connectors_app, "delete", example="clickstream connectors delete DATAGEN_CLICKSTREAM")
def delete(run: Run, names: NAMES) -> None:
    """Delete connectors; topics and documents stay."""
    for name in names:
        run.context.connect.delete(find_connector(run.context, name))
        run.output.say(f"{name}: deleted")
