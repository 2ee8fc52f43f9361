from typing import Any

import pytest

from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.mapping import IndexMapping, field_names

SEED_BODY = {
    "_default_": {
        "dynamic_templates": [
            {"dates": {"match": "EVENT_TS", "mapping": {"type": "date"}}},
            {"strings": {"match": "*", "match_mapping_type": "string", "mapping": {"type": "keyword"}}},
        ]
    }
}


def types(mapping: IndexMapping) -> dict[str, str]:
    return {name: field.type for name, field in mapping.fields.items()}


def test_json_values_make_fields() -> None:
    mapping = IndexMapping()
    source = {
        "n": 1,
        "f": 1.5,
        "b": True,
        "s": "x",
        "d": "2026-01-02",
        "o": {"p": [1, 2]},
        "z": None,
        "e": [],
    }
    mapping.parse(source, "1")
    assert types(mapping) == {
        "n": "long",
        "f": "float",
        "b": "boolean",
        "s": "text",
        "s.keyword": "keyword",
        "d": "date",
        "o.p": "long",
    }


def test_the_seeds_own_template_body_is_understood() -> None:
    mapping = IndexMapping(SEED_BODY)
    values = mapping.parse({"EVENT_TS": 7, "USERNAME": "bob", "EVENTS": 2}, "1")
    assert types(mapping) == {"EVENT_TS": "date", "USERNAME": "keyword", "EVENTS": "long"}
    assert values == {"EVENT_TS": 7, "USERNAME": "bob", "EVENTS": 2}


def test_several_values_are_in_order_and_texts_distinct() -> None:
    mapping = IndexMapping({"properties": {"n": {"type": "long"}, "k": {"type": "keyword"}}})
    assert mapping.parse({"n": [3, 1, 3], "k": ["b", "a", "b"]}, "1") == {"n": (1, 3, 3), "k": ("a", "b")}
    assert mapping.parse({"n": [5], "k": ["b", "b"]}, "1") == {"n": 5, "k": "b"}


def test_objects_are_flattened_and_named_twice_are_joined() -> None:
    mapping = IndexMapping({"properties": {"o.x": {"type": "long"}}})
    assert mapping.parse({"o": {"x": 2}, "o.x": 1}, "1") == {"o.x": (1, 2)}
    assert mapping.parse({"o": [{"x": 1}, {"x": 2}]}, "1") == {"o.x": (1, 2)}
    assert mapping.to_json() == {"properties": {"o": {"properties": {"x": {"type": "long"}}}}}


@pytest.mark.parametrize(
    ("settings", "value", "parsed"),
    [
        ({"type": "long"}, "12", 12),
        ({"type": "long"}, 3.9, 3),
        ({"type": "long"}, "", None),
        ({"type": "float"}, 1.1, 1.100000023841858),
        ({"type": "double"}, "1.1", 1.1),
        ({"type": "boolean"}, "false", 0),
        ({"type": "keyword"}, 7, "7"),
        ({"type": "keyword"}, True, "true"),
        ({"type": "keyword", "ignore_above": 2}, "abc", None),
        ({"type": "keyword", "null_value": "none"}, None, "none"),
        ({"type": "integer", "ignore_malformed": True}, "x", None),
        ({"type": "ip"}, "::1", "::1"),
        ({"type": "date"}, "1970-01-01T00:00:01Z", 1000),
        ({"type": "date", "format": "epoch_second"}, 2, 2000),
    ],
)
def test_values_become_what_their_field_holds(settings: dict[str, Any], value: Any, parsed: Any) -> None:
    mapping = IndexMapping({"properties": {"f": settings}})
    assert mapping.parse({"f": value}, "1").get("f") == parsed


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ({"type": "long"}, "abc"),
        ({"type": "long"}, True),
        ({"type": "long"}, 2**63),
        ({"type": "short"}, 40_000),
        ({"type": "double"}, "nan"),
        ({"type": "boolean"}, 1),
        ({"type": "date"}, "soon"),
        ({"type": "ip"}, "nowhere"),
        ({"type": "keyword"}, {"a": 1}),
    ],
)
def test_values_that_do_not_fit_are_refused_by_field_and_document(
    settings: dict[str, Any], value: Any
) -> None:
    mapping = IndexMapping({"properties": {"f": settings}})
    with pytest.raises(DocumentError, match=r"failed to parse field \[f\].*document with id 'x7'"):
        mapping.parse({"f": value}, "x7")


