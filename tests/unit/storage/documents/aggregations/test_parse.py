from typing import Any

import pytest

from clickstream.storage.documents.aggregations.parse import UNSUPPORTED, parse_aggregations
from clickstream.storage.documents.errors import DocumentError
from tests.helpers.sample_documents import sample_store


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "START_OBJECT"),
        ({"a": {}}, "Missing definition"),
        ({"a": 3}, "starts with"),
        ({"a[b": {"max": {"field": "N"}}}, "Invalid aggregation name"),
        ({"a": {"max": {"field": "N"}, "min": {"field": "N"}}}, "Found two aggregation type definitions"),
        ({"a": {"foo": {}}}, r"Unknown aggregation type \[foo\]"),
        ({"a": {"max": 3}}, "under \\[max\\]"),
        (
            {"a": {"max": {"field": "N"}, "aggs": {"b": {"min": {"field": "N"}}}}},
            "cannot accept sub-aggregations",
        ),
        ({"a": {"max": {}}}, "Required one of fields"),
    ],
)
def test_wrong_aggregations_are_refused(body: Any, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        parse_aggregations(body)


@pytest.mark.parametrize("kind", sorted(UNSUPPORTED))
def test_what_is_not_supported_is_refused_by_name(kind: str) -> None:
    with pytest.raises(DocumentError, match=rf"aggregation \[{kind}\] is not supported"):
        parse_aggregations({"a": {kind: {"field": "N"}}})


def test_metadata_comes_back() -> None:
    aggs = {"m": {"max": {"field": "N"}, "meta": {"why": "test"}}}
    found = sample_store().search("rows", {"size": 0, "aggregations": aggs})["aggregations"]["m"]
    assert found == {"meta": {"why": "test"}, "value": 9.0}
