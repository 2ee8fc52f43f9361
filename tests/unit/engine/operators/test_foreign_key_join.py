from clickstream.core.processing_log import ProcessingLog
from clickstream.engine.query import RunningQuery
from clickstream.engine.workbench import Workbench
from clickstream.sql.functions.registry import REGISTRY
from tests.helpers.engine_runs import Event, Row, feed, rows, run, short

SOURCES = (
    "CREATE TABLE L (ID INT PRIMARY KEY, REF INT, A STRING) WITH (kafka_topic='l', value_format='JSON');"
    "CREATE TABLE R (RID INT PRIMARY KEY, B STRING) WITH (kafka_topic='r', value_format='JSON');"
)
JOIN = "CREATE TABLE OUT AS SELECT ID, A, B FROM L {} JOIN R ON L.REF = R.RID;"


def row(key: int, ref: int | None, text: str = "a", time_ms: int = 0) -> Event:
    return ("l", key, {"REF": ref, "A": text}, time_ms)


def partner(key: int, text: str | None, time_ms: int = 0) -> Event:
    return ("r", key, None if text is None else {"B": text}, time_ms)


def joined(kind: str, events: list[Event], *, size: int = 1) -> list[tuple[object, object]]:
    return short(run(SOURCES + JOIN.format(kind), events, size=size))


def test_a_change_on_the_right_reaches_every_row_that_refers_to_it() -> None:
    events = [row(2, 9, "b"), row(1, 9, "a"), row(3, 8), partner(9, "x"), partner(9, "y"), partner(9, None)]
    assert joined("INNER", events) == [
        (1, ("a", "x")),
        (2, ("b", "x")),
        (1, ("a", "y")),
        (2, ("b", "y")),
        (1, None),
        (2, None),
    ]


def test_an_inner_join_takes_a_row_back_when_its_reference_leads_nowhere() -> None:
    events = [partner(9, "x"), row(1, 9), row(1, 8), row(1, 9), ("l", 1, None)]
    assert joined("INNER", events) == [(1, ("a", "x")), (1, None), (1, ("a", "x")), (1, None)]


def test_an_inner_join_does_not_mention_rows_that_never_had_a_partner() -> None:
    assert joined("INNER", [row(1, 8), row(2, None)]) == []


def test_a_left_join_keeps_rows_without_a_partner() -> None:
    events = [row(1, 9), partner(9, "x"), row(1, 8), row(1, None), ("l", 1, None)]
    assert joined("LEFT", events) == [
        (1, ("a", None)),
        (1, ("a", "x")),
        (1, ("a", None)),
        (1, ("a", None)),
        (1, None),
    ]


def test_references_moved_in_one_batch_are_not_mixed_up() -> None:
    events = [row(1, 9), row(1, 8), partner(9, "x"), partner(8, "y")]
    assert joined("INNER", events, size=4) == [(1, None), (1, ("a", "y"))]


def test_a_joined_row_has_the_later_time() -> None:
    events = [partner(9, "x", 30), row(1, 9, time_ms=20)]
    assert run(SOURCES + JOIN.format("INNER"), events) == [Row(1, {"A": "a", "B": "x"}, 30)]


def test_references_are_found_again_after_a_restart() -> None:
    bench = Workbench()
    bench.execute(SOURCES + JOIN.format("INNER"))
    feed(bench, [row(1, 9), row(2, 9)])
    restarted = RunningQuery(bench.queries[0].plan, REGISTRY, ProcessingLog())
    restarted.restore(bench.queries[0].take_changes())
    bench.queries[0] = restarted
    feed(bench, [row(3, 9), partner(9, "x")])
    assert [r.key for r in rows(bench, "OUT")] == [1, 2, 3]
