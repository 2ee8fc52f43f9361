"""Documents, mappings and templates that both servers must treat alike."""

import json
import random
from typing import Any

import pytest

from tests.helpers.real_elasticsearch.compare import Pair, ndjson
from tests.helpers.real_elasticsearch.wrong_requests import WRONG_DOCUMENTS, WRONG_REQUESTS

ONE_SHARD = {"number_of_shards": 1, "number_of_replicas": 0}


@pytest.mark.parametrize("document", WRONG_DOCUMENTS, ids=lambda document: json.dumps(document)[:60])
def test_wrong_documents(pair: Pair, document: Any) -> None:
    assert pair.agree("PUT", "/rows-a/_doc/wrong", document).status == 400


@pytest.mark.parametrize("request_", WRONG_REQUESTS, ids=lambda request_: f"{request_[0]} {request_[1]}")
def test_wrong_requests(pair: Pair, request_: tuple[str, str, Any]) -> None:
    method, path, body = request_
    # Tests before have written more or less; the methods that are allowed come in no order.
    bodies = (method, path) not in (("DELETE", "/rows-a/_doc/none-such"), ("POST", "/rows-a"))
    pair.agree(method, path, body, bodies=bodies)


def _operations(seed: int, index: str) -> str:
    rng = random.Random(seed)
    lines: list[Any] = []
    for _ in range(60):
        action = rng.choice(("index", "index", "create", "update", "delete"))
        lines.append({action: {"_index": index, "_id": str(rng.randrange(12))}})
        row = {"N": rng.randrange(4), "K": rng.choice(("a", "b")), "O": {"x": rng.randrange(3)}}
        if action == "update":
            changed = {key: row[key] for key in rng.sample(sorted(row), 2)}
            lines.append({"doc": changed, "doc_as_upsert": rng.random() < 0.5})
        elif action != "delete":
            lines.append(row | ({"N": "wrong"} if rng.random() < 0.05 else {}))
    return ndjson(*lines)


@pytest.mark.parametrize("seed", range(12))
def test_bulks_leave_the_same_documents(empty_pair: Pair, seed: int) -> None:
    index = f"bulk-{seed}"
    mappings = {"properties": {"N": {"type": "long"}, "K": {"type": "keyword"}}}
    empty_pair.agree("PUT", f"/{index}", {"settings": ONE_SHARD, "mappings": mappings})
    for part in range(3):
        answer = empty_pair.agree("POST", "/_bulk?refresh=true", _operations(seed * 10 + part, index)).body
        assert {status for item in answer["items"] for status in [next(iter(item.values()))["status"]]} >= {
            200,
            201,
        }
    lookup = {"docs": [{"_index": index, "_id": str(id_)} for id_ in range(12)]}
    found = empty_pair.agree("POST", "/_mget", lookup).body
    assert any(document["found"] for document in found["docs"])
    empty_pair.agree("GET", f"/{index}/_count")
    empty_pair.agree("GET", f"/{index}/_mapping")


