"""The built wheel, alone in an empty folder: it carries everything that it needs."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickstream.core.paths import ASSET_NAMES
from tests.helpers.generated_docs import ROOT
from tests.integration.conftest import CommandLine, command_line

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel was installed to; its dependencies are those of the tests."""
    built, target = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--quiet",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    return target


@pytest.fixture
def cli(tmp_path: Path, installed: Path) -> Iterator[CommandLine]:
    """The installed command in an empty folder."""
    with command_line(tmp_path) as line:
        line.environment["PYTHONPATH"] = str(installed)
        yield line


@pytest.mark.parametrize("name", ASSET_NAMES)
def test_the_wheel_carries_every_asset(installed: Path, name: str) -> None:
    assert (installed / "clickstream/assets" / name).exists()


def test_it_works_from_any_folder(cli: CommandLine, installed: Path) -> None:
    cli.ok("up", "--no-load")
    cli.ok("status")
    found = {row["check"]: row["found"] for row in cli.ok("doctor", "-o", "json").json}
    assert str(installed / "clickstream/assets") in found["assets"]
    assert "9 created" in cli.ok("up").err
