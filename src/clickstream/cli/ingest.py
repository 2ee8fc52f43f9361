"""The command that reads access logs into the pipeline."""

from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.app import app
from clickstream.cli.command import LOAD, Run, command
from clickstream.steps.ingest_log import Ingested, LogFormat, ingest_log
from clickstream.steps.time_range import data_range
from clickstream.steps.wait_ready import wait_ready

__all__ = ["ingest"]

COLUMNS = ["file", "lines", "records", "bad lines", "visitors", "connector"]


@command(app, example="clickstream ingest /var/log/nginx/access.log --follow", prints=True, panel=LOAD)
def ingest(
    run: Run,
    files: Annotated[list[Path], typer.Argument(help="Access logs, in whatever order.", metavar="FILE…")],
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on reading the newest file as it grows.")
    ] = False,
    log_format: Annotated[LogFormat, typer.Option("--format", help="Format of the lines.")] = "auto",
    mixed: Annotated[bool, typer.Option("--mixed", help="Read even where generated clicks are.")] = False,
) -> None:
    """Read access logs into the pipeline; every line is counted, bad ones are kept."""
    if run.backend.name == "embedded":
        run.backend.start()
        wait_ready(run.context)
    done = list(ingest_log(run.context, files, log_format=log_format, follow=follow, mixed=mixed))
    run.output.rows(COLUMNS, [row(one) for one in done])
    for one in done:
        show_bad_lines(run, one)
    show_dashboard(run)
    if follow:
        name = done[-1].connector
        run.output.note(f"the server goes on reading; `clickstream connectors delete {name}` ends that")


def row(one: Ingested) -> list[object]:
    """Return what came of a file as a table shows it."""
    return [one.path, one.lines, one.records, one.bad_lines, one.visitors, one.connector]


def show_bad_lines(run: Run, one: Ingested) -> None:
    """Tell which lines are bad, why, and where all of them are kept."""
    if not one.bad_lines:
        return
    run.output.warn(f"{counted(one.bad_lines)} of {one.path}, kept in {one.kept_in}")
    for line in one.bad:
        run.output.note(f"  {one.path}:{line.number}: {line.reason}: {line.text[:100]}")


def counted(bad_lines: int) -> str:
    """Return the number of bad lines in words."""
    return "1 bad line" if bad_lines == 1 else f"{bad_lines} bad lines"


def show_dashboard(run: Run) -> None:
    """Tell the dashboards' URLs, over the time that the data is of."""
    covered = data_range(run.context)
    for path, since, until in covered:
        run.output.note(f"dashboard: {run.context.endpoints.grafana}{path}?from={since}&to={until}")