CRUD: list[tuple[str, str, Any]] = [
    ("PUT", "/one/_doc/a?refresh=true", {"A": 1, "B": "x"}),
    ("PUT", "/one/_doc/a", {"A": 2}),
    ("PUT", "/one/_create/b", {"A": 3}),
    ("PUT", "/one/_doc/c?op_type=create", {"A": 4}),
    ("PUT", "/one/_doc/c?op_type=create", {"A": 4}),
    ("PUT", "/one/_doc/a%20b%2Fc%3Fd%26e", {"A": 5}),
    ("GET", "/one/_doc/a%20b%2Fc%3Fd%26e", None),
    ("GET", "/one/_doc/a", None),
    ("GET", "/one/_doc/a?_source=false", None),
    ("GET", "/one/_doc/a?_source_includes=B", None),
    ("GET", "/one/_doc/zz", None),
    ("GET", "/one/_source/a", None),
    ("POST", "/one/_update/a", {"doc": {"C": {"x": 1}}}),
    ("POST", "/one/_update/a", {"doc": {"C": {"x": 1}}}),
    ("POST", "/one/_update/a", {"doc": {"C": {"y": [1, 2]}}}),
    ("POST", "/one/_update/new", {"doc": {"A": 1}, "doc_as_upsert": True}),
    ("POST", "/one/_update/newer", {"doc": {"A": 1}, "upsert": {"A": 9}}),
    ("GET", "/one/_source/a", None),
    ("DELETE", "/one/_doc/a", None),
    ("DELETE", "/one/_doc/a", None),
    ("PUT", "/one/_doc/a", {"A": 7}),
    ("POST", "/one/_refresh", None),
    ("POST", "/one/_mget", {"ids": ["a", "b", "nope"]}),
    ("POST", "/one/_count", {"query": {"range": {"A": {"gte": 3}}}}),
    ("POST", "/one/_delete_by_query?refresh=true", {"query": {"term": {"A": 3}}}),
    ("GET", "/one/_count", None),
    ("GET", "/one/_mapping", None),
    ("GET", "/one/_mapping/field/*", None),
    ("GET", "/one/_mapping/field/C.*,B", None),
    ("GET", "/one/_field_caps?fields=*", None),
    ("GET", "/one/_alias", None),
    (
        "PUT",
        "/one/_mapping",
        {"properties": {"new": {"type": "ip"}, "C": {"properties": {"z": {"type": "date"}}}}},
    ),
    ("GET", "/one/_mapping", None),
    ("PUT", "/one/_settings", {"index": {"refresh_interval": "5s"}}),
    ("GET", "/_cluster/settings", None),
    ("DELETE", "/one", None),
    ("GET", "/one/_doc/a", None),
]


def test_one_document_at_a_time(empty_pair: Pair) -> None:
    empty_pair.agree("PUT", "/one", {"settings": ONE_SHARD})
    for method, path, body in CRUD:
        empty_pair.agree(method, path, body)


MAPPINGS: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    (
        {},
        [
            {
                "s": "text",
                "n": 1,
                "f": 1.5,
                "b": True,
                "d": "2026-01-02",
                "o": {"p": "x"},
                "a": [1, 2],
                "z": None,
            }
        ],
    ),
    ({"dynamic": False, "properties": {"k": {"type": "keyword"}}}, [{"k": "x", "other": 1}]),
    ({"dynamic": "strict", "properties": {"k": {"type": "keyword"}}}, [{"k": "x"}, {"other": 1}]),
    ({"date_detection": False}, [{"d": "2026-01-02"}]),
    ({"properties": {"o": {"type": "object", "enabled": False}}}, [{"o": {"anything": 1}}]),
    (
        {"properties": {"k": {"type": "keyword", "ignore_above": 3, "null_value": "none"}}},
        [{"k": "long text"}, {"k": None}],
    ),
    (
        {"properties": {"n": {"type": "integer", "ignore_malformed": True}}},
        [{"n": "x"}, {"n": "3"}, {"n": 3.7}],
    ),
    (
        {"properties": {"d": {"type": "date", "format": "yyyy-MM-dd HH:mm||epoch_second"}}},
        [{"d": "2026-01-02 03:04"}, {"d": 1}],
    ),
    (
        {
            "dynamic_templates": [
                {"ids": {"match": "*_id", "match_mapping_type": "long", "mapping": {"type": "keyword"}}}
            ]
        },
        [{"user_id": 3, "n": 3}],
    ),
    (
        {"dynamic_templates": [{"deep": {"path_match": "o.*", "mapping": {"type": "{dynamic_type}"}}}]},
        [{"o": {"k": 3}}],
    ),
    ({"properties": {"a.b": {"type": "long"}}}, [{"a": {"b": 1}}, {"a.b": 2}]),
]


@pytest.mark.parametrize("number", range(len(MAPPINGS)))
def test_mappings_grow_alike(empty_pair: Pair, number: int) -> None:
    mappings, sources = MAPPINGS[number]
    index = f"mapping-{number}"
    empty_pair.agree("PUT", f"/{index}", {"settings": ONE_SHARD, "mappings": mappings})
    for at, source in enumerate(sources):
        empty_pair.agree("PUT", f"/{index}/_doc/{at}?refresh=true", source)
    fields = empty_pair.agree("GET", f"/{index}/_mapping").body[index]["mappings"].get("properties", {})
    for field in fields:
        empty_pair.agree(
            "POST",
            f"/{index}/_search",
            {"query": {"exists": {"field": field}}, "sort": ["_doc"]},
            bodies=False,
        )
        empty_pair.agree("POST", f"/{index}/_count", {"query": {"exists": {"field": field}}})


