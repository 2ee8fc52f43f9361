import pytest

from clickstream.sql.format import format_expression
from clickstream.sql.pull import PullPlan
from tests.helpers.planning import PlanningDesk

TABLES = (
    "CREATE STREAM s (k INT KEY, a STRING, v INT) WITH (kafka_topic='s', value_format='json');"
    "CREATE TABLE t AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;"
    "CREATE TABLE two WITH (key_format='json') AS SELECT a, v, COUNT(*) AS n FROM s GROUP BY a, v;"
    "CREATE TABLE w AS SELECT k, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY k;"
)


def pull(query: str) -> PullPlan:
    plan = PlanningDesk().run(TABLES + query)
    assert isinstance(plan, PullPlan)
    return plan


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("k = 1", ((1,),)),
        ("1 = k", ((1,),)),
        ("k = 11 - 1", ((10,),)),
        ("k IN (1, 2, 3)", ((3,), (2,), (1,))),
        ("k = 1 OR k = 2", ((1,), (2,))),
        ("k = 1 OR k = 1", ((1,),)),
        ("k = 1 AND n > 3", ((1,),)),
        ("k = 1 AND k IN (1, 2)", ((1,),)),
        ("k = 1 AND k = 2", ()),
        ("k > 1", None),
        ("n = 1", None),
        ("k = 1 OR n = 1", None),
        ("k + 1 = 2", None),
        ("k = n", None),
        ("NOT k = 1", None),
    ],
)
def test_keys(where: str, keys: tuple[tuple[int, ...], ...] | None) -> None:
    assert pull(f"SELECT * FROM t WHERE {where};").keys == keys


def test_every_column_of_a_key_is_needed() -> None:
    assert pull("SELECT * FROM two WHERE a = 'x' AND v = 2;").keys == (("x", 2),)
    assert pull("SELECT * FROM two WHERE a = 'x' AND (v = 2 OR v = 3);").keys == (("x", 2), ("x", 3))
    assert pull("SELECT * FROM two WHERE a = 'x';").keys is None


@pytest.mark.parametrize(
    ("where", "start", "end"),
    [
        ("k = 1", None, None),
        ("k = 1 AND WINDOWSTART >= 10 AND WINDOWSTART < 20", (10, 19), None),
        ("WINDOWSTART = 10", (10, 10), None),
        ("WINDOWSTART > '1970-01-01T00:00:01' AND 5000 >= WINDOWEND", (1001, None), (None, 5000)),
        ("WINDOWSTART BETWEEN 1 AND 2", (1, 2), None),
        ("WINDOWSTART = 10 OR WINDOWSTART = 20", None, None),
    ],
)
def test_window_bounds(
    where: str, start: tuple[int | None, int | None] | None, end: tuple[int | None, int | None] | None
) -> None:
    plan = pull(f"SELECT * FROM w WHERE {where};")
    assert (plan.window_start, plan.window_end) == (start, end)


def test_star_over_a_windowed_table_has_the_bounds_after_the_key() -> None:
    plan = pull("SELECT * FROM w;")
    assert [c.name for c in plan.output] == ["K", "WINDOWSTART", "WINDOWEND", "N"]
    assert plan.key_columns == {"K", "WINDOWSTART", "WINDOWEND"}
    assert (plan.predicate, plan.keys, plan.limit) == (None, None, None)


def test_the_predicate_is_the_whole_condition() -> None:
    plan = pull("SELECT n * 2 AS twice FROM t WHERE k IN (1) AND n > 3 LIMIT 4;")
    assert plan.predicate is not None
    assert format_expression(plan.predicate) == "((K IN (1)) AND (N > 3))"
    assert [(name, format_expression(e)) for name, e in plan.columns] == [("TWICE", "(N * 2)")]
    assert plan.limit == 4
