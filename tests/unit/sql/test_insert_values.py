from decimal import Decimal

from clickstream.sql.insert_values import InsertRow
from tests.helpers.planning import PlanningDesk

SOURCE = (
    "CREATE STREAM s (id INT KEY, v BIGINT, d DOUBLE, dec DECIMAL(10, 2), arr ARRAY<BIGINT>, "
    "st STRUCT<x INT, y VARCHAR>) WITH (kafka_topic='s', value_format='json');"
)


def row(statement: str, source: str = SOURCE) -> InsertRow:
    planned = PlanningDesk().run(source + statement)
    assert isinstance(planned, InsertRow)
    return planned


def test_values_take_their_columns_types() -> None:
    inserted = row("INSERT INTO s VALUES (1, 2, 3, 4, ARRAY[5, 6 + 1], STRUCT(x := 8));")
    assert inserted.key == (1,)
    assert inserted.value == (2, 3.0, Decimal("4.00"), [5, 7], {"X": 8, "Y": None})
    assert [type(v) for v in inserted.value[:3]] == [int, float, Decimal]


def test_columns_that_are_not_given_are_null() -> None:
    inserted = row("INSERT INTO s (v) VALUES (9007199254740993);")
    assert inserted.key == (None,)
    assert inserted.value == (9007199254740993, None, None, None, None)
    assert inserted.timestamp_ms is None


def test_rowtime_is_the_records_time() -> None:
    assert row("INSERT INTO s (ROWTIME, id) VALUES (1510000000000, 3);").timestamp_ms == 1510000000000


def test_without_columns_keys_come_first() -> None:
    source = "CREATE STREAM s (v INT, id STRING KEY) WITH (kafka_topic='s', value_format='json');"
    inserted = row("INSERT INTO s VALUES ('k', 10);", source)
    assert (inserted.key, inserted.value) == (("k",), (10,))


def test_casts_may_name_custom_types() -> None:
    source = "CREATE TYPE whole AS BIGINT;" + SOURCE
    assert row("INSERT INTO s (v) VALUES (CAST('7' AS whole));", source).value[0] == 7