def test_a_text_goes_to_its_subfields_too() -> None:
    mapping = IndexMapping()
    assert mapping.parse({"s": "Two Words"}, "1") == {"s": "Two Words", "s.keyword": "Two Words"}
    assert mapping.has_subfields("s")
    assert mapping.field_json("s.keyword") == {"type": "keyword", "ignore_above": 256}


def test_dynamic_may_be_off_or_strict() -> None:
    off = IndexMapping({"dynamic": False, "properties": {"o": {"properties": {}, "dynamic": True}}})
    assert off.parse({"new": 1, "o": {"new": 1}}, "1") == {"o.new": 1}
    strict = IndexMapping({"dynamic": "strict"})
    with pytest.raises(DocumentError, match=r"dynamic introduction of \[new\] within \[_doc\]"):
        strict.parse({"new": 1}, "1")


def test_a_disabled_object_is_not_looked_into() -> None:
    mapping = IndexMapping({"properties": {"o": {"type": "object", "enabled": False}}})
    assert mapping.parse({"o": {"x": {"y": 1}}}, "1") == {}


def test_dynamic_templates_choose_by_name_path_and_type() -> None:
    mapping = IndexMapping(
        {
            "dynamic_templates": [
                {"ids": {"match": "*_id", "unmatch": "no_*", "mapping": {"type": "keyword"}}},
                {"deep": {"path_match": "o.*", "mapping": {"type": "{dynamic_type}", "index": False}}},
                {"pattern": {"match": "^x\\d$", "match_pattern": "regex", "mapping": {"type": "double"}}},
            ]
        }
    )
    mapping.parse({"a_id": 1, "no_id": 1, "o": {"k": 1}, "x1": 1, "xx": 1}, "1")
    wanted = {"a_id": "keyword", "no_id": "long", "o.k": "long", "x1": "double", "xx": "long"}
    assert types(mapping) == wanted


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"properties": {"x": {"type": "zzz"}}}, "No handler for type"),
        ({"properties": {"x": {"type": "long", "zzz": 1}}}, "unsupported parameters"),
        ({"zzz": 1}, "Root mapping definition has unsupported parameters"),
        ({"dynamic_templates": {}}, "array of named objects"),
    ],
)
def test_wrong_mappings_are_refused(body: dict[str, Any], reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        IndexMapping(body)


def test_a_field_keeps_its_type() -> None:
    mapping = IndexMapping(
        {"properties": {"x": {"type": "long"}, "o": {"properties": {"y": {"type": "ip"}}}}}
    )
    with pytest.raises(DocumentError, match="cannot be changed from type"):
        mapping.merge({"properties": {"x": {"type": "keyword"}}})
    with pytest.raises(DocumentError, match="can't merge"):
        mapping.merge({"properties": {"x": {"properties": {}}}})
    with pytest.raises(DocumentError, match="can't merge"):
        mapping.merge({"properties": {"o": {"type": "long"}}})


def test_the_mapping_shown_makes_the_same_mapping() -> None:
    mapping = IndexMapping(SEED_BODY)
    mapping.parse({"EVENT_TS": 7, "o": {"s": "x", "n": 1}}, "1")
    again = IndexMapping(mapping.to_json())
    assert again.fields == mapping.fields
    assert again.to_json() == mapping.to_json()
    assert list(field_names(mapping, "o.*")) == ["o.n", "o.s"]
    assert mapping.objects() == ["o"]
