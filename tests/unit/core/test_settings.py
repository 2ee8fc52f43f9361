from pathlib import Path

import pytest

from clickstream.core.errors import SettingsError
from clickstream.core.settings import Settings


def test_an_option_beats_the_environment_which_beats_the_file(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "clickstream.yaml").write_text("port_offset: 1\nhost: from-file\nbackend: compose\n")
    monkeypatch.setenv("CLICKSTREAM_PORT_OFFSET", "2")
    monkeypatch.setenv("CLICKSTREAM_HOST", "from-environment")
    settings = Settings.read(port_offset=3, host=None)
    assert (settings.port_offset, settings.host, settings.backend) == (3, "from-environment", "compose")


def test_a_pipeline_in_the_file_is_no_setting(project: Path) -> None:
    (project / "clickstream.yaml").write_text("pipeline: {connectors: a.sql}\n")
    assert Settings.read().port_offset == 0


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2\n", "just text", "port_offset: many", "port_offset: -1"])
def test_a_file_that_does_not_fit_is_named(project: Path, text: str) -> None:
    (project / "clickstream.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"clickstream\.yaml|port_offset") as caught:
        Settings.read()
    assert "Traceback" not in caught.value.message


def test_ports_move_together(project: Path) -> None:
    settings = Settings.read(port_offset=1000)
    assert settings.url("ksqldb") == "http://127.0.0.1:9088"
    assert settings.url("grafana") == "http://127.0.0.1:4000"
