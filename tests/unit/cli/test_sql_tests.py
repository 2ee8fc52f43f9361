"""`clickstream test`: what it prints, what it writes, and its exit codes."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from clickstream.cli.main import run

Capture = pytest.CaptureFixture[str]

FILE = """--@test: counts
CREATE STREAM s (id INT KEY, foo INT) WITH (kafka_topic='s', value_format='JSON');
INSERT INTO s (id, foo) VALUES (1, 2);
ASSERT VALUES s (id, foo) VALUES (1, {foo});
--@test: another
DROP STREAM IF EXISTS s;
"""


@pytest.fixture
def passing(project: Path) -> str:
    (project / "good.sql").write_text(FILE.format(foo=2))
    return "good.sql"


@pytest.fixture
def failing(project: Path) -> str:
    (project / "bad.sql").write_text(FILE.format(foo=3))
    return "bad.sql"


def test_all_pass(passing: str, capsys: Capture) -> None:
    assert run(["test", passing]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["ok    good.sql:1  counts", "ok    good.sql:5  another"]
    assert lines[2].startswith("2 passed, 0 failed in ")


def test_a_failure_is_shown_with_its_place(failing: str, capsys: Capture) -> None:
    assert run(["test", failing]) == 1
    assert capsys.readouterr().out.splitlines()[:6] == [
        "FAIL  bad.sql:1  counts",
        "      bad.sql:4: Expected record does not match actual: record 0 of s",
        "                     expected  actual",
        "            ROWTIME  ·         0",
        "            ID       1         1",
        "          > FOO      3         2",
    ]


def test_json_has_every_test(failing: str, capsys: Capture) -> None:
    assert run(["test", failing, "-o", "json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert (first["name"], first["outcome"], first["where"]) == ("counts", "failed", "bad.sql:4")
    assert first["differences"][-1] == {"part": "FOO", "expected": "3", "actual": "2", "fits": False}
    assert (second["outcome"], second["where"], second["message"]) == ("passed", "bad.sql:5", "")


def test_csv_has_a_row_for_each_test(failing: str, capsys: Capture) -> None:
    assert run(["test", failing, "-o", "csv"]) == 1
    head, first, second = capsys.readouterr().out.splitlines()
    assert (head, second) == ("test,where,outcome,message", "another,bad.sql:5,passed,")
    assert first.startswith("counts,bad.sql:4,failed,Expected record")


def test_a_report_is_written_though_tests_fail(failing: str, project: Path) -> None:
    assert run(["test", failing, "--junit", "report.xml"]) == 1
    root = ET.parse(project / "report.xml").getroot()
    assert (root.get("tests"), root.get("failures")) == ("2", "1")


def test_only_some_are_run(failing: str, capsys: Capture) -> None:
    assert run(["test", failing, "--only", "Anoth"]) == 0
    assert "1 passed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["test"], "Missing argument"),
        (["test", "missing"], "missing does not exist"),
        (["test", "good.sql", "--only", "nothing"], "no test has 'nothing' in its name"),
        (["test", "good.sql", "--junit", "no/such/folder.xml"], "no/such/folder.xml cannot be written"),
    ],
)
def test_wrong_usage(passing: str, capsys: Capture, arguments: list[str], message: str) -> None:
    assert run(arguments) == 2
    assert message in capsys.readouterr().err
