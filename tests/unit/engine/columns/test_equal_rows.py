"""Columns against rows: the same records, state, look-ups and reports, whatever the statement and data.

Two workbenches get the same chunks of changing size; one reads every chunk as columns, the other none.
"""

import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream.core.records import Record
from clickstream.engine.workbench import Workbench

NEVER = 1 << 60

Batches = list[tuple[str, list[Record]]]

SOURCES = """
CREATE STREAM s (k INT KEY, a STRING, i INT, b BIGINT, d DOUBLE, f BOOLEAN, l ARRAY<INT>)
    WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE TABLE t (id INT PRIMARY KEY, name STRING, n BIGINT, w DOUBLE)
    WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
"""

CONDITIONS = (
    "i > 2",
    "b <= 9223372036854775806",
    "a LIKE '%x%'",
    "a LIKE 'x_' ESCAPE '!' OR i IS NULL",
    "NOT (i BETWEEN -1 AND 3)",
    "i = b",
    "f AND i < 5",
    "f",
    "a IN ('x', 'y') AND b IS NOT NULL",
    "a IS DISTINCT FROM 'x'",
    "CASE WHEN i > 1 THEN a ELSE 'z' END = 'z'",
    "d > 0.5",
    "10 / i > 1",
    "ROWTIME > 100000",
    "UCASE(a) = 'X'",
)
VALUES = (
    "i + 1 AS v1, b * 3 AS v2",
    "UCASE(a) AS v1, CAST(i AS STRING) AS v2",
    "a + '!' AS v1, d AS v2",
    "l AS v1, f AS v2",
    "CASE WHEN f THEN b ELSE CAST(i AS BIGINT) END AS v1, COALESCE(a, 'none') AS v2",
    "10 % i AS v1, ROWTIME AS v2",
    "CAST(a AS INT) AS v1, ARRAY[i, 2] AS v2",
    "-i AS v1, d * 2 AS v2",
)
GROUPS = ("a", "i", "k", "f", "a, i", "i, k, f", "b", "i + 1", "UCASE(a), i", "d")
CALLS = (
    "COUNT(*)",
    "COUNT(a)",
    "COUNT(i)",
    "SUM(i)",
    "SUM(b)",
    "SUM(d)",
    "MIN(i)",
    "MAX(b)",
    "AVG(i)",
    "AVG(b)",
    "SUM(i + 1)",
    "MAX(a)",
    "LATEST_BY_OFFSET(i)",
)
WINDOWS = (
    "",
    "WINDOW TUMBLING (SIZE 10 SECONDS)",
    "WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 5 SECONDS)",
    "WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 2 SECONDS)",
    "WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 3 SECONDS)",
    "WINDOW HOPPING (SIZE 9 SECONDS, ADVANCE BY 3 SECONDS, GRACE PERIOD 2 SECONDS)",
    "WINDOW SESSION (3 SECONDS)",
    "WINDOW SESSION (3 SECONDS, GRACE PERIOD 4 SECONDS)",
)

INTEGERS = (None, -3, 0, 1, 2, 3, 4, 5, 6, 2**31 - 1, -(2**31))
LONGS = (None, -3, 0, 1, 2, 3, 4, 2**63 - 1, -(2**63), 2**53 + 1)
TEXTS = (None, "x", "y", "xy", "", "7", "\u00e9\u0001", "%")
DOUBLES = (None, 0.0, -0.0, 0.1, 0.2, 1e300, -2.5, 1e-9)
ARRAYS: tuple[list[int | None] | None, ...] = (None, [1, None], [])
ODD = (None, b"null", b"[]", b"{", b'{"i":"7","b":"x"}', b'{"i":2.5,"A":3}', b'{"i":9999999999}')


def value(draw: Random, *, plain: bool) -> bytes | None:
    document: dict[str, Any] = {
        "a": draw.choice(TEXTS),
        "i": draw.choice(INTEGERS),
        "b": draw.choice(LONGS),
        "d": draw.choice(DOUBLES),
        "f": draw.choice([True, False, None]),
        "l": draw.choice(TEXTS if plain else ARRAYS),
    }
    odd = draw.random()
    if odd < 0.005:
        return draw.choice(ODD)
    if odd < 0.05:
        document["i"] = str(document["i"] or 0)
    elif odd < 0.1:
        document.pop(draw.choice(sorted(document)))
    return json.dumps(document).encode()


