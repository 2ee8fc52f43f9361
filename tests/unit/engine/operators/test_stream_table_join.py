import pytest

from tests.helpers.engine_runs import Event, Row, run, short

SOURCES = (
    "CREATE STREAM S (U INT, V STRING) WITH (kafka_topic='s', value_format='JSON');"
    "CREATE TABLE T (ID INT PRIMARY KEY, NAME STRING) WITH (kafka_topic='t', value_format='JSON');"
)
EVENTS: list[Event] = [
    ("s", None, {"U": 1, "V": "before"}, 1),
    ("t", 1, {"NAME": "ann"}, 50),
    ("s", None, {"U": 1, "V": "now"}, 2),
    ("s", None, {"U": 2, "V": "unknown"}, 3),
    ("s", None, {"V": "no key"}, 4),
    ("s", None, None, 5),
    ("t", 1, None, 60),
    ("s", None, {"U": 1, "V": "after"}, 6),
]


@pytest.mark.parametrize("size", [1, 100])
def test_a_left_join_keeps_events_of_unknown_keys_and_drops_those_without_key(size: int) -> None:
    query = "CREATE STREAM OUT AS SELECT U, V, NAME FROM S LEFT JOIN T ON U = ID;"
    assert run(SOURCES + query, EVENTS, size=size) == [
        Row(1, {"V": "before", "NAME": None}, 1),
        Row(1, {"V": "now", "NAME": "ann"}, 2),
        Row(2, {"V": "unknown", "NAME": None}, 3),
        Row(1, {"V": "after", "NAME": None}, 6),
    ]


def test_an_inner_join_keeps_only_events_with_a_row() -> None:
    query = "CREATE STREAM OUT AS SELECT U, V, NAME FROM S JOIN T ON U = ID;"
    assert short(run(SOURCES + query, EVENTS)) == [(1, ("now", "ann"))]


def test_the_tables_own_key_is_null_where_it_has_no_row() -> None:
    query = "CREATE STREAM OUT AS SELECT U, T.ID + 1 AS NEXT, T.ROWTIME AS SEEN FROM S LEFT JOIN T ON U = ID;"
    found = run(SOURCES + query, EVENTS)
    assert [r.value for r in found] == [
        {"NEXT": None, "SEEN": None},
        {"NEXT": 2, "SEEN": 50},
        {"NEXT": None, "SEEN": None},
        {"NEXT": None, "SEEN": None},
    ]
