from typing import Any

import pytest

from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.pipeline import Ingested, IngestPipeline


def run(*processors: dict[str, Any], source: dict[str, Any], id_: str | None = "sent") -> Ingested:
    document = Ingested("rows", id_, source)
    IngestPipeline("p", {"processors": list(processors)}).run(document)
    return document


@pytest.mark.parametrize(
    ("template", "id_"),
    [
        ("{{{U}}}|{{{T}}}", "a b/&c|7"),
        ("{{U}}", "a b/&c"),
        ("{{&U}}-{{ T }}", "a b/&c-7"),
        ("{{{O.x}}}%s", "1%s"),
        ("{{none}}|{{L}}", "|[1, 2]"),
        ("{{B}}{{_source.T}}", "true7"),
        ("fixed", "fixed"),
    ],
)
def test_an_id_is_made_from_fields(template: str, id_: str) -> None:
    source = {"U": "a b/&c", "T": 7, "O": {"x": 1}, "L": [1, 2], "B": True}
    document = run({"set": {"field": "_id", "value": template}}, source=source)
    assert document.id == id_
    assert not document.changed


def test_set_makes_objects_and_may_leave_what_is_there() -> None:
    document = run(
        {"set": {"field": "o.p", "value": {"k": ["{{A}}", 1]}}},
        {"set": {"field": "A", "value": "new", "override": False}},
        {"set": {"field": "copy", "copy_from": "A"}},
        source={"A": "old"},
    )
    assert document.source == {"A": "old", "o": {"p": {"k": ["old", 1]}}, "copy": "old"}
    assert document.changed


def test_fields_are_removed_renamed_and_changed() -> None:
    document = run(
        {"remove": {"field": ["gone", "o.x"]}},
        {"rename": {"field": "A", "target_field": "Z"}},
        {"lowercase": {"field": "Z"}},
        {"uppercase": {"field": "B", "target_field": "C"}},
        {"trim": {"field": "T"}},
        {"convert": {"field": "N", "type": "long"}},
        {"convert": {"field": "Y", "type": "boolean"}},
        source={"gone": 1, "o": {"x": 1, "y": 2}, "A": "LOUD", "B": "b", "T": " t ", "N": "12", "Y": "TRUE"},
    )
    assert document.source == {"o": {"y": 2}, "Z": "loud", "B": "b", "C": "B", "T": "t", "N": 12, "Y": True}


@pytest.mark.parametrize(
    ("processor", "reason"),
    [
        ({"remove": {"field": "none"}}, "not present"),
        ({"rename": {"field": "none", "target_field": "x"}}, "doesn't exist"),
        ({"rename": {"field": "A", "target_field": "B"}}, "already exists"),
        ({"lowercase": {"field": "B"}}, "cannot be cast"),
        ({"convert": {"field": "A", "type": "long"}}, "unable to convert"),
        ({"set": {"field": "A.x", "value": 1}}, "parent object"),
    ],
)
def test_what_cannot_be_done_is_refused_unless_failures_are_ignored(
    processor: dict[str, Any], reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        run(processor, source={"A": "a", "B": 1})
    ((kind, settings),) = processor.items()
    document = run({kind: {**settings, "ignore_failure": True}}, source={"A": "a", "B": 1})
    assert document.source == {"A": "a", "B": 1}


def test_missing_fields_may_be_ignored() -> None:
    document = run(
        {"remove": {"field": "none", "ignore_missing": True}},
        {"rename": {"field": "none", "target_field": "x", "ignore_missing": True}},
        {"trim": {"field": "none", "ignore_missing": True}},
        source={"A": 1},
    )
    assert document.source == {"A": 1}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, r"\[processors\] required"),
        ({"processors": {}}, "isn't a list"),
        ({"processors": [{"foo": {}}]}, r"No processor type exists with name \[foo\]"),
        ({"processors": [{"set": {"value": 1}}]}, r"\[field\] required"),
        ({"processors": [{"set": {"field": "a"}}]}, r"\[value\] required"),
        ({"processors": [{"set": {"field": "a", "value": 1, "zzz": 1}}]}, r"parameters \[zzz\]"),
        ({"processors": [{"set": {"field": "a", "value": 1, "if": "true"}}]}, r"\[if\].*not supported"),
        ({"processors": [{"convert": {"field": "a", "type": "zzz"}}]}, "not supported"),
        ({"processors": ["x"]}, "processor must be"),
    ],
)
def test_wrong_pipelines_are_refused(body: dict[str, Any], reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as refused:
        IngestPipeline("p", body)
    assert refused.value.kind == "parse_exception"
