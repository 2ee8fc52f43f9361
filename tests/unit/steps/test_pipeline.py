from pathlib import Path

import pytest
import yaml

from clickstream.core.errors import NotFound, SettingsError
from clickstream.core.paths import Assets, packaged_assets
from clickstream.steps.pipeline import read_pipeline
from clickstream.steps.script import read_script

KEYS = {
    "EVENTS_PER_MIN": ("USERID", "EVENT_TS"),
    "PAGES_PER_MIN": ("USERID", "EVENT_TS"),
    "ERRORS_PER_MIN": ("STATUS", "EVENT_TS"),
    "ERRORS_PER_MIN_ALERT": ("STATUS", "EVENT_TS"),
    "ENRICHED_ERROR_CODES_COUNT": ("CODE", "EVENT_TS"),
    "USER_IP_ACTIVITY": ("USERNAME", "IP", "CITY", "EVENT_TS"),
    "BANDWIDTH_PER_MIN": ("USERNAME", "EVENT_TS"),
    "CLICK_USER_SESSIONS": ("USERNAME", "EVENT_TS"),
    "USER_SESSION_BANDWIDTH": ("USERNAME", "EVENT_TS"),
}


def test_the_packaged_pipeline_has_nine_tables_with_their_keys(project: Path) -> None:
    pipeline = read_pipeline(Assets.of(project))
    assert {table: sink.key for table, sink in pipeline.sinks.items()} == KEYS


def test_every_sink_is_a_table_of_the_statements(project: Path) -> None:
    assets = Assets.of(project)
    pipeline = read_pipeline(assets)
    made = {
        target.name
        for name in pipeline.statements
        for statement in read_script(assets.find(name))
        if (target := statement.makes())
    }
    assert len(made) == 14
    assert set(pipeline.sinks) <= made


def test_drop_undoes_the_statements_in_reverse(project: Path) -> None:
    assets = Assets.of(project)
    pipeline = read_pipeline(assets)
    made = [statement.makes() for name in pipeline.statements for statement in read_script(assets.find(name))]
    dropped = [
        statement.bare.split()[-1].rstrip(";").upper()
        for statement in read_script(assets.find(pipeline.drop))
    ]
    assert set(dropped) == {target.name for target in made if target}
    sources = ["WEB_USERS", "CLICKSTREAM_CODES", "CLICKSTREAM"]
    assert dropped[-3:] == sources
    assert set(dropped[-5:-3]) == {"USER_CLICKSTREAM", "ENRICHED_ERROR_CODES"}


def test_a_project_has_its_own_pipeline(project: Path) -> None:
    described = yaml.safe_load((packaged_assets() / "clickstream.yaml").read_text())
    described["pipeline"]["sinks"] = {"MINE": {"key": ["ID"], "time_field": "TS"}}
    (project / "clickstream.yaml").write_text(yaml.safe_dump(described))
    pipeline = read_pipeline(Assets.of(project))
    assert list(pipeline.sinks) == ["MINE"]
    assert pipeline.sinks["MINE"].time_field == "TS"


def test_settings_alone_leave_the_packaged_pipeline(project: Path) -> None:
    (project / "clickstream.yaml").write_text("port_offset: 5\n")
    assert len(read_pipeline(Assets.of(project)).sinks) == 9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pipeline: {connectors: a.sql}", "pipeline.statements"),
        ("pipeline: {nonsense: 1}", "pipeline"),
        ("pipeline: [", "cannot be read"),
        ("- 1", "not a mapping"),
    ],
)
def test_what_is_wrong_with_a_description_is_said(project: Path, text: str, words: str) -> None:
    (project / "clickstream.yaml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_pipeline(Assets.of(project))


def test_tables_are_named_in_whatever_case(project: Path) -> None:
    pipeline = read_pipeline(Assets.of(project))
    assert pipeline.tables(("events_per_min",)) == ["EVENTS_PER_MIN"]
    assert len(pipeline.tables()) == 9
    with pytest.raises(NotFound, match="NOPE") as caught:
        pipeline.tables(("NOPE",))
    assert "EVENTS_PER_MIN" in str(caught.value.hint)
