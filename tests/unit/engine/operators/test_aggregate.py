from tests.helpers.engine_runs import Row, run, short

STREAM = "CREATE STREAM S (K INT KEY, G STRING, V INT) WITH (kafka_topic='s', value_format='JSON');"
TABLE = "CREATE TABLE T (K INT PRIMARY KEY, G STRING, V INT) WITH (kafka_topic='t', value_format='JSON');"
TOTALS = "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N, SUM(V) AS TOTAL FROM {} GROUP BY G;"


def test_every_event_updates_its_group() -> None:
    found = run(
        STREAM + TOTALS.format("S"),
        [("s", 1, {"G": "a", "V": 1}, 10), ("s", 2, {"G": "a", "V": 2}, 5), ("s", 3, {"G": "b"}, 7)],
    )
    assert found == [
        Row("a", {"N": 1, "TOTAL": 1}, 10),
        Row("a", {"N": 2, "TOTAL": 3}, 10),
        Row("b", {"N": 1, "TOTAL": 0}, 7),
    ]


def test_events_without_value_or_group_are_left_out() -> None:
    found = run(STREAM + TOTALS.format("S"), [("s", 1, None), ("s", 2, {"V": 1}), ("s", 3, b"{")])
    assert found == []


def test_many_records_at_once_give_each_group_once() -> None:
    events = [("s", 1, {"G": g, "V": 1}) for g in "abab"]
    assert short(run(STREAM + TOTALS.format("S"), events, size=4)) == [("a", (2, 2)), ("b", (2, 2))]


def test_a_table_row_is_taken_out_of_its_old_group_first() -> None:
    found = run(
        TABLE + TOTALS.format("T"),
        [
            ("t", 1, {"G": "a", "V": 1}),
            ("t", 1, {"G": "b", "V": 2}),
            ("t", 1, {"G": "b", "V": 5}),
            ("t", 1, None),
            ("t", 1, None),
        ],
    )
    assert short(found) == [
        ("a", (1, 1)),
        ("a", (0, 0)),
        ("b", (1, 2)),
        ("b", (1, 5)),
        ("b", (0, 0)),
    ]


def test_having_shows_only_what_matches_and_deletes_it_when_it_stops() -> None:
    found = run(
        STREAM + "CREATE TABLE OUT AS SELECT G, SUM(V) AS TOTAL FROM S GROUP BY G HAVING COUNT(*) > 1 "
        "AND SUM(V) < 10;",
        [("s", 1, {"G": "a", "V": v}) for v in (1, 2, 9, 1, -5)],
    )
    assert short(found) == [("a", (3,)), ("a", None), ("a", (8,))]


def test_a_failing_argument_counts_as_null() -> None:
    found = run(
        STREAM + "CREATE TABLE OUT AS SELECT G, SUM(10 / V) AS TOTAL FROM S GROUP BY G;",
        [("s", 1, {"G": "a", "V": 5}), ("s", 1, {"G": "a", "V": 0})],
    )
    assert short(found) == [("a", (2,)), ("a", (2,))]
