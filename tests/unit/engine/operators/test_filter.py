from tests.helpers.engine_runs import run, short

STREAM = "CREATE STREAM S (K INT KEY, V INT) WITH (kafka_topic='s', value_format='JSON');"
TABLE = "CREATE TABLE T (K INT PRIMARY KEY, V INT) WITH (kafka_topic='t', value_format='JSON');"


def test_events_that_do_not_match_or_have_no_value_are_left_out() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT AS SELECT * FROM S WHERE V > 1;",
        [("s", 1, {"V": 1}), ("s", 2, {"V": 2}), ("s", 3, None), ("s", 4, {}), ("s", None, {"V": 5})],
    )
    assert short(found) == [(2, (2,)), (None, (5,))]


def test_a_table_row_that_stops_matching_is_deleted_once() -> None:
    found = run(
        TABLE + "CREATE TABLE OUT AS SELECT * FROM T WHERE V > 1;",
        [
            ("t", 1, {"V": 1}),
            ("t", 1, {"V": 2}),
            ("t", 1, {"V": 3}),
            ("t", 1, {"V": 0}),
            ("t", 1, {"V": 0}),
            ("t", 1, None),
        ],
    )
    assert short(found) == [(1, (2,)), (1, (3,)), (1, None)]
