import pytest

from clickstream.engine.workbench import Workbench
from tests.helpers.engine_runs import Event, Row, feed, rows, run

SOURCES = (
    "CREATE STREAM L (K INT KEY, A STRING) WITH (kafka_topic='l', value_format='JSON');"
    "CREATE STREAM R (K INT KEY, B STRING) WITH (kafka_topic='r', value_format='JSON');"
)
JOIN = "CREATE STREAM OUT AS SELECT L.K AS K, A, B FROM L {} JOIN R WITHIN {} ON L.K = R.K;"
OUTER = (
    "CREATE STREAM OUT AS SELECT ROWKEY, A, B FROM L FULL OUTER JOIN R WITHIN 10 MILLISECONDS "
    "GRACE PERIOD 5 MILLISECONDS ON L.K = R.K;"
)


def left(time_ms: int, text: str, key: int = 1) -> Event:
    return ("l", key, {"A": text}, time_ms)


def right(time_ms: int, text: str, key: int = 1) -> Event:
    return ("r", key, {"B": text}, time_ms)


def pairs(found: list[Row]) -> list[tuple[str | None, str | None, int]]:
    return [(r.value["A"], r.value["B"], r.time_ms) for r in found]


def joined(
    kind: str, within: str, events: list[Event], *, size: int = 1
) -> list[tuple[str | None, str | None, int]]:
    return pairs(run(SOURCES + JOIN.format(kind, within), events, size=size))


@pytest.mark.parametrize("size", [1, 100])
def test_events_within_the_time_pair_up_from_either_side(size: int) -> None:
    events = [left(0, "a"), right(10, "x"), left(20, "b"), right(21, "y", key=2), left(31, "c")]
    assert joined("INNER", "10 MILLISECONDS", events, size=size) == [("a", "x", 10), ("b", "x", 20)]


def test_before_and_after_differ() -> None:
    events = [
        left(100, "a"),
        right(95, "early"),
        right(94, "too early"),
        right(102, "late"),
        right(103, "too late"),
    ]
    assert joined("INNER", "(5 MILLISECONDS, 2 MILLISECONDS)", events) == [
        ("a", "early", 100),
        ("a", "late", 102),
    ]


def test_partners_come_by_time_and_then_by_arrival() -> None:
    events = [right(5, "second"), right(3, "first"), right(5, "third"), left(4, "a")]
    assert joined("INNER", "10 MILLISECONDS", events) == [
        ("a", "first", 4),
        ("a", "second", 5),
        ("a", "third", 5),
    ]


def test_without_grace_a_left_join_gives_unmatched_events_at_once() -> None:
    events = [left(0, "a"), right(1, "x"), ("l", None, {"A": "no key"}, 2), ("l", 1, None, 3)]
    assert joined("LEFT", "10 MILLISECONDS", events) == [("a", None, 0), ("a", "x", 1)]


def test_with_grace_a_left_join_waits_until_the_time_has_closed() -> None:
    within = "10 MILLISECONDS GRACE PERIOD 5 MILLISECONDS"
    events = [left(0, "a"), left(1, "b"), right(2, "x", key=2), left(15, "c", key=3), left(16, "d", key=3)]
    assert joined("LEFT", within, events) == [("a", None, 0)]
    events.append(left(17, "e", key=3))
    assert joined("LEFT", within, events) == [("a", None, 0), ("b", None, 1)]


def test_a_partner_that_comes_in_time_ends_the_waiting() -> None:
    within = "10 MILLISECONDS GRACE PERIOD 5 MILLISECONDS"
    events = [left(0, "a"), right(5, "x"), left(100, "b", key=2)]
    assert joined("LEFT", within, events) == [("a", "x", 5)]


def test_a_right_join_keeps_the_right_side() -> None:
    within = "10 MILLISECONDS GRACE PERIOD 0 MILLISECONDS"
    query = f"CREATE STREAM OUT AS SELECT R.K AS K, A, B FROM L RIGHT JOIN R WITHIN {within} ON L.K = R.K;"
    found = run(SOURCES + query, [right(0, "x"), left(1, "a", key=2), right(50, "y", key=3)])
    assert pairs(found) == [(None, "x", 0)]
    assert found[0].key == 1


def test_a_full_join_keeps_both_sides_oldest_first() -> None:
    events = [left(3, "a", key=1), right(2, "x", key=2), left(2, "b", key=3), right(100, "y", key=4)]
    found = run(SOURCES + OUTER, events)
    assert pairs(found) == [(None, "x", 2), ("b", None, 2), ("a", None, 3)]
    assert [r.key for r in found] == [2, 3, 1]


def test_old_events_are_forgotten() -> None:
    bench = Workbench()
    bench.execute(SOURCES + JOIN.format("INNER", "10 MILLISECONDS GRACE PERIOD 0 MILLISECONDS"))
    feed(bench, [left(0, "a"), left(10_000_000, "b"), right(5, "x")])
    assert rows(bench, "OUT") == []
    changes = bench.queries[0].take_changes()
    assert sum(value is None for name, _, value in changes if name.startswith("join-left")) == 1
