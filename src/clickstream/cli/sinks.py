"""Commands about the sinks that carry tables to Elasticsearch: create, list, delete."""

from collections.abc import Sequence
from typing import Annotated

import typer

from clickstream.cli.app import sinks_app
from clickstream.cli.command import Run, command
from clickstream.steps.create_sinks import SinkChange, create_sinks, delete_sinks, list_sinks

__all__ = ["show_changes"]

TABLES = Annotated[
    list[str] | None,
    typer.Argument(help="Tables; all of the pipeline if left out.", metavar="[TABLE…]", show_default=False),
]


@command(sinks_app, "create", example="clickstream sinks create EVENTS_PER_MIN", prints=True)
def create(run: Run, tables: TABLES = None) -> None:
    """Create the sinks of tables, or bring them to the pipeline's settings."""
    show_changes(run, create_sinks(run.context, tuple(tables or ())))


def show_changes(run: Run, changes: Sequence[SinkChange]) -> None:
    """Print what was done about each sink."""
    rows = [[one.table, one.connector, one.index, one.outcome] for one in changes]
    run.output.rows(["table", "connector", "index", "outcome"], rows)


@command(sinks_app, "list", example="clickstream sinks list", prints=True)
def list_all(run: Run) -> None:
    """List the pipeline's sinks with their states."""
    rows = [[one.table, one.connector, one.index, one.state, one.tasks] for one in list_sinks(run.context)]
    run.output.rows(["table", "connector", "index", "state", "tasks"], rows)


@command(sinks_app, "delete", example="clickstream sinks delete EVENTS_PER_MIN", prints=True)
def delete(run: Run, tables: TABLES = None) -> None:
    """Delete the sinks of tables; the documents stay."""
    show_changes(run, delete_sinks(run.context, tuple(tables or ())))
