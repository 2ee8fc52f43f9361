"""The rules of which layer may import which hold; `pyproject.toml` states them."""

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import clickstream

PACKAGE = Path(clickstream.__file__).parent
LAYERS = {
    "cli",
    "steps",
    "backends",
    "clients",
    "server",
    "node",
    "connectors",
    "engine",
    "sql",
    "storage",
    "core",
}


def test_the_import_contracts_are_kept() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = lint_imports(config_filename=str(PACKAGE.parents[1] / "pyproject.toml"), no_cache=True)
    assert code == 0, said.getvalue()


def test_every_package_is_in_a_layer() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages == LAYERS


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "common"])
def test_no_module_is_called_by_what_it_is_not(word: str) -> None:
    assert [path for path in PACKAGE.rglob("*.py") if word in path.stem] == []


def test_packages_hold_no_code_but_exports() -> None:
    long = {path: path.read_text().count("\n") for path in PACKAGE.rglob("__init__.py")}
    assert {path: count for path, count in long.items() if count > 40} == {}


def test_a_command_starts_without_loading_the_server() -> None:
    program = "import sys, clickstream.cli.main; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = (
        "clickstream.node",
        "clickstream.engine",
        "clickstream.server",
        "clickstream.sql",
        "numpy",
        "prompt_toolkit",
    )
    assert [name for name in loaded if name.startswith(heavy)] == []
