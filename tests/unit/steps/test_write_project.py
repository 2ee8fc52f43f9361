from pathlib import Path

import pytest

from clickstream.core.errors import SettingsError
from clickstream.core.paths import ASSET_NAMES, Assets
from clickstream.steps.write_project import write_project


def test_every_asset_is_written_once_and_edits_stay(project: Path) -> None:
    assets, folder = Assets.of(project), project / "mine"
    assert write_project(assets, folder)
    assert {path.name for path in folder.iterdir()} == set(ASSET_NAMES)
    (folder / "ksql/drop.sql").write_text("edited")
    assert write_project(assets, folder) == []
    assert (folder / "ksql/drop.sql").read_text() == "edited"


def test_a_folder_that_cannot_be_is_named(project: Path) -> None:
    (project / "file").write_text("")
    with pytest.raises(SettingsError, match="file cannot be written"):
        write_project(Assets.of(project), project / "file")
