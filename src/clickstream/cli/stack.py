"""Commands about the stack as a whole: up, status, down, logs, doctor, init."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clickstream.backends.base import SERVICES
from clickstream.cli.app import app
from clickstream.cli.command import START, Run, command
from clickstream.core.errors import BackendError
from clickstream.steps.bring_up import StepDone, load_pipeline
from clickstream.steps.check_status import Status, check_status
from clickstream.steps.doctor import examine
from clickstream.steps.load_dashboard import dashboard_paths
from clickstream.steps.wait_ready import wait_ready
from clickstream.steps.write_project import write_project

__all__ = ["up"]

PROGRAM = "clickstream"

TITLES = {
    "ksqldb": "ksqlDB",
    "connect": "Kafka Connect",
    "elasticsearch": "Elasticsearch",
    "grafana": "Dashboards",
}

NEXT = (
    ("verify", "prove that every table reaches its panels"),
    ('query "SELECT * FROM events_per_min EMIT CHANGES"', "watch a table change"),
    ("sessionize", "pause the clicks again and again, to see sessions"),
    ("ksql", "a prompt for statements and queries"),
    ("down", "stop; `--purge` deletes the data too"),
)


@command(app, example="clickstream up --port-offset 1000", panel=START)
def up(
    run: Run,
    load: Annotated[bool, typer.Option("--load/--no-load", help="Load the pipeline, or only start.")] = True,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Stay, show the log, and stop the services on Ctrl-C.")
    ] = False,
    demo_credentials: Annotated[
        bool, typer.Option("--demo-credentials", help="Ask for the login user/user, not a made-up one.")
    ] = False,
) -> None:
    """Start the services and load the pipeline; what is there already stays as it is."""
    run.demo_credentials = demo_credentials
    run.output.note(f"backend: {run.choice.reason}")
    with stopping_after(run, foreground):
        started = run.backend.start()
        run.output.note(
            f"services: {'already running' if started.was_running else 'started'}, {started.detail}"
        )
        wait_ready(run.context)
        done = load_pipeline(run.context) if load else []
        show_where(run)
        tell_changes(run, done, was_running=started.was_running)
        if foreground:
            show_log(run)


def show_log(run: Run) -> None:
    """Print the log until the user ends it. Raises: BackendError if the services end first."""
    for line in run.backend.logs(follow=True):
        run.output.line(line)
    raise BackendError(
        "the services ended by themselves", hint="the last lines of `clickstream logs` say why"
    )


@contextmanager
def stopping_after(run: Run, foreground: bool) -> Iterator[None]:
    """Stop the services in the end, if they live only as long as this command."""
    try:
        yield
    except KeyboardInterrupt:
        if not foreground:
            raise
    finally:
        if foreground:
            run.output.note(f"stopped: {run.backend.stop().detail}")


def show_where(run: Run) -> None:
    """Print URLs, logins and what to do next."""
    endpoints = run.backend.endpoints()
    login = endpoints.grafana_login
    shown = f"{login.user} / {login.password}" if login else "none needed"
    rows = [[TITLES[service], endpoints.url(service), ""] for service in SERVICES if service != "grafana"]
    rows += [
        [f"dashboard {title}", endpoints.grafana + path, shown]
        for title, path in dashboard_paths(run.context).items()
    ]
    run.output.rows(["service", "URL", "login"], rows)
    place = options_of(run)
    run.output.rows(["next", ""], [[f"{program()} {words}{place}", purpose] for words, purpose in NEXT])


def program() -> str:
    """Return how this program is called from here: by its name if a shell finds it, else by its path."""
    own = os.path.realpath(sys.argv[0])
    found = shutil.which(PROGRAM)
    if Path(own).name != PROGRAM or (found and os.path.realpath(found) == own):
        return PROGRAM
    near = os.path.relpath(own)
    return own if near.startswith("..") else near


def options_of(run: Run) -> str:
    """Return the options that make the next commands find this stack."""
    settings, default = run.settings, type(run.settings).model_fields
    words = "" if settings.backend in ("auto", "embedded") else f" --backend {settings.backend}"
    if settings.data_dir != default["data_dir"].default:
        words += f" --data-dir {settings.data_dir}"
    elif settings.port_offset and settings.backend == "compose":
        words += f" --port-offset {settings.port_offset}"
    return words


def tell_changes(run: Run, done: list[StepDone], *, was_running: bool) -> None:
    """Say so if there was nothing to do."""
    if was_running and not any(step.changed for step in done):
        run.output.note("nothing to change: everything was there already")


class StatusFormat(StrEnum):
    """How `status` prints; `env` are lines that a shell can take over."""

    TABLE = "table"
    JSON = "json"
    ENV = "env"


@command(app, example="clickstream status -o env", panel=START)
def status(
    run: Run,
    form: Annotated[StatusFormat, typer.Option("--output", "-o", help="How to print.")] = StatusFormat.TABLE,
) -> None:
    """Show services, queries and connectors; the exit code is 0 only if all are healthy."""
    found = check_status(run.context)
    if form is StatusFormat.ENV:
        for name, url in run.backend.endpoints().environment().items():
            run.output.line(f"export {name}={url}")
    elif form is StatusFormat.JSON:
        run.output.json(status_object(found))
    else:
        show_status(run, found)
    if not found.healthy:
        raise typer.Exit(1)


def status_object(found: Status) -> dict[str, object]:
    """Return the status as JSON shows it."""
    return {
        "healthy": found.healthy,
        "services": [vars(state) for state in found.services],
        "parts": [vars(part) for part in found.parts],
    }


def show_status(run: Run, found: Status) -> None:
    """Print the status as tables."""
    services = [
        [TITLES[state.service], state.url, "healthy" if state.healthy else "unhealthy", state.detail]
        for state in found.services
    ]
    run.output.rows(["service", "URL", "state", "version or reason"], services)
    if login := run.backend.endpoints().grafana_login:
        run.output.note(f"login of the dashboards: {login.user} / {login.password}")
    if found.parts:
        parts = [[part.kind, part.name, part.state, part.detail] for part in found.parts]
        run.output.rows(["kind", "name", "state", "reason"], parts)
    if not any(state.healthy for state in found.services):
        run.output.note("nothing answers; `clickstream up` starts the services")


@command(app, example="clickstream down --purge", panel=START)
def down(
    run: Run,
    purge: Annotated[bool, typer.Option("--purge", help="Delete topics, tables and documents too.")] = False,
) -> None:
    """Stop the services; their data stays unless it is purged."""
    stopped = run.backend.stop(purge=purge)
    run.output.say(f"{'stopped' if stopped.was_running else 'nothing to stop'}: {stopped.detail}")
    if purge:
        run.output.say("data deleted" if stopped.purged else "there was no data to delete")


@command(app, example="clickstream logs -f connect", panel=START)
def logs(
    run: Run,
    service: Annotated[
        str | None, typer.Argument(help=f"One of {', '.join(SERVICES)}; all if left out.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines are written.")] = False,
) -> None:
    """Print what the services log."""
    for line in run.backend.logs(service, follow=follow):
        run.output.line(line)


@command(app, example="clickstream doctor", prints=True, panel=START)
def doctor(run: Run) -> None:
    """Look for what could keep the pipeline from running on this machine."""
    checks = examine(run.settings, run.assets)
    run.output.rows(
        ["check", "ok", "found", "hint"],
        [[check.name, check.ok, check.detail, "" if check.ok else check.hint] for check in checks],
    )
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(1)


@command(app, example="clickstream init my-pipeline", panel=START)
def init(
    run: Run,
    folder: Annotated[
        Path, typer.Argument(help="Where to write; files that exist stay as they are.")
    ] = Path(),
) -> None:
    """Write the pipeline's files to a folder, to be edited there."""
    written = write_project(run.assets, folder)
    for path in written:
        run.output.say(f"wrote {path}")
    run.output.say(f"{len(written)} files written" if written else "every file was there already")
