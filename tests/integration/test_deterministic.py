"""The click pipeline against a recording of the real engine on a fixed input.

`golden/deterministic`: 5 000 clicks with unknown users, late and duplicate records. With one record a
chunk every topic must hold exactly the records that ksqlDB without a record cache wrote; with large
chunks the last row of every key must be the same.
"""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickstream.core.records import Record
from clickstream.engine.workbench import Workbench

STATEMENTS = Path(__file__).resolve().parents[2] / "ksql" / "statements.sql"
STREAMS = ("USER_CLICKSTREAM", "ENRICHED_ERROR_CODES")
TABLES = (
    "EVENTS_PER_MIN",
    "PAGES_PER_MIN",
    "CLICK_USER_SESSIONS",
    "ERRORS_PER_MIN_ALERT",
    "BANDWIDTH_PER_MIN",
    "USER_SESSION_BANDWIDTH",
    "ERRORS_PER_MIN",
    "ENRICHED_ERROR_CODES_COUNT",
    "USER_IP_ACTIVITY",
)
SESSIONS = ("CLICK_USER_SESSIONS", "USER_SESSION_BANDWIDTH")

pytestmark = pytest.mark.shared


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") as lines:
        for line in lines:
            yield json.loads(line)


def load_input(golden: Path) -> list[tuple[str, Record]]:
    records = []
    for line in read_lines(golden / "input.jsonl.gz"):
        key: bytes | None = None
        if line["key"] is not None:
            is_int = line.get("key_type") == "int32be"
            key = line["key"].to_bytes(4, "big") if is_int else line["key"].encode()
        value = None if line["value"] is None else line["value"].encode()
        records.append((line["topic"], Record(key, value, line["timestamp"])))
    return records


def recorded_bytes(text: Any) -> bytes | None:
    if isinstance(text, dict):
        return base64.b64decode(text["b64"])
    return None if text is None else text.encode()


def changelog(golden: Path, topic: str) -> list[tuple[bytes | None, bytes | None, int]]:
    return [
        (recorded_bytes(line["key"]), recorded_bytes(line["value"]), line["timestamp"])
        for line in read_lines(golden / "uncached" / "changelog" / f"{topic}.jsonl.gz")
    ]


def final_rows(golden: Path, table: str) -> dict[tuple[Any, ...], tuple[Any, int]]:
    rows = {}
    for line in read_lines(golden / "uncached" / "final" / f"{table}.jsonl.gz"):
        key = line["key"]
        parts = tuple(key.values()) if isinstance(key, dict) else (key,)
        rows[(*parts, line["window_start"], line["window_end"])] = (line["value"], line["timestamp"])
    return rows


def run(golden: Path, size: int) -> Workbench:
    bed = Workbench()
    bed.execute(STATEMENTS.read_text())
    records = load_input(golden)
    for at in range(0, len(records), size):
        batches: list[tuple[str, list[Record]]] = []
        for topic, record in records[at : at + size]:
            if not batches or batches[-1][0] != topic:
                batches.append((topic, []))
            batches[-1][1].append(record)
        bed.produce(batches)
    return bed


@pytest.fixture(scope="module")
def golden(shared: Path) -> Path:
    return shared / "golden" / "deterministic"


@pytest.fixture(scope="module")
def one_by_one(golden: Path) -> Workbench:
    return run(golden, 1)


@pytest.mark.parametrize("topic", [*STREAMS, *TABLES])
def test_one_record_a_chunk_writes_the_recorded_changelog(
    golden: Path, one_by_one: Workbench, topic: str
) -> None:
    wanted = changelog(golden, topic)
    found = [(r.key, r.value, r.timestamp_ms) for r in one_by_one.records(topic)]
    for at, (have, want) in enumerate(zip(found, wanted, strict=False)):
        assert have == want, f"record {at}"
    assert len(found) == len(wanted)


@pytest.mark.parametrize("topic", ["clickstream", "clickstream_codes", "clickstream_users"])
def test_source_topics_hold_the_recorded_input(golden: Path, one_by_one: Workbench, topic: str) -> None:
    found = [(r.key, r.value, r.timestamp_ms) for r in one_by_one.records(topic)]
    assert found == changelog(golden, topic)


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_tables_end_in_the_recorded_state(golden: Path, size: int) -> None:
    bed = run(golden, size)
    for query in bed.queries:
        if query.sink_topic not in TABLES:
            continue
        names = [c.name for c in query.plan.root.schema.value]
        found = {
            key: (dict(zip(names, value, strict=True)), time_ms) for key, value, time_ms in query.lookup(None)
        }
        assert found == final_rows(golden, query.sink_topic), query.sink_topic


@pytest.mark.parametrize("table", TABLES)
def test_large_chunks_leave_the_same_last_record_a_key(
    golden: Path, one_by_one: Workbench, table: str
) -> None:
    def last(bed: Workbench) -> dict[bytes | None, tuple[bytes | None, int]]:
        rows = {r.key: (r.value, r.timestamp_ms) for r in bed.records(table)}
        return {key: row for key, row in rows.items() if row[0] is not None}

    assert last(run(golden, 1000)) == last(one_by_one)
