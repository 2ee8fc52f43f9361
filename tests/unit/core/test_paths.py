from pathlib import Path

import pytest

from clickstream.core.errors import SettingsError
from clickstream.core.paths import ASSET_NAMES, Assets, packaged_assets


def test_a_project_file_wins_over_the_packaged_one(tmp_path: Path) -> None:
    packaged, project = tmp_path / "packaged", tmp_path / "project"
    for root in (packaged, project):
        (root / "ksql").mkdir(parents=True)
    (packaged / "ksql" / "a.sql").write_text("packaged")
    (packaged / "ksql" / "b.sql").write_text("packaged")
    (project / "ksql" / "a.sql").write_text("own")
    assets = Assets(project, packaged)
    assert assets.find("ksql/a.sql").read_text() == "own"
    assert assets.find("ksql/b.sql").read_text() == "packaged"
    assert [path.read_text() for path in assets.glob("ksql", "*.sql")] == ["own", "packaged"]
    assert assets.is_own("ksql/a.sql")
    assert not assets.is_own("ksql/b.sql")
    assert assets.shown(assets.find("ksql/b.sql")) == "ksql/b.sql"


def test_an_absent_asset_is_named_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ksql/nope\.sql") as caught:
        Assets.of(tmp_path).find("ksql/nope.sql")
    assert caught.value.hint is not None


@pytest.mark.parametrize("name", ASSET_NAMES)
def test_the_package_has_its_assets(name: str) -> None:
    assert (packaged_assets() / name).exists()
