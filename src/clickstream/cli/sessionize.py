"""The command that makes sessions visible."""

from typing import Annotated

import typer

from clickstream.cli.app import app
from clickstream.cli.command import LOAD, Run, command
from clickstream.steps.sessionize import SessionPlan, sessionize

__all__ = ["run_sessionize"]

PLAN = SessionPlan()


@command(
    app, "sessionize", example="clickstream sessionize --warm-up 5 --pause 35 --run 20 --cycles 2", panel=LOAD
)
def run_sessionize(
    run: Run,
    warm_up: Annotated[
        float, typer.Option("--warm-up", help="Seconds to let data run first.", min=0)
    ] = PLAN.warm_up_s,
    pause: Annotated[
        float,
        typer.Option("--pause", help="Seconds of each pause; longer than the session gap of 30.", min=0),
    ] = PLAN.pause_s,
    run_time: Annotated[float, typer.Option("--run", help="Seconds between pauses.", min=0)] = PLAN.run_s,
    cycles: Annotated[int, typer.Option("--cycles", help="How many pauses.", min=1)] = PLAN.cycles,
    connector: Annotated[str, typer.Option("--connector", help="The connector to pause.")] = PLAN.connector,
) -> None:
    """Pause the clicks again and again, so that sessions end and new ones begin."""
    plan = SessionPlan(connector, warm_up, pause, run_time, cycles)
    done = sessionize(run.context, plan, run.guard)
    run.output.say(f"{done.connector} was paused {done.cycles} times and runs again")
