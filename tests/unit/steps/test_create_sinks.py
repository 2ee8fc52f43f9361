from pathlib import Path

import pytest

from clickstream.core.errors import NotFound
from clickstream.steps.create_sinks import create_sinks, delete_sinks, list_sinks, sink_config
from tests.helpers.fake_stack import FakeStack
from tests.helpers.recorded_replies import load


def test_nine_sinks_write_to_elasticsearch_as_connect_reaches_it(stack: FakeStack) -> None:
    changes = create_sinks(stack.context())
    assert [change.outcome for change in changes] == ["created"] * 9
    config = stack.connect.configs["es_sink_EVENTS_PER_MIN"]
    assert config["topics"] == "EVENTS_PER_MIN"
    assert config["connection.url"] == "http://inside:9200"
    assert config["behavior.on.null.values"] == "IGNORE"


def test_what_the_seed_set_is_kept_but_for_what_the_sink_has_dropped(shared: Path) -> None:
    name = "golden/clickstream/sinks/005_connect_post_es_sink_CLICK_USER_SESSIONS.json"
    recorded = load(shared / name)["request"]["body_json"]["config"]
    ours = sink_config("CLICK_USER_SESSIONS", "http://127.0.0.1:19200")
    gone = {"type.name", "topic.index.map", "transforms", "transforms.FilterNulls.type"}
    kept = {
        key: str(value).lower() if value is False else value
        for key, value in recorded.items()
        if key not in gone
    }
    assert {key: ours[key] for key in kept} == kept


def test_a_second_run_changes_nothing_and_a_changed_setting_is_put(stack: FakeStack) -> None:
    create_sinks(stack.context())
    stack.connect.configs["es_sink_PAGES_PER_MIN"]["key.ignore"] = "false"
    outcomes = {change.table: change.outcome for change in create_sinks(stack.context())}
    assert outcomes.pop("PAGES_PER_MIN") == "changed"
    assert set(outcomes.values()) == {"unchanged"}


def test_single_tables_are_created_listed_and_deleted(stack: FakeStack) -> None:
    assert len(create_sinks(stack.context(), ("events_per_min",))) == 1
    states = {state.table: state.state for state in list_sinks(stack.context())}
    assert states["EVENTS_PER_MIN"] == "RUNNING"
    assert states["PAGES_PER_MIN"] == "absent"
    assert [change.outcome for change in delete_sinks(stack.context(), ("EVENTS_PER_MIN",))] == ["deleted"]
    assert [change.outcome for change in delete_sinks(stack.context(), ("EVENTS_PER_MIN",))] == ["absent"]


def test_an_unknown_table_is_refused_before_anything_is_done(stack: FakeStack) -> None:
    with pytest.raises(NotFound, match="NOPE"):
        create_sinks(stack.context(), ("EVENTS_PER_MIN", "NOPE"))
    assert stack.connect.calls == []
