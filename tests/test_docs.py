"""What the documentation says is so: commands, settings, paths and versions."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from clickstream.cli.app import app
from clickstream.core.settings import Settings
from clickstream.version import __version__
from tests.helpers.generated_docs import ROOT, commands, pages

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = list(commands(get_command(app)))
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FOLDERS = (
    "src/", "tests/", "docs/", "scripts/", "ksql/", "grafana/", "elasticsearch/", "docker/", ".ci/",
    "cli/", "steps/", "backends/", "clients/", "server/", "node/",
    "connectors/", "engine/", "sql/", "storage/", "core/",
)  # fmt: skip
FILE = re.compile(r"[\w./-]+\.(?:py|sql|json|ya?ml|md|toml|lark|js|html|css)")


@pytest.mark.parametrize("name", sorted(pages()))
def test_generated_pages_are_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == pages()[name], "run scripts/docs"


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
def test_every_command_has_help_and_an_example_of_itself(path: Sequence[str], command: Any) -> None:
    assert command.help
    assert command.epilog.startswith(f"Example: clickstream {' '.join(path)}")
    assert [option.name for option in command.params if option.name != "help" and not option.help] == []


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def named_paths(text: str) -> set[str]:
    """Return the paths of the project that a document names in code."""
    words = {word for code in CODE.findall(text) for word in code.split()}
    return {
        word.rstrip(".,:;")
        for word in words
        if word.startswith(FOLDERS) and FILE.fullmatch(word.rstrip(".,:;"))
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_named_in_documents_exist(document: Path) -> None:
    roots = (ROOT, ROOT / "src/clickstream", document.parent)
    missing = [
        path
        for path in named_paths(document.read_text())
        if not any((root / path).exists() for root in roots)
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text()) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_documents_exist(document: Path) -> None:
    known = {" ".join(path) for path, _ in COMMANDS} | {path[0] for path, _ in COMMANDS}
    found = re.findall(r"(?:^|[`\s/])clickstream ((?:[a-z-]+ ?)+)", "\n".join(code_of(document.read_text())))
    wrong = [words for words in found if words.split()[0] not in known]
    assert wrong == []


def code_of(text: str) -> list[str]:
    """Return the code of a document: what stands in fences and between back-ticks."""
    return re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL) + CODE.findall(text)


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] in (__version__, "Unreleased")
    assert __version__ in headings
