"""How a function becomes a command: the options that all commands share, and what they are made into.

A command is a function of a `Run` and its own options. `command` adds the shared options to its signature,
makes the Run of them, and takes the progress line away in the end.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from clickstream.backends.base import Backend
from clickstream.backends.select import Choice, choose_backend
from clickstream.cli.output import Format, Output
from clickstream.core.paths import Assets
from clickstream.core.settings import BackendChoice, Settings
from clickstream.core.waiting import Waiter
from clickstream.steps.context import StepContext
from clickstream.steps.pipeline import Pipeline, read_pipeline
from clickstream.steps.resume_guard import resume_guard
from clickstream.steps.sessionize import Guard

__all__ = ["LOAD", "LOOK", "START", "Run", "command"]

START, LOAD, LOOK = "Start and stop", "Load", "Look inside"
"""Headings of the help."""

P = ParamSpec("P")
STACK = "Which stack"


@dataclass
class Run:
    """One run of a command: its settings and what is made of them when it is first needed."""

    settings: Settings
    assets: Assets
    output: Output
    demo_credentials: bool = False
    guard: Guard | None = resume_guard

    @cached_property
    def waiter(self) -> Waiter:
        """Waits as long as the settings say, and shows it."""
        return Waiter(self.settings.timeout_s, progress=self.output)

    @cached_property
    def choice(self) -> Choice:
        """The backend, and why it is this one."""
        return choose_backend(self.settings, self.assets, self.waiter, demo_credentials=self.demo_credentials)

    @property
    def backend(self) -> Backend:
        """The backend."""
        return self.choice.backend

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline that the project folder describes."""
        return read_pipeline(self.assets)

    @cached_property
    def context(self) -> StepContext:
        """What steps are given."""
        return StepContext.at(self.backend.endpoints(), self.pipeline, self.assets, self.waiter)

    def close(self) -> None:
        """Leave the terminal as it should be, and no connection open."""
        self.output.quiet()
        if "context" in self.__dict__:
            self.context.close()


SHARED = {
    "data_dir": Annotated[
        Path | None,
        typer.Option("--data-dir", help="Folder of the embedded server's data.", rich_help_panel=STACK),
    ],
    "port_offset": Annotated[
        int | None, typer.Option("--port-offset", help="Number added to every port.", rich_help_panel=STACK)
    ],
    "backend": Annotated[
        BackendChoice | None,
        typer.Option("--backend", help="Where the services run; auto is embedded.", rich_help_panel=STACK),
    ],
    "timeout_s": Annotated[
        float | None,
        typer.Option("--timeout", help="Deadline of each wait, in seconds.", rich_help_panel=STACK),
    ],
    "debug": Annotated[
        bool | None,
        typer.Option("--debug", help="Show where an error comes from.", rich_help_panel=STACK),
    ],
}
"""The options that every command takes, by the setting they are."""

FORMAT = Annotated[Format, typer.Option("--output", "-o", help="How to print the data.")]


def command(
    app: typer.Typer, name: str | None = None, *, example: str, prints: bool = False, panel: str | None = None
) -> Callable[[Callable[Concatenate[Run, P], None]], Callable[Concatenate[Run, P], None]]:
    """Return a decorator that adds a function to `app`.

    `prints` gives it `-o table|json|csv`; `panel` is the heading of the help that it stands under.
    """

    def register(function: Callable[Concatenate[Run, P], None]) -> Callable[Concatenate[Run, P], None]:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        extra = [parameter("shared_form", FORMAT, Format.TABLE)] if prints else []
        extra += [parameter(option, annotation, None) for option, annotation in SHARED.items()]

        @functools.wraps(function)
        def invoke(*, ctx: typer.Context, **given: Any) -> None:
            options = {option: given.pop(option) for option in SHARED}
            run = make_run(ctx.obj, given.pop("shared_form", Format.TABLE), options)
            try:
                function(run, **given)  # type: ignore[call-arg]
            finally:
                run.close()

        keyword = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
        whole = [parameter("ctx", typer.Context, inspect.Parameter.empty), *keyword, *extra]
        invoke.__signature__ = inspect.Signature(whole)  # type: ignore[attr-defined]
        invoke.__annotations__ = {one.name: one.annotation for one in whole}
        app.command(name, epilog=f"Example: {example}", rich_help_panel=panel)(invoke)
        return function

    return register


def make_run(factory: object, form: Format, options: dict[str, Any]) -> Run:
    """Return the run for these options; tests give a `factory` in the place of the real one."""
    settings = Settings.read(**options)
    if callable(factory):
        made: Run = factory(settings, form)
        return made
    return Run(settings, Assets.of(Path.cwd()), Output(form))


def parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    """Return a keyword parameter."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
