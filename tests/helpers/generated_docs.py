"""Writes the pages of `docs/` that say what the code says: the commands, the settings, the language.

    scripts/docs [--check]

With `--check` nothing is written; the exit code is 1 if a page is not current.
"""

import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.main import get_command

import clickstream.cli.main
from clickstream.cli.command import SHARED
from clickstream.core.settings import SETTINGS_FILE, Settings
from tests.helpers.ksql_page import ksql_page

ROOT = Path(__file__).resolve().parents[2]
NOTE = "<!-- Written by `scripts/docs`; edit the code instead. -->\n"


def pages() -> dict[str, str]:
    """Return the text of every generated page by its path below `docs/`."""
    return {"cli.md": cli_page(), "settings.md": settings_page(), "ksql.md": NOTE + "\n" + ksql_page()}


def cli_page() -> str:
    """Return the page of commands."""
    lines = [NOTE, "# Commands\n", "Options that every command takes:\n", *option_rows(shared_options())]
    lines += [
        "\nWhere data is printed, `-o table|json|csv` chooses the form; results go to",
        "standard output, progress and errors to standard error. `NO_COLOR` is honoured.\n",
        "Exit codes: 0 done · 1 not healthy, not proven, or unexpected · 2 wrong usage or settings ·",
        "3 backend · 4 service · 5 SQL refused · 6 not found or conflict · 7 damaged data · 130 interrupted.",
    ]
    for path, command in commands(get_command(clickstream.cli.main.app)):
        lines += [f"\n## clickstream {' '.join(path)}\n", str(command.help).strip() + "\n"]
        own = [one for one in command.params if one.name not in SHARED and one.name != "help"]
        lines += option_rows(own)
        lines += ["\n```sh", str(command.epilog).removeprefix("Example: "), "```"]
    return "\n".join(lines) + "\n"


def shared_options() -> list[Any]:
    """Return the options that every command takes."""
    first = next(iter(commands(get_command(clickstream.cli.main.app))))[1]
    return [one for one in first.params if one.name in SHARED]


def commands(group: Any, path: Sequence[str] = ()) -> Iterator[tuple[Sequence[str], Any]]:
    """Yield every command with the words that call it, in the order of the help."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, [*path, name])
        else:
            yield [*path, name], command


def option_rows(parameters: Sequence[Any]) -> list[str]:
    """Return a table of arguments and options; nothing if there are none."""
    if not parameters:
        return []
    rows = ["| option | default | meaning |", "| --- | --- | --- |"]
    return rows + [f"| `{spelled(one)}` | {default(one)} | {cell(one.help or '')} |" for one in parameters]


def spelled(parameter: Any) -> str:
    """Return how an argument or option is typed."""
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper() + ("…" if parameter.nargs == -1 else "")
        return name if parameter.required or name.startswith("[") else f"[{name}]"
    names = [*parameter.opts, *parameter.secondary_opts]
    names = [name for name in names if name.startswith("--")] + [
        name for name in names if not name.startswith("--")
    ]
    return cell(", ".join(names) + ("" if parameter.is_flag else f" {kind(parameter)}"))


def kind(parameter: Any) -> str:
    """Return what an option's value is: its choices, or what sort of value."""
    return value_of(parameter.type_descriptor.annotation)


def value_of(annotation: Any) -> str:
    """Return what stands for a value of a type."""
    if get_origin(annotation) is Literal:
        return "|".join(get_args(annotation))
    if inner := [one for one in get_args(annotation) if one is not type(None)]:
        return value_of(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "|".join(str(one.value) for one in annotation)
    return {int: "N", float: "SECONDS", Path: "PATH"}.get(annotation, "TEXT")


def default(parameter: Any) -> str:
    """Return an argument's or option's default; nothing where there is none or it goes without saying."""
    value = getattr(parameter.default, "value", parameter.default)
    return f"`{value}`" if value not in (None, False, True, ()) and not parameter.required else ""


def cell(text: str) -> str:
    """Return the text as a table's cell can hold it."""
    return text.replace("|", "\\|")


def settings_page() -> str:
    """Return the page of settings."""
    lines = [
        NOTE,
        "# Settings\n",
        "An option of the command beats an environment variable, which beats `"
        + SETTINGS_FILE
        + "` in the working",
        "folder, which beats the default. The same file may hold the [pipeline](pipeline.md).\n",
        "| setting | environment variable | default | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        value = (
            ""
            if field.default is None
            else f"`{str(field.default).lower() if field.default is False else field.default}`"
        )
        lines.append(
            f"| `{name}` | `CLICKSTREAM_{name.upper()}` | {value} | {cell(field.description or '')} |"
        )
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write or check the pages; return the exit code."""
    stale = 0
    for name, text in pages().items():
        path = ROOT / "docs" / name
        if path.exists() and path.read_text() == text:
            continue
        stale += 1
        if "--check" in arguments:
            print(f"docs/{name} is not current: run scripts/docs")
        else:
            path.write_text(text)
            print(f"wrote docs/{name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
