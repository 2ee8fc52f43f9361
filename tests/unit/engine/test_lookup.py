from typing import Any

import pytest

from clickstream.engine.workbench import Workbench
from tests.helpers.engine_runs import feed

STREAM = "CREATE STREAM S (G STRING, V INT) WITH (kafka_topic='s', value_format='JSON');"
TABLE = "CREATE TABLE T (K INT PRIMARY KEY, V INT) WITH (kafka_topic='t', value_format='JSON');"
EVENTS: list[Any] = [
    ("s", None, {"G": g, "V": v}, t) for g, v, t in (("a", 1, 5), ("b", 2, 12), ("a", 3, 14))
]


def looked_up(query: str, keys: list[Any] | None = None, **bounds: Any) -> list[Any]:
    bench = Workbench()
    bench.execute(query)
    feed(bench, EVENTS)
    feed(bench, [("t", 1, {"V": 5}, 1), ("t", 2, {"V": 7}, 2), ("t", 1, None, 3)])
    return list(bench.queries[0].lookup(keys, **bounds))


GROUPED = STREAM + "CREATE TABLE OUT AS SELECT G, AS_VALUE(G) AS NAME, SUM(V) * 10 AS T FROM S GROUP BY G{};"
WINDOWED = (
    STREAM
    + "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N FROM S WINDOW TUMBLING (SIZE 10 MILLISECONDS) GROUP BY G;"
)


def test_projection_and_having_are_applied() -> None:
    assert looked_up(GROUPED.format("")) == [(("a",), ("a", 40), 14), (("b",), ("b", 20), 12)]
    assert looked_up(GROUPED.format(" HAVING SUM(V) > 2")) == [(("a",), ("a", 40), 14)]


def test_keys_that_are_not_there_give_nothing() -> None:
    assert looked_up(GROUPED.format(""), [("b",), ("x",)]) == [(("b",), ("b", 20), 12)]


def test_windows_of_a_key_come_by_start() -> None:
    assert looked_up(WINDOWED, [("a",)]) == [(("a", 0, 10), (1,), 5), (("a", 10, 20), (1,), 14)]


@pytest.mark.parametrize(
    ("bounds", "starts"),
    [
        ({"window_start": (10, 10)}, [10]),
        ({"window_start": (1, None)}, [10]),
        ({"window_start": (None, 9)}, [0]),
        ({"window_end": (20, None)}, [10]),
        ({"window_start": (0, 10), "window_end": (None, 10)}, [0]),
    ],
)
def test_windows_within_bounds(bounds: dict[str, Any], starts: list[int]) -> None:
    assert [key[1] for key, _, _ in looked_up(WINDOWED, [("a",)], **bounds)] == starts


def test_a_table_that_is_only_projected_can_be_looked_up() -> None:
    query = TABLE + "CREATE TABLE OUT AS SELECT K, V + 1 AS N FROM T;"
    assert looked_up(query) == [((2,), (8,), 2)]


def test_a_filtered_table_keeps_no_second_copy() -> None:
    query = TABLE + "CREATE TABLE OUT AS SELECT * FROM T WHERE V > 6;"
    assert looked_up(query) == [((2,), (7,), 2)]
    bench = Workbench()
    bench.execute(query)
    assert len(bench.queries[0]._context.stores) == 1


def test_a_stream_has_no_rows_to_look_up() -> None:
    assert looked_up(STREAM + "CREATE STREAM OUT AS SELECT * FROM S;") == []
