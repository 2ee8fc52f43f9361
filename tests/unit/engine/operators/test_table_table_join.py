import pytest

from tests.helpers.engine_runs import Event, Row, run, short

SOURCES = (
    "CREATE TABLE L (K INT PRIMARY KEY, A STRING) WITH (kafka_topic='l', value_format='JSON');"
    "CREATE TABLE R (K INT PRIMARY KEY, B STRING) WITH (kafka_topic='r', value_format='JSON');"
)
EVENTS: list[Event] = [
    ("l", 1, {"A": "a"}, 10),
    ("r", 1, {"B": "x"}, 5),
    ("l", 1, {"A": "b"}, 20),
    ("r", 1, None, 30),
    ("l", 1, None, 40),
    ("r", 2, {"B": "y"}, 50),
]


def joined(kind: str, key: str = "L.K AS K") -> list[tuple[object, object]]:
    query = f"CREATE TABLE OUT AS SELECT {key}, A, B FROM L {kind} JOIN R ON L.K = R.K;"
    return short(run(SOURCES + query, EVENTS))


def test_an_inner_join_has_a_row_while_both_sides_have_one() -> None:
    assert joined("INNER") == [(1, ("a", "x")), (1, ("b", "x")), (1, None)]


def test_a_left_join_has_a_row_while_the_left_side_has_one() -> None:
    assert joined("LEFT") == [(1, ("a", None)), (1, ("a", "x")), (1, ("b", "x")), (1, ("b", None)), (1, None)]


def test_a_right_join_has_a_row_while_the_right_side_has_one() -> None:
    assert joined("RIGHT", "R.K AS K") == [(1, ("a", "x")), (1, ("b", "x")), (1, None), (2, (None, "y"))]


def test_a_full_join_has_a_row_while_either_side_has_one() -> None:
    assert joined("FULL OUTER", "ROWKEY") == [
        (1, ("a", None)),
        (1, ("a", "x")),
        (1, ("b", "x")),
        (1, ("b", None)),
        (1, None),
        (2, (None, "y")),
    ]


@pytest.mark.parametrize("size", [1, 2])
def test_a_joined_row_has_the_later_time(size: int) -> None:
    query = "CREATE TABLE OUT AS SELECT L.K AS K, A, B FROM L JOIN R ON L.K = R.K;"
    assert run(SOURCES + query, EVENTS[:2], size=size) == [Row(1, {"A": "a", "B": "x"}, 10)]
