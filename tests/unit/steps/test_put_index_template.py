import json

import pytest

from clickstream.core.errors import SettingsError
from clickstream.steps.pipeline import Sink
from clickstream.steps.put_index_template import document_id, put_index_template
from tests.helpers.fake_stack import FakeStack


def test_each_index_has_a_template_and_a_pipeline_that_makes_its_ids(stack: FakeStack) -> None:
    put = put_index_template(stack.context())
    assert len(put) == 9
    assert {one.outcome for one in put} == {"created"}
    pipeline = stack.elasticsearch.pipelines["clickstream-user_ip_activity"]
    value = "{{{USERNAME}}}|{{{IP}}}|{{{CITY}}}|{{{EVENT_TS}}}"
    assert pipeline["processors"] == [{"set": {"field": "_id", "value": value}}]
    template = stack.elasticsearch.templates["clickstream-user_ip_activity"]
    assert template["index_patterns"] == ["user_ip_activity"]
    assert template["template"]["settings"] == {
        "number_of_shards": 1,
        "number_of_replicas": 0,
        "default_pipeline": "clickstream-user_ip_activity",
    }
    times, strings = template["template"]["mappings"]["dynamic_templates"]
    assert times["event_time"]["mapping"]["type"] == "date"
    assert strings["whole_strings"]["mapping"] == {"type": "keyword"}


def test_the_pipeline_is_there_before_the_template_that_names_it(stack: FakeStack) -> None:
    put_index_template(stack.context())
    assert stack.elasticsearch.puts[:2] == ["clickstream-events_per_min"] * 2
    assert "clickstream-events_per_min" in stack.elasticsearch.pipelines


def test_a_second_run_changes_nothing_and_a_changed_file_is_put(stack: FakeStack) -> None:
    put_index_template(stack.context())
    # Elasticsearch writes settings back in a form of its own.
    for template in stack.elasticsearch.templates.values():
        template["template"]["settings"] = {"index": {"number_of_shards": "1"}}
    stack.elasticsearch.puts.clear()
    assert {one.outcome for one in put_index_template(stack.context())} == {"unchanged"}
    assert stack.elasticsearch.puts == []
    (stack.project / "elasticsearch").mkdir()
    (stack.project / "elasticsearch/index-template.json").write_text(
        json.dumps({"settings": {"number_of_shards": 2}})
    )
    assert {one.outcome for one in put_index_template(stack.context())} == {"changed"}


def test_an_id_joins_the_key_fields_unescaped() -> None:
    assert document_id(Sink(key=("A", "B"))) == "{{{A}}}|{{{B}}}"


def test_a_template_file_that_is_no_json_is_named(stack: FakeStack) -> None:
    (stack.project / "elasticsearch").mkdir()
    (stack.project / "elasticsearch/index-template.json").write_text("{")
    with pytest.raises(SettingsError, match=r"elasticsearch/index-template\.json cannot be read"):
        put_index_template(stack.context())
