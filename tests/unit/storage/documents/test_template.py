from typing import Any

import pytest

from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.template import (
    Templates,
    check_component,
    check_composable,
    check_legacy,
    settings_json,
)


def test_settings_are_nested_texts_below_index() -> None:
    given = {"number_of_shards": 1, "index.default_pipeline": "p", "index": {"a": {"b": True, "c": [1, 2]}}}
    assert settings_json(given) == {
        "index": {"number_of_shards": "1", "default_pipeline": "p", "a": {"b": "true", "c": ["1", "2"]}}
    }


def test_legacy_templates_lie_over_each_other_by_order() -> None:
    templates = Templates()
    templates.legacy = {
        "late": check_legacy({"index_patterns": "x*", "order": 5, "settings": {"a": 2}}),
        "early": check_legacy(
            {"template": "*", "settings": {"a": 1, "b": 1}, "mappings": {"dynamic": False}}
        ),
        "other": check_legacy({"index_patterns": ["y*"], "settings": {"a": 3}}),
    }
    new = templates.for_index("x1")
    assert new.settings == {"index": {"a": "2", "b": "1"}}
    assert new.mappings == [{"dynamic": False}]


def test_one_composable_template_wins_and_hides_legacy_ones() -> None:
    templates = Templates()
    templates.legacy["old"] = check_legacy({"index_patterns": ["*"], "settings": {"old": 1}})
    templates.component["part"] = check_component({"template": {"settings": {"a": 1, "b": 1}}})
    low = {"index_patterns": ["rows*"], "priority": 1, "template": {"settings": {"low": 1}}}
    high = {
        "index_patterns": ["rows-*"],
        "priority": 9,
        "composed_of": ["part"],
        "template": {"settings": {"a": 2}, "aliases": {"all": {}}},
    }
    templates.composable = {"low": check_composable("low", low), "high": check_composable("high", high)}
    new = templates.for_index("rows-1")
    assert new.settings == {"index": {"a": "2", "b": "1"}}
    assert new.aliases == {"all": {}}
    assert templates.for_index("rowsy").settings == {"index": {"low": "1"}}
    assert templates.for_index("other").settings == {"index": {"old": "1"}}
    assert templates.overshadowed({"index_patterns": ["rows*"]}) == {"old": ["*"]}


def test_templates_of_equal_priority_may_not_overlap() -> None:
    templates = Templates()
    templates.composable["one"] = check_composable("one", {"index_patterns": ["rows-*-a"], "priority": 3})
    clash = check_composable("two", {"index_patterns": ["rows-b*"], "priority": 3})
    with pytest.raises(DocumentError, match=r"same priority \[3\]"):
        templates.check_conflicts("two", clash)
    templates.check_conflicts("one", clash)
    templates.check_conflicts("two", {**clash, "priority": 4})
    templates.check_conflicts("two", {**clash, "index_patterns": ["other*"]})


def test_components_must_exist() -> None:
    body = check_composable("t", {"index_patterns": ["a"], "composed_of": ["none"]})
    with pytest.raises(DocumentError, match="do not exist"):
        Templates().check_conflicts("t", body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, "illegal_argument_exception"),
        ({"index_patterns": ["a"], "zzz": 1}, "x_content_parse_exception"),
        ({"index_patterns": ["a"], "template": {"zzz": 1}}, "x_content_parse_exception"),
        ({"index_patterns": ["a"], "template": {"mappings": {"zzz": 1}}}, "illegal_argument_exception"),
        ({"index_patterns": ["a"], "template": 3}, "parsing_exception"),
    ],
)
def test_wrong_composable_templates_are_refused(body: dict[str, Any], kind: str) -> None:
    with pytest.raises(DocumentError) as refused:
        check_composable("t", body)
    assert refused.value.kind == kind


def test_wrong_legacy_and_component_templates_are_refused() -> None:
    with pytest.raises(DocumentError, match="index patterns are missing"):
        check_legacy({})
    with pytest.raises(DocumentError, match="unknown key"):
        check_legacy({"index_patterns": ["a"], "zzz": 1})
    with pytest.raises(DocumentError, match=r"Required \[template\]"):
        check_component({})
