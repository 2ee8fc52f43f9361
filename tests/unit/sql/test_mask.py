"""Secrets stay out of the texts that are shown."""

import json
from pathlib import Path

import pytest

from clickstream.sql.format import mask_statement
from clickstream.sql.parser import parse_statement


def _recorded(shared: Path) -> list[tuple[str, str]]:
    """Return what was sent and the statement text that came back, where it had something to hide."""
    golden = shared / "golden"
    pairs = []
    for file in [*golden.glob("clickstream/rest/*.json"), *golden.glob("rest/ksql/*.json")]:
        exchange = json.loads(file.read_text())
        sent = exchange["request"].get("body_json")
        answer = exchange["response"].get("body_json")
        entity = answer[0] if isinstance(answer, list) and answer else answer
        if isinstance(sent, dict) and isinstance(entity, dict) and "statementText" in entity:
            text = sent.get("ksql", "")
            if "CREATE SOURCE CONNECTOR" in text or " VALUES (" in text:
                pairs.append((text, entity["statementText"]))
    return pairs


def test_masked_as_the_servers_do(shared: Path) -> None:
    pairs = _recorded(shared)
    assert len(pairs) >= 9
    for sent, shown in pairs:
        assert mask_statement(sent) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "create sink connector c with (connector.class = 'x', 'password' = 'secret', 'n' = -1)",
            "create sink connector c with (connector.class = 'x', 'password'='[string]', 'n' = -1)",
        ),
        (
            "create sink connector if not exists `c` with ('Connector.Class'='x', password='se;cret');",
            "CREATE SINK CONNECTOR IF NOT EXISTS `c` WITH ('Connector.Class'='x', password='[string]');",
        ),
        (
            "CREATE SOURCE CONNECTOR c WITH ('a'='secret' 'b'='secret');",
            "CREATE SOURCE CONNECTOR c WITH ('a'='[string]');",
        ),
        (
            "insert into s values (f(1, 2), ARRAY[1, 2], 'x;y')",
            "INSERT INTO `S` VALUES ('[value]', '[value]', '[value]');",
        ),
        (
            "insert into `s` (a, `b`) values (1, 2);",
            "INSERT INTO `s` (`A`, `b`) VALUES ('[value]', '[value]');",
        ),
        ("insert into s values ();", "INSERT INTO `S` VALUES ();"),
        ("show  streams;", "show  streams;"),
        (
            "show streams; insert into s values (1); show  tables;",
            "show streams;\nINSERT INTO `S` VALUES ('[value]');\nshow  tables;",
        ),
        ("select 'VALUES' from s;", "select 'VALUES' from s;"),
    ],
)
def test_texts(written: str, shown: str) -> None:
    assert mask_statement(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("create source connector c with ('a'='b');", "CREATE SOURCE CONNECTOR C WITH ('a'='[string]');"),
        ("insert into s (a) values (1);", "INSERT INTO `S` (`A`) VALUES ('[value]');"),
        ("drop stream s;", "DROP STREAM S;"),
    ],
)
def test_trees(written: str, shown: str) -> None:
    assert mask_statement(parse_statement(written).statement) == shown


def test_no_secret_of_a_broken_statement_is_shown() -> None:
    for cut in range(30, 75):
        text = "CREATE SOURCE CONNECTOR c WITH ('password' = 'secret', 'user' = 'secret');"[:cut]
        assert "sec" not in mask_statement(text)
