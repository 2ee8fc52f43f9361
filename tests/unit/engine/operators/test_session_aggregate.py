from typing import Any

import pytest

from clickstream.engine.workbench import Workbench
from tests.helpers.engine_runs import Row, feed, rows, run

STREAM = "CREATE STREAM S (G STRING, V INT) WITH (kafka_topic='s', value_format='JSON');"
SESSIONS = (
    STREAM + "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N, COLLECT_LIST(V) AS SEEN FROM S "
    "WINDOW SESSION (10 MILLISECONDS{}) GROUP BY G{};"
)
DAY_MS = 86_400_000


def event(time_ms: int, value: int = 1, group: str = "a") -> tuple[Any, ...]:
    return ("s", None, {"G": group, "V": value}, time_ms)


def counts(found: list[Row]) -> list[tuple[Any, ...]]:
    return [(r.window, r.value and r.value["N"], r.time_ms) for r in found]


def sessions(events: list[Any], *, grace: str = "", having: str = "", size: int = 1) -> list[Row]:
    return run(SESSIONS.format(grace, having), events, size=size)


def test_a_growing_session_leaves_a_deletion_behind() -> None:
    assert counts(sessions([event(0), event(5)])) == [
        ((0, 0), 1, 0),
        ((0, 0), None, 0),
        ((0, 5), 2, 5),
    ]


def test_the_gap_itself_still_joins() -> None:
    assert counts(sessions([event(0), event(10), event(21)]))[-1] == ((21, 21), 1, 21)
    assert counts(sessions([event(0), event(10)]))[-1] == ((0, 10), 2, 10)


def test_an_event_between_two_sessions_makes_them_one() -> None:
    found = sessions([event(0, 1), event(15, 2), event(8, 3)])
    assert counts(found)[2:] == [((0, 0), None, 0), ((15, 15), None, 15), ((0, 15), 3, 15)]
    assert found[-1].value["SEEN"] == [1, 2, 3]


def test_an_event_inside_a_session_changes_it_under_the_same_bounds() -> None:
    assert counts(sessions([event(0), event(8), event(4)]))[-2:] == [((0, 8), None, 8), ((0, 8), 3, 8)]


def test_a_second_event_of_the_same_time_deletes_nothing() -> None:
    assert counts(sessions([event(5), event(5)])) == [((5, 5), 1, 5), ((5, 5), 2, 5)]


def test_groups_have_their_own_sessions() -> None:
    found = sessions([event(0), event(3, group="b"), event(5)])
    assert [(r.key, r.window) for r in found] == [
        ("a", (0, 0)),
        ("b", (3, 3)),
        ("a", (0, 0)),
        ("a", (0, 5)),
    ]


@pytest.mark.parametrize(("behind", "taken"), [(13, True), (14, False)])
def test_a_session_that_ends_before_gap_and_grace_is_late(behind: int, taken: bool) -> None:
    events = [event(1_000), event(1_000 - behind)]
    found = sessions(events, grace=", GRACE PERIOD 3 MILLISECONDS")
    assert len(found) == (2 if taken else 1)


@pytest.mark.parametrize(("late_by", "taken"), [(DAY_MS, True), (DAY_MS + 1, False)])
def test_without_grace_an_event_may_be_24_hours_late(late_by: int, taken: bool) -> None:
    found = sessions([event(5 * DAY_MS), event(5 * DAY_MS - late_by)])
    assert len(found) == (2 if taken else 1)


def test_many_records_at_once_show_only_what_is_there_before_and_after() -> None:
    bench = Workbench()
    bench.execute(SESSIONS.format("", ""))
    feed(bench, [event(0)])
    feed(bench, [event(5), event(9), event(40), event(45)], size=4)
    assert counts(rows(bench, "OUT")) == [
        ((0, 0), 1, 0),
        ((0, 0), None, 0),
        ((0, 9), 3, 9),
        ((40, 45), 2, 45),
    ]


def test_having_deletes_a_session_only_if_it_was_shown() -> None:
    found = sessions([event(0), event(3), event(6)], having=" HAVING COUNT(*) > 1")
    assert counts(found) == [((0, 3), 2, 3), ((0, 3), None, 3), ((0, 6), 3, 6)]


def test_having_is_judged_again_when_a_session_changes_under_the_same_bounds() -> None:
    bench = Workbench()
    bench.execute(SESSIONS.format("", " HAVING COUNT(*) < 3"))
    feed(bench, [event(0), event(8)])
    feed(bench, [event(4), event(5)], size=2)
    assert counts(rows(bench, "OUT"))[-1] == ((0, 8), None, 8)
    assert list(bench.queries[0].lookup(None)) == []


def test_sessions_beyond_the_retention_are_removed() -> None:
    bench = Workbench()
    bench.execute(SESSIONS.format(", GRACE PERIOD 1 MILLISECONDS", ""))
    feed(bench, [event(0), event(5, group="b"), event(DAY_MS)])
    query = bench.queries[0]
    query.take_changes()
    feed(bench, [event(2 * DAY_MS)])
    assert [key[1] for key, _, _ in query.lookup(None)] == [2 * DAY_MS]
    assert query.take_changes()
