"""Folders with statements, input and output."""

import json
from pathlib import Path
from typing import Any

import pytest

from clickstream.node.sqltest.case_folder import run_case_folder
from clickstream.node.sqltest.failure_text import failure_lines
from clickstream.node.sqltest.results import Failure

STATEMENTS = """
CREATE STREAM s (k STRING KEY, a DOUBLE, b STRING) WITH (kafka_topic='in', value_format='JSON');
CREATE STREAM c AS SELECT k, a, b FROM s;
"""
INPUT = [
    {"topic": "in", "key": "x", "value": {"a": 1.5, "b": "one"}, "timestamp": 10},
    {"topic": "in", "key": "y", "value": {"A": 2}, "timestamp": 20},
]
OUTPUT = [
    {"topic": "C", "key": "x", "value": {"A": 1.5, "b": "one"}, "timestamp": 10},
    {"topic": "C", "key": "y", "value": {"A": 2.0, "B": None}, "timestamp": 20},
]


def run(
    folder: Path,
    *,
    statements: str = STATEMENTS,
    inputs: list[dict[str, Any]] | None = None,
    outputs: list[dict[str, Any]] | None = None,
) -> Failure | None:
    (folder / "statements.sql").write_text(statements)
    (folder / "input.json").write_text(json.dumps({"inputs": INPUT if inputs is None else inputs}, indent=1))
    (folder / "output.json").write_text(json.dumps({"outputs": OUTPUT if outputs is None else outputs}))
    return run_case_folder(folder, "case")


def test_records_in_order_pass(tmp_path: Path) -> None:
    assert run(tmp_path) is None


def test_a_case_without_input_inserts_its_rows(tmp_path: Path) -> None:
    insert = STATEMENTS + "INSERT INTO s (rowtime, k, a) VALUES (7, 'z', 1);"
    assert run(tmp_path, statements=insert, inputs=[], outputs=[
        {"topic": "C", "key": "z", "value": {"A": 1, "B": None}, "timestamp": 7}
    ]) is None  # fmt: skip


def test_windows_are_compared(tmp_path: Path) -> None:
    counted = (
        STATEMENTS + "CREATE TABLE n AS SELECT k, COUNT(*) n FROM s WINDOW SESSION (1 SECOND) GROUP BY k;"
    )
    window = {"start": 10, "end": 10, "type": "session"}
    output = {"topic": "N", "key": "x", "value": {"N": 1}, "window": window}
    assert run(tmp_path, statements=counted, inputs=INPUT[:1], outputs=[output]) is None
    other = {**output, "window": {**window, "end": 11}}
    found = run(tmp_path, statements=counted, inputs=INPUT[:1], outputs=[other])
    assert found is not None
    assert [d.part for d in found.differences if not d.fits] == ["window"]


def test_a_field_that_differs_is_shown_with_the_line_of_its_record(tmp_path: Path) -> None:
    outputs = [OUTPUT[0], {**OUTPUT[1], "value": {"A": 3, "B": None}}]
    run(tmp_path, outputs=outputs)
    (tmp_path / "output.json").write_text(
        '{"x": [1],\n "outputs": [\n' + ",\n".join(map(json.dumps, outputs)) + "\n]}"
    )
    found = run_case_folder(tmp_path, "case")
    assert found is not None
    assert failure_lines(found) == [
        "case/output.json:4: Topic 'C', message 1: Expected record does not match actual",
        "                 expected  actual",
        "      timestamp  20        20",
        '      key        "y"       "y"',
        "    > value.A    3         2.0",
        "      value.B    null      null",
    ]


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ([*OUTPUT, OUTPUT[0]], "message 2: Expected another record, but there are only 2"),
        (OUTPUT[:1], "Expected 1 records, but there are 2"),
        ([{**OUTPUT[0], "key": "z"}], "Expected record does not match actual"),
        ([{**OUTPUT[0], "timestamp": 11}], "Expected record does not match actual"),
        ([{**OUTPUT[0], "value": None}], "Expected record does not match actual"),
        ([{**OUTPUT[0], "value": {"A": 1.5}}], "Expected record does not match actual"),
        ([{**OUTPUT[0], "headers": [{"KEY": "a", "VALUE": None}]}], "Expected record does not match actual"),
        ([{"key": 1}], 'A record is an object with a "topic"'),
    ],
)
def test_records_that_differ_fail(tmp_path: Path, outputs: list[dict[str, Any]], message: str) -> None:
    found = run(tmp_path, outputs=outputs)
    assert found is not None
    assert message in found.message


@pytest.mark.parametrize(
    ("name", "text", "place", "message"),
    [
        ("output.json", '{"outputs": [\n}', "case/output.json:2", "This is not JSON"),
        ("input.json", '{"outputs": []}', "case/input.json:1", 'The file holds no array "inputs"'),
        (
            "input.json",
            '{"inputs": [\n{"topic": "in", "window": 1}]}',
            "case/input.json:2",
            "cannot be written",
        ),
        (
            "statements.sql",
            "\nCREATE STREAM x AS SELECT * FROM y;",
            "case/statements.sql:2",
            "Y does not exist",
        ),
        ("statements.sql", "\n\nCREATE STRAEM x;", "case/statements.sql:3", "Syntax"),
    ],
)
def test_files_that_are_wrong_say_where(
    tmp_path: Path, name: str, text: str, place: str, message: str
) -> None:
    run(tmp_path)
    (tmp_path / name).write_text(text)
    found = run_case_folder(tmp_path, "case")
    assert found is not None
    assert str(found.place) == place
    assert message in found.message


def test_an_output_that_is_missing_is_a_failure(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / "output.json").unlink()
    found = run_case_folder(tmp_path, "case")
    assert found is not None
    assert "output.json cannot be read" in found.message
