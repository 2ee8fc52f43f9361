import pytest

from clickstream.core.errors import SettingsError
from clickstream.steps.load_dashboard import dashboard_paths, load_dashboard
from tests.helpers.fake_stack import FakeStack


def test_nine_datasources_and_the_dashboard_are_loaded(stack: FakeStack) -> None:
    loaded = load_dashboard(stack.context())
    boards = len(dashboard_paths(stack.context()))
    assert [one.kind for one in loaded] == ["datasource"] * 9 + ["dashboard"] * boards
    assert {one.outcome for one in loaded} == {"created"}
    assert "http://g:3000/d/clickstream-analysis" in [one.url for one in loaded]
    source = stack.grafana.sources["EVENTS_PER_MIN"]
    assert (source["url"], source["jsonData"]["index"]) == ("http://inside:9200", "events_per_min")


def test_every_panel_draws_from_a_datasource_of_the_files(stack: FakeStack) -> None:
    load_dashboard(stack.context())
    uids = {panel["datasource"]["uid"] for panel in stack.grafana.boards["clickstream-analysis"]["panels"]}
    assert uids <= set(stack.grafana.sources)


def test_a_second_run_changes_nothing(stack: FakeStack) -> None:
    load_dashboard(stack.context())
    stack.grafana.puts.clear()
    assert {one.outcome for one in load_dashboard(stack.context())} == {"unchanged"}
    assert stack.grafana.puts == []


def test_an_edited_dashboard_and_datasource_are_put_back(stack: FakeStack) -> None:
    load_dashboard(stack.context())
    stack.grafana.boards["clickstream-analysis"]["title"] = "Edited"
    stack.grafana.sources["EVENTS_PER_MIN"]["url"] = "http://elsewhere:9200"
    outcomes = {one.uid: one.outcome for one in load_dashboard(stack.context())}
    assert outcomes["clickstream-analysis"] == "changed"
    assert outcomes["EVENTS_PER_MIN"] == "changed"
    assert outcomes["PAGES_PER_MIN"] == "unchanged"


def test_a_projects_dashboard_is_loaded_beside_the_packaged_one(stack: FakeStack) -> None:
    folder = stack.project / "grafana/dashboards"
    folder.mkdir(parents=True)
    (folder / "mine.json").write_text('{"uid": "mine", "title": "Mine", "panels": []}')
    paths = dashboard_paths(stack.context())
    assert paths["Click Stream Analysis"] == "/d/clickstream-analysis"
    assert paths["Mine"] == "/d/mine"
    (folder / "broken.json").write_text('{"title": "no uid"}')
    with pytest.raises(SettingsError, match=r"grafana/dashboards/broken\.json is not a dashboard with a uid"):
        load_dashboard(stack.context())
