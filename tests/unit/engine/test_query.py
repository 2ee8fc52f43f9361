from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream.core.errors import Unsupported
from clickstream.core.processing_log import ProcessingLog
from clickstream.core.records import Chunk
from clickstream.engine.query import RunningQuery, Tombstone
from clickstream.engine.workbench import Workbench
from clickstream.sql import nodes as n
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.parser import parse_statement
from clickstream.sql.plan import PersistentPlan, TransientPlan
from clickstream.sql.planner import Planner
from tests.helpers.engine_runs import feed, record, rows

SOURCES = (
    "CREATE STREAM S (K INT KEY, G STRING, V INT) WITH (kafka_topic='s', value_format='JSON');"
    "CREATE TABLE T (K INT PRIMARY KEY, G STRING, V INT) WITH (kafka_topic='t', value_format='JSON');"
    "CREATE TABLE T2 (K INT PRIMARY KEY, G STRING, V INT) WITH (kafka_topic='s', value_format='JSON');"
)
QUERIES = {
    "stream": "CREATE STREAM OUT AS SELECT K, V FROM S WHERE V > 0;",
    "group": "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N, SUM(V) AS TOTAL FROM S GROUP BY G "
    "HAVING COUNT(*) > 1;",
    "tumbling": "CREATE TABLE OUT AS SELECT G, MAX(V) AS M FROM S WINDOW TUMBLING (SIZE 10 MILLISECONDS, "
    "GRACE PERIOD 20 MILLISECONDS) GROUP BY G;",
    "hopping": "CREATE TABLE OUT AS SELECT G, SUM(V) AS M FROM S WINDOW HOPPING (SIZE 10 MILLISECONDS, "
    "ADVANCE BY 4 MILLISECONDS, GRACE PERIOD 5 MILLISECONDS) GROUP BY G HAVING SUM(V) > 3;",
    "session": "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N FROM S WINDOW SESSION (5 MILLISECONDS, "
    "GRACE PERIOD 10 MILLISECONDS) GROUP BY G;",
    "table group": "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N, SUM(V) AS TOTAL FROM T GROUP BY G;",
    "lookup": "CREATE STREAM OUT AS SELECT S.K AS K, S.V AS A, T.V AS B FROM S LEFT JOIN T ON S.K = T.K;",
    "left join": "CREATE STREAM L WITH (kafka_topic='l') AS SELECT * FROM S;"
    "CREATE STREAM OUT AS SELECT S.K AS K, S.V AS A, L.V AS B FROM S LEFT JOIN L WITHIN 8 MILLISECONDS "
    "GRACE PERIOD 4 MILLISECONDS ON S.K = L.K;",
    "latest in session": "CREATE TABLE OUT AS SELECT G, LATEST_BY_OFFSET(V) AS L, "
    "EARLIEST_BY_OFFSET(V) AS E, COLLECT_LIST(V) AS SEEN FROM S "
    "WINDOW SESSION (5 MILLISECONDS) GROUP BY G;",
    "final": "CREATE TABLE OUT AS SELECT G, COUNT(*) AS N FROM S WINDOW TUMBLING (SIZE 5 MILLISECONDS, "
    "GRACE PERIOD 2 MILLISECONDS) GROUP BY G EMIT FINAL;",
    "foreign key": "CREATE TABLE OUT AS SELECT L.K AS K, L.V AS A, R.V AS B "
    "FROM T L LEFT JOIN T2 R ON L.V = R.K;",
    "filtered table": "CREATE TABLE OUT AS SELECT K, V FROM T WHERE V > 2;",
}

events = st.lists(
    st.tuples(
        st.sampled_from(["s", "t"]),
        st.integers(0, 2),
        st.one_of(
            st.none(),
            st.fixed_dictionaries({"G": st.sampled_from(["a", "b", None]), "V": st.integers(0, 4)}),
        ),
        st.integers(0, 60),
    ),
    max_size=30,
)


def bench_for(query: str) -> Workbench:
    bench = Workbench()
    bench.execute(SOURCES + query)
    return bench


class Stored:
    """What a state store holds after the changes it was given."""

    def __init__(self) -> None:
        self._content: dict[tuple[str, bytes], bytes] = {}

    def write(self, query: RunningQuery) -> None:
        for store, key, value in query.take_changes():
            if value is None:
                self._content.pop((store, key), None)
            else:
                self._content[store, key] = value

    def changes(self) -> list[tuple[str, bytes, bytes | None]]:
        return [(store, key, value) for (store, key), value in self._content.items()]


def restarted(query: RunningQuery, stored: Stored) -> RunningQuery:
    """Return a query of the same plan that knows only what was stored."""
    fresh = RunningQuery(query.plan, REGISTRY, ProcessingLog())
    fresh.restore(stored.changes())
    return fresh