def event(draw: Random, moment: int, spread: int, *, plain: bool) -> Record:
    key = draw.choice([None, 0, 1, 2, 3, 4])
    raw = None if key is None else key.to_bytes(4, "big")
    headers = (("h", b"1"),) if draw.random() < 0.004 else ()
    return Record(raw, value(draw, plain=plain), moment + draw.randint(0, spread), headers)


def table_record(draw: Random, moment: int) -> Record:
    row = {"name": draw.choice(TEXTS), "n": draw.choice(LONGS), "w": draw.choice(DOUBLES)}
    raw = None if draw.random() < 0.2 else json.dumps(row).encode()
    return Record(draw.randint(0, 4).to_bytes(4, "big"), raw, moment)


def inputs(draw: Random, *, plain: bool) -> list[Batches]:
    """Return calls, each with its chunks by topic; `plain` ones without arrays."""
    spread = draw.choice([2_000, 20_000, 100_000])
    moment = draw.choice([0, 100_000, 1_700_000_000_000])
    calls = []
    for _ in range(draw.randint(1, 5)):
        batches: Batches = []
        for _ in range(draw.randint(1, 2)):
            if draw.random() < 0.5:
                batches.append(("t", [table_record(draw, moment) for _ in range(draw.randint(1, 4))]))
            size = draw.choice([1, 2, 12, 40])
            batches.append(("s", [event(draw, moment, spread, plain=plain) for _ in range(size)]))
        calls.append(batches)
        moment += draw.choice([0, 500, 15_000, 300_000])
    return calls


def script(draw: Random, *, plain: bool) -> str:
    """Return statements: a projection, a join, an aggregation of the source or of the join."""
    sources = SOURCES.replace("ARRAY<INT>", "STRING") if plain else SOURCES
    where = f"WHERE {draw.choice(CONDITIONS)}" if draw.random() < 0.5 else ""
    join, key = draw.choice(["LEFT JOIN", "INNER JOIN"]), draw.choice(["k", "i"])
    source, groups = draw.choice([("s", GROUPS), ("j", ("a", "id", "name", "name, i", "n"))])
    group = draw.choice(groups)
    shown = ", ".join(f"{call} AS c{at}" for at, call in enumerate(draw.sample(CALLS, draw.randint(1, 3))))
    keys = ", ".join(f"{part} AS g{at}" for at, part in enumerate(group.split(", ")))
    having = "HAVING COUNT(*) > 2" if draw.random() < 0.5 else ""
    return f"""{sources}
    CREATE STREAM p AS SELECT k, a, i, {draw.choice(VALUES)} FROM s {where};
    CREATE STREAM j AS SELECT t.id, s.a, s.i, s.d, s.b, s.f, name, n, w FROM s {join} t ON s.{key} = t.id;
    CREATE TABLE g WITH (KEY_FORMAT='JSON') AS SELECT {keys}, {shown} FROM {source}
        {draw.choice(WINDOWS)} {where if source == "s" else ""} GROUP BY {group} {having};
    """


def run(statements: str, calls: list[Batches], columns_from: int) -> list[Any]:
    """Return everything that can be seen of a run."""
    bench = Workbench(columns_from=columns_from)
    bench.execute(statements)
    seen: list[Any] = []
    for batches in calls:
        bench.produce(batches)
        for query in bench.queries:
            metrics = query.metrics
            seen.append(list(query.take_changes()))
            seen.append(repr(list(query.lookup(None))))
            seen.append((metrics.processed, metrics.emitted, metrics.late, metrics.errors))
    seen.append({topic: bench.records(topic) for topic in bench.topics})
    seen.append([(e.kind, e.message, e.topic, e.offset) for e in bench.log.take()])
    return seen


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1 << 32))
def test_columns_do_what_rows_do(seed: int) -> None:
    draw = Random(seed)
    plain = draw.random() < 0.7
    statements, calls = script(draw, plain=plain), inputs(draw, plain=plain)
    by_row = run(statements, calls, NEVER)
    for columns_from in (1, 10):
        for row, column in zip(by_row, run(statements, calls, columns_from), strict=True):
            assert column == row, statements
