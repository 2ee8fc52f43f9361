from typing import Any

from clickstream.core.processing_log import ProcessingLog
from clickstream.engine.query import RunningQuery
from clickstream.engine.workbench import Workbench
from clickstream.sql.functions.registry import REGISTRY
from tests.helpers.engine_runs import Row, feed, rows, run

STREAM = "CREATE STREAM S (G STRING, V INT) WITH (kafka_topic='s', value_format='JSON');"
FINAL = "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N FROM S WINDOW {} GROUP BY G{} EMIT FINAL;"
TUMBLING = "TUMBLING (SIZE 10 MILLISECONDS, GRACE PERIOD 5 MILLISECONDS)"


def event(time_ms: int, group: str = "a") -> tuple[Any, ...]:
    return ("s", None, {"G": group, "V": 1}, time_ms)


def counts(found: list[Row]) -> list[tuple[Any, ...]]:
    return [(r.key, r.window, r.value["N"], r.time_ms) for r in found]


def test_a_window_shows_once_when_its_grace_has_passed() -> None:
    found = run(STREAM + FINAL.format(TUMBLING, ""), [event(1), event(14), event(3), event(15, "b")])
    assert counts(found) == [("a", (0, 10), 2, 3)]


def test_without_grace_a_window_shows_at_its_end() -> None:
    found = run(STREAM + FINAL.format("TUMBLING (SIZE 10 MILLISECONDS)", ""), [event(1), event(10)])
    assert counts(found) == [("a", (0, 10), 1, 1)]


def test_windows_that_close_together_show_by_key() -> None:
    found = run(STREAM + FINAL.format(TUMBLING, ""), [event(1, "b"), event(2, "a"), event(15, "c")])
    assert [r.key for r in found] == ["a", "b"]


def test_a_window_that_is_no_longer_kept_when_it_closes_never_shows() -> None:
    found = run(STREAM + FINAL.format(TUMBLING, ""), [event(1), event(12), event(100)])
    assert found == []


def test_a_session_shows_once_when_no_event_can_join_it() -> None:
    window = "SESSION (10 MILLISECONDS, GRACE PERIOD 5 MILLISECONDS)"
    events = [event(0), event(8), event(23, "b"), event(24, "b")]
    assert counts(run(STREAM + FINAL.format(window, ""), events)) == [("a", (0, 8), 2, 8)]


def test_having_is_judged_on_the_final_row() -> None:
    events = [event(1), event(2), event(3, "b"), event(15, "b")]
    found = run(STREAM + FINAL.format(TUMBLING, " HAVING COUNT(*) > 1"), events)
    assert counts(found) == [("a", (0, 10), 2, 2)]


def test_open_windows_survive_a_restart() -> None:
    bench = Workbench()
    bench.execute(STREAM + FINAL.format(TUMBLING, ""))
    feed(bench, [event(1), event(2)])
    restarted = RunningQuery(bench.queries[0].plan, REGISTRY, ProcessingLog())
    restarted.restore(bench.queries[0].take_changes())
    bench.queries[0] = restarted
    feed(bench, [event(15, "b")])
    assert counts(rows(bench, "OUT")) == [("a", (0, 10), 2, 2)]
