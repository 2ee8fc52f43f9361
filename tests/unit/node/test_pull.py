from collections.abc import Iterator

import pytest

from clickstream.node.processing_log_stream import TOPIC as PROCESSING_LOG
from tests.helpers.executor import Bench, bench

SCRIPT = """
CREATE STREAM clicks (id INT KEY, bytes BIGINT, tags ARRAY<STRING>)
    WITH (kafka_topic='clicks', partitions=1, key_format='kafka', value_format='json');
CREATE TABLE totals AS SELECT id, SUM(bytes) AS total, COUNT(*) AS n FROM clicks
    GROUP BY id HAVING SUM(bytes) > 0;
CREATE TABLE per_min AS SELECT id, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY id;
CREATE TABLE by_tags WITH (key_format='json') AS SELECT tags, COUNT(*) AS n FROM clicks GROUP BY tags;
"""
ROWS = [(0, 3, 30), (0, -1, 10), (0, 12, 20), (70_000, 3, 5), (130_000, 3, 1), (0, 7, 0)]


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(SCRIPT)
        for time_ms, id_, size in ROWS:
            opened.run(
                "INSERT INTO clicks (rowtime, id, bytes, tags) "
                f"VALUES ({time_ms}, {id_}, {size}, ARRAY['a', 'b']);"
            )
        yield opened


def test_a_scan_comes_in_the_order_of_the_keys_bytes(on: Bench) -> None:
    assert on.rows("SELECT * FROM totals;") == [(3, 36, 3), (12, 20, 1), (-1, 10, 1)]


def test_what_having_leaves_out_is_not_there(on: Bench) -> None:
    assert on.rows("SELECT * FROM totals WHERE id = 7;") == []


def test_keys_conditions_and_expressions(on: Bench) -> None:
    assert on.rows("SELECT total / n AS mean, id FROM totals WHERE id IN (3, 12) AND n > 1;") == [(12, 3)]
    assert on.rows("SELECT id FROM totals WHERE total BETWEEN 10 AND 20;") == [(12,), (-1,)]


def test_a_limit(on: Bench) -> None:
    assert on.rows("SELECT id FROM totals LIMIT 2;") == [(3,), (12,)]


def test_windows_come_with_their_bounds(on: Bench) -> None:
    assert on.rows("SELECT * FROM per_min WHERE id = 3;") == [
        (3, 0, 60_000, 1),
        (3, 60_000, 120_000, 1),
        (3, 120_000, 180_000, 1),
    ]
    within = "SELECT windowstart FROM per_min WHERE id = 3 AND windowstart >= 60000 AND windowend <= 120000;"
    assert on.rows(within) == [(60_000,)]


def test_keys_that_are_arrays(on: Bench) -> None:
    assert on.rows("SELECT n FROM by_tags WHERE tags = ARRAY['a', 'b'];") == [(6,)]


def test_what_fails_on_a_row_is_null_and_logged(on: Bench) -> None:
    assert on.rows("SELECT id / (id - id) AS bad FROM totals WHERE id = 3;") == [(None,)]
    (chunk,) = on.node.topics.read(PROCESSING_LOG, 0, 10)
    assert b"Error computing expression" in (chunk.records[0].value or b"")
