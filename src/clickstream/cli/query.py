"""Commands that read: print a topic, run a query, the prompt."""

from typing import Annotated

import typer

from clickstream.cli.app import app
from clickstream.cli.command import LOOK, Run, command
from clickstream.cli.load import variables
from clickstream.cli.prompt import run_prompt
from clickstream.clients.ksqldb import KsqlDbClient
from clickstream.core.errors import ClickstreamError
from clickstream.steps.point_out import point_out
from clickstream.steps.script import Statement

__all__ = ["run_query"]


@command(app, "print", example="clickstream print clickstream --limit 3 --from-beginning", panel=LOOK)
def print_topic(
    run: Run,
    topic: Annotated[str, typer.Argument(help="The topic's name.")],
    limit: Annotated[int | None, typer.Option("--limit", help="Stop after so many records.", min=1)] = None,
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="Begin with the oldest record, not the next.")
    ] = False,
) -> None:
    """Print a topic's records as they come."""
    with run.context.ksqldb.print_topic(topic, from_beginning=from_beginning, limit=limit) as lines:
        for line in lines:
            run.output.line(line)


@command(
    app, "query", example='clickstream query "SELECT * FROM events_per_min EMIT CHANGES LIMIT 5"', prints=True
)
def run_query(
    run: Run,
    sql: Annotated[str, typer.Argument(help="A SELECT; with EMIT CHANGES it goes on until it is stopped.")],
    var: Annotated[
        list[str] | None,
        typer.Option("--var", help="NAME=VALUE for ${NAME} in the query.", show_default=False),
    ] = None,
    from_now: Annotated[
        bool, typer.Option("--from-now", help="Leave out what happened before; else begin with the oldest.")
    ] = False,
) -> None:
    """Run a push or a pull query and print its rows as they come."""
    reset = {"auto.offset.reset": "latest" if from_now else "earliest"}
    show_query(run, run.context.ksqldb, sql, reset, variables(var or ()))


def show_query(
    run: Run, ksqldb: KsqlDbClient, sql: str, properties: dict[str, str], names: dict[str, str]
) -> int:
    """Print the rows of a query and return their number."""
    text = sql.strip().rstrip(";") + ";"
    try:
        with ksqldb.query(text, properties=properties, variables=names) as answer:
            return run.output.stream(answer.names, answer.rows, answer.types)
    except ClickstreamError as error:
        raise point_out(error, Statement(text, "query", 1), ksqldb.source_names) from error


@command(app, "ksql", example="clickstream ksql", panel=LOOK)
def ksql(
    run: Run,
    execute: Annotated[
        list[str] | None,
        typer.Option("--execute", "-e", help="Run this and leave; may be given again.", show_default=False),
    ] = None,
) -> None:
    """Open a prompt for statements and queries; statements may come from a pipe too."""
    run_prompt(run, execute or ())
