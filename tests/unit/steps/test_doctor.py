import socket
from pathlib import Path

import pytest

from clickstream.core.paths import Assets
from clickstream.core.settings import Settings
from clickstream.steps.doctor import Check, examine


def check(project: Path, name: str, **options: object) -> Check:
    found = {one.name: one for one in examine(Settings.read(**options), Assets.of(project))}
    return found[name]


@pytest.mark.parametrize("name", ["python", "sqlite", "assets", "pipeline", "data folder", "disk"])
def test_this_machine_is_fit(project: Path, name: str) -> None:
    assert check(project, name).ok


def test_a_port_that_is_listened_on_is_found(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        offset = taken.getsockname()[1] - 9200
        found = check(project, "port elasticsearch", port_offset=offset)
    assert not found.ok
    assert "--port-offset" in found.hint


def test_a_broken_sql_file_of_the_project_is_found(project: Path) -> None:
    (project / "ksql").mkdir()
    (project / "ksql/statements.sql").write_text("CREATE STREAM x")
    found = check(project, "pipeline")
    assert not found.ok
    assert "ksql/statements.sql:1" in found.detail


def test_a_folder_that_cannot_be_one_is_found(project: Path) -> None:
    (project / "file").write_text("")
    assert not check(project, "data folder", data_dir=project / "file").ok


def test_docker_is_not_needed(project: Path) -> None:
    assert not check(project, "docker").needed
