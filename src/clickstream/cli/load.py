"""Commands that load parts of the pipeline, and take them away: load-ksql, drop, template, dashboards."""

from collections.abc import Sequence
from typing import Annotated

import typer

from clickstream.cli.app import app, dashboards_app, template_app
from clickstream.cli.command import LOAD, Run, command
from clickstream.core.errors import SettingsError
from clickstream.steps.drop_schema import drop_schema
from clickstream.steps.load_dashboard import load_dashboard
from clickstream.steps.put_index_template import put_index_template
from clickstream.steps.run_statements import Ran, read_statements, run_statements

__all__ = ["show_ran"]


@command(
    app, "load-ksql", example="clickstream load-ksql ksql/statements.sql --dry-run", prints=True, panel=LOAD
)
def load_ksql(
    run: Run,
    files: Annotated[
        list[str] | None,
        typer.Argument(help="SQL files; the pipeline's own if left out.", show_default=False),
    ] = None,
    var: Annotated[
        list[str] | None,
        typer.Option("--var", help="NAME=VALUE for ${NAME} in the files.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would run.")] = False,
) -> None:
    """Run SQL files, statement by statement; what exists already is skipped."""
    statements = read_statements(run.context, files or ())
    ran = run_statements(run.context, statements, variables=variables(var or ()), dry_run=dry_run)
    show_ran(run, ran)


def variables(given: Sequence[str]) -> dict[str, str]:
    """Return the variables of NAME=VALUE options. Raises: SettingsError."""
    for item in given:
        name, equals, _ = item.partition("=")
        if not equals or not name.isidentifier():
            raise SettingsError(f"--var {item} is not NAME=VALUE", hint="for example `--var size=30`")
    return dict(item.split("=", 1) for item in given)


def show_ran(run: Run, ran: Sequence[Ran]) -> None:
    """Print what came of each statement."""
    rows = [[one.statement.where, one.outcome, one.message or one.statement.title(60)] for one in ran]
    run.output.rows(["where", "outcome", "message"], rows)


@command(app, example="clickstream drop --dry-run", prints=True, panel=LOAD)
def drop(
    run: Run,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be dropped.")] = False,
) -> None:
    """Drop the pipeline's tables and streams, last made first; topics and documents stay."""
    show_ran(run, drop_schema(run.context, dry_run=dry_run))


@command(template_app, "put", example="clickstream template put", prints=True)
def put_template(run: Run) -> None:
    """Put the index templates, and the pipelines that give each row one document."""
    put = put_index_template(run.context)
    run.output.rows(
        ["index", "template and pipeline", "document id", "outcome"],
        [[one.index, one.name, one.document_id, one.outcome] for one in put],
    )


@command(dashboards_app, "load", example="clickstream dashboards load", prints=True)
def load_dashboards(run: Run) -> None:
    """Load datasources and dashboards."""
    loaded = load_dashboard(run.context)
    run.output.rows(
        ["kind", "uid", "title", "outcome", "URL"],
        [[one.kind, one.uid, one.title, one.outcome, one.url] for one in loaded],
    )
