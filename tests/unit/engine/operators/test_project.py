from tests.helpers.engine_runs import run, short

STREAM = "CREATE STREAM S (K INT KEY, V INT, W STRING) WITH (kafka_topic='s', value_format='JSON');"


def test_columns_are_computed_and_a_missing_value_stays_missing() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT AS SELECT K, W, V + 1 AS NEXT, AS_VALUE(K) AS COPY FROM S;",
        [("s", 1, {"V": 1, "W": "a"}), ("s", 2, None), ("s", 3, {})],
    )
    assert short(found) == [(1, ("a", 2, 1)), (2, None), (3, (None, None, 3))]


def test_a_projection_that_only_picks_columns_keeps_their_order() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT AS SELECT K AS X, W AS B, V AS A FROM S;",
        [("s", 1, {"V": 1, "W": "a"})],
    )
    assert found[0].value == {"B": "a", "A": 1}
    assert list(found[0].value) == ["B", "A"]


def test_a_table_is_projected_with_its_deletions() -> None:
    found = run(
        "CREATE TABLE T (K INT PRIMARY KEY, V INT) WITH (kafka_topic='t', value_format='JSON');"
        "CREATE TABLE OUT AS SELECT K, V * 2 AS D FROM T;",
        [("t", 1, {"V": 1}), ("t", 1, None), ("t", None, {"V": 5})],
    )
    assert short(found) == [(1, (2,)), (1, None)]


def test_pseudo_columns_can_be_selected() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT AS SELECT K, ROWTIME AS T, ROWOFFSET AS O, ROWPARTITION AS P FROM S;",
        [("s", 1, {}, 10), ("s", 1, b"{", 20), ("s", 1, {}, 30)],
        size=3,
    )
    assert short(found) == [(1, (10, 0, 0)), (1, (30, 2, 0))]
