"""Statements to begin with: the project's own, recorded and conformance ones, and random syntax trees."""

import json
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from clickstream.sql import nodes as n
from clickstream.sql.format import format_statement
from clickstream.sql.parser import split_statements
from tests.helpers import syntax_trees

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
TREES = 400
"""Statements made of random syntax trees."""


def corpus(seed_value: int) -> list[str]:
    """Return statements, each once, in an order that depends on the seed alone."""
    return list(dict.fromkeys(text.strip() for text in _texts(seed_value) if text.strip()))


def _texts(seed_value: int) -> Iterator[str]:
    for path in sorted((ROOT / "ksql").glob("*.sql")):
        yield from (statement.text for statement in split_statements(path.read_text()))
    for path in sorted((SHARED / "qtt").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            yield from json.loads(line)["statements"]
    for path in sorted((SHARED / "golden" / "rest").glob("*/*.json")):
        yield from _recorded(json.loads(path.read_text()))
    yield from _trees(seed_value)


def _recorded(recording: dict[str, object]) -> Iterator[str]:
    request = recording.get("request")
    body = request.get("body_json") if isinstance(request, dict) else None
    if isinstance(body, dict):
        yield from (text for key in ("ksql", "sql") if isinstance(text := body.get(key), str))


def _trees(seed_value: int) -> list[str]:
    found: list[str] = []

    @seed(seed_value)
    @settings(
        max_examples=TREES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(syntax_trees.statements)
    def collect(statement: n.Statement) -> None:
        found.append(format_statement(statement))

    collect()
    return found
