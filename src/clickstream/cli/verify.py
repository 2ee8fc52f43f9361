"""The command that proves every table's way to its panels."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from clickstream.cli.app import app
from clickstream.cli.command import LOOK, Run, command
from clickstream.steps.verify import TableProof, verify

__all__ = ["run_verify"]

COLUMNS = [
    "table",
    "records",
    "sink",
    "documents",
    "newest",
    "datasource",
    "panels",
    "in range",
    "ok",
    "problem",
]


@command(app, "verify", example="clickstream verify", prints=True, panel=LOOK)
def run_verify(
    run: Run,
    tables: Annotated[
        list[str] | None, typer.Argument(help="Tables; all of the pipeline if left out.", show_default=False)
    ] = None,
    any_time: Annotated[
        bool, typer.Option("--any-time", help="Accept data older than the dashboard's time range.")
    ] = False,
) -> None:
    """Prove for each table: topic, sink, index, datasource, panel; the exit code is 0 if all hold."""
    proofs = verify(run.context, tuple(tables or ()), any_time=any_time)
    run.output.rows(COLUMNS, [row(proof) for proof in proofs])
    if not all(proof.ok for proof in proofs):
        raise typer.Exit(1)


def row(proof: TableProof) -> list[object]:
    """Return a proof as a table shows it."""
    return [
        proof.table,
        proof.records,
        proof.sink,
        proof.documents,
        moment(proof.newest_ms),
        proof.datasource,
        proof.panels,
        proof.shown,
        proof.ok,
        proof.problem,
    ]


def moment(ms: int | None) -> str:
    """Return epoch milliseconds as a time in UTC."""
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
