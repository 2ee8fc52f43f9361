from typing import Any

import pytest

from clickstream.engine.workbench import Workbench
from tests.helpers.engine_runs import Row, feed, rows, run

STREAM = "CREATE STREAM S (G STRING, V INT) WITH (kafka_topic='s', value_format='JSON');"
COUNT = "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N FROM S WINDOW {} GROUP BY G;"
DAY_MS = 86_400_000


def event(time_ms: int, group: str = "a") -> tuple[Any, ...]:
    return ("s", None, {"G": group, "V": 1}, time_ms)


def counts(found: list[Row]) -> list[tuple[Any, ...]]:
    return [(r.window, r.value and r.value["N"], r.time_ms) for r in found]


def test_tumbling_windows_begin_at_multiples_of_their_size() -> None:
    found = run(STREAM + COUNT.format("TUMBLING (SIZE 10 MILLISECONDS)"), [event(9), event(10), event(8)])
    assert counts(found) == [((0, 10), 1, 9), ((10, 20), 1, 10), ((0, 10), 2, 9)]


def test_an_event_is_in_every_hopping_window_over_it() -> None:
    window = "HOPPING (SIZE 10 MILLISECONDS, ADVANCE BY 4 MILLISECONDS)"
    assert counts(run(STREAM + COUNT.format(window), [event(13)])) == [
        ((4, 14), 1, 13),
        ((8, 18), 1, 13),
        ((12, 22), 1, 13),
    ]


def test_no_window_begins_before_the_epoch() -> None:
    window = "HOPPING (SIZE 10 MILLISECONDS, ADVANCE BY 5 MILLISECONDS)"
    assert counts(run(STREAM + COUNT.format(window), [event(3)])) == [((0, 10), 1, 3)]


def test_a_window_is_closed_when_its_end_and_grace_have_passed_for_any_group() -> None:
    window = "TUMBLING (SIZE 10 MILLISECONDS, GRACE PERIOD 5 MILLISECONDS)"
    bench = Workbench()
    bench.execute(STREAM + COUNT.format(window))
    feed(bench, [event(0), event(14, "b"), event(1), event(15, "b"), event(2)])
    assert counts(rows(bench, "OUT")) == [
        ((0, 10), 1, 0),
        ((10, 20), 1, 14),
        ((0, 10), 2, 1),
        ((10, 20), 2, 15),
    ]
    assert bench.queries[0].metrics.late == 1


def test_hopping_windows_close_one_by_one() -> None:
    window = "HOPPING (SIZE 10 MILLISECONDS, ADVANCE BY 5 MILLISECONDS, GRACE PERIOD 0 MILLISECONDS)"
    bench = Workbench()
    bench.execute(STREAM + COUNT.format(window))
    feed(bench, [event(21), event(12)])
    assert counts(rows(bench, "OUT")) == [((15, 25), 1, 21), ((20, 30), 1, 21)]
    feed(bench, [event(17), event(3)])
    assert counts(rows(bench, "OUT"))[2:] == [((15, 25), 2, 21)]
    assert bench.queries[0].metrics.late == 2 + 1 + 1


@pytest.mark.parametrize(("late_by", "taken"), [(DAY_MS - 1, True), (DAY_MS, False)])
def test_without_grace_a_window_takes_events_for_24_hours_from_its_start(late_by: int, taken: bool) -> None:
    start = 10 * DAY_MS
    events = [event(start + late_by), event(start)]
    found = run(STREAM + COUNT.format("TUMBLING (SIZE 60 SECONDS)"), events)
    assert len(found) == (2 if taken else 1)


def test_many_records_at_once_give_each_window_once_and_judge_lateness_record_by_record() -> None:
    window = "TUMBLING (SIZE 10 MILLISECONDS, GRACE PERIOD 5 MILLISECONDS)"
    events = [event(0), event(14, "b"), event(1), event(15, "b"), event(2)]
    found = run(STREAM + COUNT.format(window), events, size=5)
    assert counts(found) == [((0, 10), 2, 1), ((10, 20), 2, 15)]


def test_window_bounds_can_be_selected() -> None:
    found = run(
        STREAM + "CREATE TABLE OUT AS SELECT G, WINDOWSTART AS A, WINDOWEND AS B, COUNT(*) AS N "
        "FROM S WINDOW TUMBLING (SIZE 10 MILLISECONDS) GROUP BY G;",
        [event(25)],
    )
    assert found[0].value == {"A": 20, "B": 30, "N": 1}


def test_windows_beyond_the_retention_are_removed() -> None:
    window = "TUMBLING (SIZE 1 MINUTE, RETENTION 2 HOURS, GRACE PERIOD 1 MINUTE)"
    bench = Workbench()
    bench.execute(STREAM + COUNT.format(window))
    feed(bench, [event(0), event(1_000_000)])
    query = bench.queries[0]
    assert len(query.take_changes()) == 3
    assert len(list(query.lookup(None))) == 2
    feed(bench, [event(DAY_MS)])
    assert [key for key, _, _ in query.lookup(None)] == [("a", DAY_MS, DAY_MS + 60_000)]
    removed = [key for _, key, value in query.take_changes() if value is None]
    assert len(removed) == 2
