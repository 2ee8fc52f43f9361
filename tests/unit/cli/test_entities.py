"""Recorded answers at the prompt: every kind of entity is readable."""

import io
from pathlib import Path

import pytest

from clickstream.cli.entities import show_entities, type_text
from clickstream.cli.output import Format, Output
from tests.helpers.recorded_replies import load


def shown(path: Path, form: Format = Format.TABLE) -> str:
    out = io.StringIO()
    show_entities(Output(form, stdout=out, stderr=io.StringIO()), load(path)["response"]["body_json"])
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("001_SHOW_STREAMS", ["USER_CLICKSTREAM", "KAFKA", "JSON"]),
        ("002_SHOW_TABLES", ["EVENTS_PER_MIN", "windowed", "yes"]),
        ("003_SHOW_QUERIES", ["CTAS_EVENTS_PER_MIN_9", "RUNNING"]),
        ("007_SHOW_TOPICS", ["clickstream_users"]),
        ("009_SHOW_CONNECTORS", ["DATAGEN_CLICKSTREAM", "source"]),
        ("022_DESCRIBE_EXTENDED_PAGES_PER_MIN", ["K1", "INTEGER (key)", "total-messages", "EMIT CHANGES"]),
        ("018_EXPLAIN_CTAS_EVENTS_PER_MIN_9", ["CREATE TABLE EVENTS_PER_MIN"]),
    ],
)
def test_answers_are_tables_and_words(shared: Path, name: str, words: list[str]) -> None:
    text = shown(shared / f"golden/clickstream/meta/{name}.json")
    assert [word for word in words if word not in text] == []
    assert "@type" not in text


def test_a_command_says_what_it_did(shared: Path) -> None:
    path = shared / "golden/clickstream/rest/012_stmt05_CREATE_table_events_per_min.json"
    assert shown(path) == "Created query with ID CTAS_EVENTS_PER_MIN_9\n"


def test_every_recorded_answer_can_be_shown(shared: Path) -> None:
    count = 0
    for path in sorted((shared / "golden/rest/ksql").glob("*.json")):
        body = load(path)["response"].get("body_json")
        if isinstance(body, list) and body and "@type" in body[0]:
            assert shown(path)
            assert shown(path, Format.JSON).startswith("{")
            count += 1
    assert count > 50


def test_nested_types_are_written_as_sql() -> None:
    number = {"type": "INTEGER", "fields": None, "memberSchema": None}
    text = {"type": "STRING", "fields": None, "memberSchema": None}
    struct = {"type": "STRUCT", "fields": [{"name": "A", "schema": number}, {"name": "B", "schema": text}]}
    assert type_text({"type": "ARRAY", "memberSchema": struct}) == "ARRAY<STRUCT<A INTEGER, B VARCHAR>>"
    assert type_text({"type": "MAP", "memberSchema": number}) == "MAP<STRING, INTEGER>"
