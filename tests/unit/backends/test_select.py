from pathlib import Path

import pytest

from clickstream.backends.select import choose_backend
from clickstream.core.paths import Assets
from clickstream.core.settings import Settings
from clickstream.core.waiting import Waiter


@pytest.mark.parametrize("name", ["embedded", "compose", "remote"])
def test_what_is_asked_for_is_taken(project: Path, name: str) -> None:
    choice = choose_backend(Settings.read(backend=name), Assets.of(project), Waiter())
    assert choice.backend.name == name
    assert choice.reason == f"{name}, as asked for"


def test_auto_is_embedded_and_says_how_to_choose_another(project: Path) -> None:
    choice = choose_backend(Settings.read(), Assets.of(project), Waiter())
    assert choice.backend.name == "embedded"
    assert "--backend" in choice.reason
    assert "CLICKSTREAM_BACKEND" in choice.reason


def test_a_file_chooses_for_its_folder(project: Path) -> None:
    (project / "clickstream.yaml").write_text("backend: compose\n")
    assert choose_backend(Settings.read(), Assets.of(project), Waiter()).backend.name == "compose"
