"""The command that runs SQL tests; it needs no server."""

from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.app import app
from clickstream.cli.command import LOOK, Run, command

__all__ = ["run_sql_tests"]


@command(app, "test", example="clickstream test tests/sql --junit report.xml", prints=True, panel=LOOK)
def run_sql_tests(
    run: Run,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders with SQL tests.")],
    only: Annotated[
        str, typer.Option("--only", help="Only tests with this in their name.", show_default=False)
    ] = "",
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Write a JUnit report to this file.", show_default=False)
    ] = None,
) -> None:
    """Run SQL tests without a server; the exit code is 0 if all pass, 1 if not, 2 for wrong usage."""
    # Imported here: it brings the engine along, and every command would begin three times as slowly.
    from clickstream.cli.sql_tests import run_and_show

    if not run_and_show(run.output, paths, only, junit):
        raise typer.Exit(1)