@pytest.mark.parametrize("name", QUERIES)
@settings(max_examples=25, deadline=None)
@given(given_events=events, cut=st.integers(0, 30))
def test_a_restart_in_between_changes_nothing(name: str, given_events: list[Any], cut: int) -> None:
    whole = bench_for(QUERIES[name])
    feed(whole, given_events)

    halves = bench_for(QUERIES[name])
    feed(halves, given_events[:cut])
    for place, query in enumerate(halves.queries):
        stored = Stored()
        stored.write(query)
        halves.queries[place] = restarted(query, stored)
    feed(halves, given_events[cut:])
    assert rows(halves, "OUT") == rows(whole, "OUT")


@pytest.mark.parametrize(
    "name", [q for q in QUERIES if q not in ("lookup", "stream", "left join", "final", "latest in session")]
)
@settings(max_examples=25, deadline=None)
@given(given_events=events, size=st.integers(2, 30))
def test_the_size_of_chunks_does_not_change_where_a_table_ends(
    name: str, given_events: list[Any], size: int
) -> None:
    one, many = bench_for(QUERIES[name]), bench_for(QUERIES[name])
    feed(one, given_events)
    feed(many, given_events, size=size)
    found = [sorted(bench.queries[-1].lookup(None)) for bench in (one, many)]
    assert found[0] == found[1]
    for bench, kept in zip((one, many), found, strict=True):
        last = {(r.key, *(r.window or ())): r.value for r in rows(bench, "OUT")}
        shown = {key: tuple(value.values()) for key, value in last.items() if value is not None}
        assert all(shown[key] == value for key, value, _ in kept)


@pytest.mark.parametrize("name", ["stream", "lookup"])
@settings(max_examples=25, deadline=None)
@given(given_events=events, size=st.integers(2, 30))
def test_the_size_of_chunks_does_not_change_a_stream(name: str, given_events: list[Any], size: int) -> None:
    one, many = bench_for(QUERIES[name]), bench_for(QUERIES[name])
    feed(one, given_events)
    feed(many, given_events, size=size)
    assert rows(one, "OUT") == rows(many, "OUT")


def push(text: str) -> RunningQuery:
    bench = Workbench()
    bench.execute(SOURCES)
    statement = parse_statement(text).statement
    assert isinstance(statement, n.QueryStatement)
    plan = Planner(bench.catalog, REGISTRY).plan_push_query(statement, "transient")
    return RunningQuery(plan, REGISTRY, ProcessingLog())


def chunk(topic: str, *events: Any) -> Chunk:
    return Chunk(topic, 0, 1, [record(*event) for event in events])


def test_a_push_query_gives_rows_in_the_order_of_the_select() -> None:
    query = push("SELECT V, K, V * 2, ROWTIME FROM S WHERE V > 1 EMIT CHANGES;")
    found = query.process_rows([chunk("s", (1, {"V": 1}, 5), (2, {"V": 3}, 6))])
    assert found == [(3, 2, 6, 6)]
    assert query.metrics.emitted == 1


def test_a_push_query_over_a_table_tells_of_deletions() -> None:
    query = push("SELECT K, V FROM T EMIT CHANGES;")
    found = query.process_rows([chunk("t", (1, {"V": 1}), (1, None))])
    assert found == [(1, 1), (1, None)]
    assert [isinstance(row, Tombstone) for row in found] == [False, True]


def test_a_push_query_over_windows_shows_their_bounds() -> None:
    query = push(
        "SELECT G, WINDOWSTART, COUNT(*) FROM S WINDOW TUMBLING (SIZE 10 MILLISECONDS) "
        "GROUP BY G EMIT CHANGES;"
    )
    assert query.process_rows([chunk("s", (1, {"G": "a"}, 12))]) == [("a", 10, 1)]


def test_a_query_is_of_one_kind() -> None:
    bench = bench_for(QUERIES["stream"])
    with pytest.raises(TypeError):
        bench.queries[0].process_rows([])
    query = push("SELECT * FROM S EMIT CHANGES;")
    assert isinstance(query.plan, TransientPlan)
    with pytest.raises(TypeError):
        query.process([])


def test_a_query_tells_its_topics_its_counts_and_its_time() -> None:
    bench = bench_for(QUERIES["lookup"])
    query = bench.queries[0]
    assert (query.topics, query.sink_topic) == (("s", "t"), "OUT")
    assert query.stream_time_ms == -1
    feed(bench, [("s", 1, {"V": 1}, 5), ("t", 1, {"V": 1}, 9), ("s", 2, {"V": 1}, 3)])
    assert (query.metrics.processed, query.metrics.emitted, query.stream_time_ms) == (3, 2, 9)


def test_a_step_the_engine_does_not_know_is_refused_by_name() -> None:
    bench = bench_for(QUERIES["stream"])
    plan = bench.queries[0].plan
    assert isinstance(plan, PersistentPlan)
    root = plan.root
    strange = type(root)(root.schema, "STREAM", root, "X", "X", root.formats)
    with pytest.raises(Unsupported, match="Sink"):
        RunningQuery(PersistentPlan("q", strange, (), ""), REGISTRY, ProcessingLog())
