from collections.abc import Iterator

import pytest

from clickstream.core.errors import SqlError
from clickstream.node.open_queries import OpenQuery
from clickstream.node.select import PushRows
from tests.helpers.executor import Bench, bench

SCRIPT = (
    "CREATE STREAM clicks (id INT KEY, bytes BIGINT)"
    " WITH (kafka_topic='clicks', partitions=1, format='json');"
    "CREATE TABLE totals AS SELECT id, SUM(bytes) AS total FROM clicks GROUP BY id;"
    "CREATE STREAM big AS SELECT * FROM clicks WHERE bytes > 100;"
)


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(SCRIPT)
        yield opened


def test_a_paused_query_goes_on_where_it_stopped(on: Bench) -> None:
    paused = on.one("PAUSE CTAS_TOTALS_1;")
    assert (paused.command_id, paused.command_status.message) == (
        "pause/CTAS_TOTALS_1/execute",
        "Query paused.",
    )
    on.run("INSERT INTO clicks VALUES (1, 10);")
    assert on.rows("SELECT * FROM totals;") == []
    assert on.one("RESUME CTAS_TOTALS_1;").command_status.message == "Query resumed."
    while on.node.step():
        pass
    assert on.rows("SELECT * FROM totals;") == [(1, 10)]


def test_a_terminated_query_leaves_a_table_that_cannot_be_pulled_from(on: Bench) -> None:
    assert on.one("TERMINATE CTAS_TOTALS_1;").command_status.message == "Query terminated."
    assert on.query_ids() == ["CSAS_BIG_3"]
    with pytest.raises(SqlError, match="isn't queryable"):
        on.open("SELECT * FROM totals;")


@pytest.mark.parametrize("action", ["TERMINATE", "PAUSE", "RESUME"])
def test_unknown_queries_are_refused(on: Bench, action: str) -> None:
    with pytest.raises(SqlError, match="Unknown queryId: NOPE_1"):
        on.run(f"{action} nope_1;")


def test_a_push_query_is_listed_and_can_be_ended(on: Bench) -> None:
    source = on.open("SELECT * FROM clicks EMIT CHANGES;")
    assert isinstance(source, PushRows)
    on.executor.open_queries.add(OpenQuery(source, "SELECT * FROM clicks EMIT CHANGES;"))
    listed = {query.id: query.query_type for query in on.one("SHOW QUERIES;").queries}
    assert listed[source.query_id] == "PUSH"
    on.run(f"TERMINATE {source.query_id};")
    assert source.take() is None
    assert source.query_id not in {query.id for query in on.one("SHOW QUERIES;").queries}


def test_all_queries_at_once(on: Bench) -> None:
    on.run("PAUSE ALL;")
    assert {str(q.state) for q in on.node.queries()} == {"PAUSED"}
    assert on.one("TERMINATE ALL;").command_id == "terminate/ALL/execute"
    assert on.query_ids() == []


def test_the_cluster_does_not_end_by_a_statement(on: Bench) -> None:
    with pytest.raises(SqlError, match="Unknown queryId: CLUSTER"):
        on.run("TERMINATE CLUSTER;")
    assert len(on.query_ids()) == 2
