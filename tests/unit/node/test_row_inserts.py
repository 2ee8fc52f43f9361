from collections.abc import Iterator
from decimal import Decimal

import pytest

from clickstream.core.errors import SqlError
from clickstream.core.records import Record
from clickstream.node.rejections import BadTarget, RequestRejected
from tests.helpers.executor import NOW_MS, Bench, bench

SCRIPT = """
CREATE STREAM ins (id INT KEY, v BIGINT, d DOUBLE, s STRING, dec DECIMAL(10, 2), arr ARRAY<INT>,
    m MAP<STRING, INT>, st STRUCT<x INT, y STRING>)
    WITH (kafka_topic='ins', partitions=1, value_format='json');
CREATE TABLE tbl (id INT PRIMARY KEY, v STRING) WITH (kafka_topic='tbl', partitions=1, value_format='json');
"""


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(SCRIPT)
        yield opened


def records(on: Bench, topic: str) -> list[Record]:
    return [record for chunk in on.node.topics.read(topic, 0, 100) for record in chunk.records]


def test_insert_values_writes_the_record_with_its_time(on: Bench) -> None:
    on.run("INSERT INTO ins (id, v, dec) VALUES (1, 9007199254740993, 12.50);")
    on.run("INSERT INTO ins (rowtime, id) VALUES (15, 2);")
    first, second = records(on, "ins")
    assert first.key == b"\x00\x00\x00\x01"
    assert first.value is not None
    assert b'"V":9007199254740993' in first.value
    assert b'"DEC":12.50' in first.value
    assert (first.timestamp_ms, second.timestamp_ms) == (NOW_MS, 15)


def test_a_stream_may_have_no_key_and_a_table_may_not(on: Bench) -> None:
    on.run("INSERT INTO ins (v) VALUES (1);")
    assert records(on, "ins")[0].key is None
    with pytest.raises(SqlError, match="required for tables"):
        on.run("INSERT INTO tbl (v) VALUES ('x');")


def test_a_rehearsed_insert_writes_nothing(on: Bench) -> None:
    with pytest.raises(SqlError):
        on.run("INSERT INTO ins (v) VALUES (1); DROP STREAM nope;")
    assert records(on, "ins") == []


def test_windowed_targets_and_values_are_kept_out_of_messages(on: Bench) -> None:
    on.run("CREATE TABLE win AS SELECT id, COUNT(*) n FROM ins WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY id;")
    with pytest.raises(RequestRejected, match="windowed"):
        on.run("INSERT INTO win (id) VALUES (1);")
    with pytest.raises(SqlError) as refusal:
        on.run("INSERT INTO ins (id, v) VALUES ('secret', 5);")
    assert refusal.value.statement == "INSERT INTO `INS` (`ID`, `V`) VALUES ('[value]', '[value]');"


def test_json_rows_take_the_types_of_their_columns(on: Bench) -> None:
    row = {
        "id": 1, "V": 2, "D": 3, "S": "x", "DEC": "1.25",
        "ARR": [1], "M": {"a": 1}, "ST": {"x": 1}, "NOPE": 9,
    }  # fmt: skip
    on.executor.open_inserts("ins").insert(row)
    (shown,) = on.rows("SELECT * FROM ins;")
    assert shown == (1, 2, 3.0, "x", Decimal("1.25"), [1], {"a": 1}, {"X": 1, "Y": None})


def test_json_rows_that_do_not_fit_are_refused(on: Bench) -> None:
    inserter = on.executor.open_inserts("tbl")
    with pytest.raises(SqlError):
        inserter.insert({"ID": "zz", "V": "a"})
    with pytest.raises(RequestRejected, match="Key field must be specified"):
        inserter.insert({"V": "a"})
    with pytest.raises(RequestRejected, match="must be an object"):
        inserter.insert([1])
    with pytest.raises(RequestRejected, match="Can't coerce"):
        on.executor.open_inserts("ins").insert({"DEC": "many"})
    assert records(on, "tbl") == []


def test_targets(on: Bench) -> None:
    with pytest.raises(BadTarget, match="unknown stream/table: `NOPE`"):
        on.executor.open_inserts("nope")
    on.run("CREATE STREAM `lower` (a INT) WITH (kafka_topic='ins', value_format='json');")
    on.executor.open_inserts("`lower`").insert({"A": 1})
    assert len(records(on, "ins")) == 1