TEMPLATES: list[tuple[str, str, Any]] = [
    ("PUT", "/_template/old", {"index_patterns": ["old-*"], "order": 1, "settings": {"number_of_shards": 1}}),
    (
        "PUT",
        "/_template/older",
        {"index_patterns": ["old-*"], "mappings": {"properties": {"a": {"type": "long"}}}},
    ),
    ("GET", "/_template/old*", None),
    ("PUT", "/_component_template/part", {"template": {"mappings": {"properties": {"p": {"type": "ip"}}}}}),
    ("GET", "/_component_template/part", None),
    (
        "PUT",
        "/_index_template/new",
        {
            "index_patterns": ["new-*"],
            "priority": 7,
            "composed_of": ["part"],
            "template": {
                "settings": {"number_of_replicas": 0},
                "mappings": {"properties": {"q": {"type": "long"}}},
            },
            "version": 2,
            "_meta": {"why": "test"},
        },
    ),
    ("GET", "/_index_template/new", None),
    ("PUT", "/_index_template/clash", {"index_patterns": ["ne*"], "priority": 7}),
    ("PUT", "/_index_template/lower", {"index_patterns": ["ne*"], "priority": 1}),
    ("PUT", "/_index_template/hides", {"index_patterns": ["old-new*"], "priority": 1}),
    ("PUT", "/new-1/_doc/1", {"other": 1}),
    ("GET", "/new-1/_mapping", None),
    ("PUT", "/old-1/_doc/1", {"other": 1}),
    ("GET", "/old-1/_mapping", None),
    ("HEAD", "/_index_template/new", None),
    ("DELETE", "/_index_template/new", None),
    ("GET", "/_index_template/new", None),
    ("DELETE", "/_index_template/lower", None),
    ("DELETE", "/_index_template/hides", None),
    ("DELETE", "/_component_template/part", None),
    ("DELETE", "/_template/old*", None),
    ("GET", "/_template/old", None),
    ("DELETE", "/new-1,old-1", None),
]


def test_templates(empty_pair: Pair) -> None:
    for method, path, body in TEMPLATES:
        empty_pair.agree(method, path, body)


PROCESSORS: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
    ([{"set": {"field": "_id", "value": "{{{A}}}|{{B.C}}|{{none}}"}}], {"A": "a b/&", "B": {"C": 1.5}}),
    ([{"set": {"field": "x.y", "value": ["x", "{{A}}"]}}, {"remove": {"field": "A"}}], {"A": "v"}),
    ([{"set": {"field": "A", "value": "new", "override": False}}], {"A": "old"}),
    ([{"rename": {"field": "A", "target_field": "Z"}}, {"lowercase": {"field": "Z"}}], {"A": "LOUD"}),
    ([{"remove": {"field": "none"}}], {"A": 1}),
    ([{"remove": {"field": "none", "ignore_missing": True}}, {"uppercase": {"field": "A"}}], {"A": "x"}),
    ([{"lowercase": {"field": "A"}}], {"A": 1}),
    ([{"rename": {"field": "none", "target_field": "Z"}}], {"A": 1}),
    ([{"convert": {"field": "A", "type": "long"}}, {"trim": {"field": "B"}}], {"A": "12", "B": " x "}),
    ([{"convert": {"field": "A", "type": "long"}}], {"A": "x"}),
    ([{"remove": {"field": "none", "ignore_failure": True}}], {"A": 1}),
]


@pytest.mark.parametrize("number", range(len(PROCESSORS)))
def test_pipelines(empty_pair: Pair, number: int) -> None:
    processors, source = PROCESSORS[number]
    empty_pair.agree("PUT", "/_ingest/pipeline/steps", {"processors": processors})
    empty_pair.agree("GET", "/_ingest/pipeline/steps")
    empty_pair.both("PUT", "/piped", {"settings": ONE_SHARD})
    written = empty_pair.agree("PUT", f"/piped/_doc/{number}?pipeline=steps&refresh=true", source)
    if written.status < 400:
        empty_pair.agree("POST", "/piped/_search", {"query": {"ids": {"values": [written.body["_id"]]}}})
    empty_pair.both("DELETE", "/piped")
