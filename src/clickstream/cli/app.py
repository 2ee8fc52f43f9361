"""The root of the command line. Commands are in one file a noun; this names their groups."""

from typing import Annotated

import typer

from clickstream.version import __version__

__all__ = ["app", "connectors_app", "dashboards_app", "sinks_app", "template_app"]

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    name="clickstream",
    help="Live analytics for click streams: ksqlDB pipelines on a laptop or a cluster.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings=HELP_OPTIONS,
    epilog="Begin with: clickstream up",
)
connectors_app = typer.Typer(help="Source connectors: where the data comes from.", no_args_is_help=True)
sinks_app = typer.Typer(help="Sink connectors: tables to Elasticsearch.", no_args_is_help=True)
template_app = typer.Typer(help="Index templates: one document a row.", no_args_is_help=True)
dashboards_app = typer.Typer(help="Datasources and dashboards.", no_args_is_help=True)

GROUPS = {
    "connectors": connectors_app,
    "sinks": sinks_app,
    "template": template_app,
    "dashboards": dashboards_app,
}
for group, members in GROUPS.items():
    app.add_typer(members, name=group, rich_help_panel="Part by part", context_settings=HELP_OPTIONS)


def show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        typer.echo(f"clickstream {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Live analytics for click streams: ksqlDB pipelines on a laptop or a cluster."""
