from clickstream.engine.operators.flat_map import FlatMap
from tests.helpers.engine_runs import run, short

STREAM = (
    "CREATE STREAM S (K INT KEY, A ARRAY<INT>, B ARRAY<STRING>, V INT) "
    "WITH (kafka_topic='s', value_format='JSON');"
)


def test_each_element_is_a_row() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT AS SELECT K, V, EXPLODE(A) AS X FROM S;",
        [("s", 1, {"A": [1, 2], "V": 9}), ("s", 2, {"A": []}), ("s", 3, {}), ("s", 4, None)],
    )
    assert short(found) == [(1, (9, 1)), (1, (9, 2))]


def test_results_side_by_side_are_filled_with_null() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT AS SELECT K, EXPLODE(A) AS X, EXPLODE(B) AS Y FROM S;",
        [("s", 1, {"A": [1, 2], "B": ["a"]})],
    )
    assert short(found) == [(1, (1, "a")), (1, (2, None))]


def test_a_function_that_fails_gives_no_rows_and_does_not_stop_the_query() -> None:
    def fail(_: object) -> list[int]:
        raise ValueError("no")

    reports: list[str] = []
    stage = FlatMap(lambda k, v, t: v, [(fail, 1)], lambda what, error: reports.append(str(error)))
    assert stage.process([((1,), ([1],), 0, ())]) == []
    assert reports == ["no"]
