from collections.abc import Iterator
from pathlib import Path

import pytest

from clickstream.core.clock import FakeClock
from clickstream.core.errors import SqlError, SqlSyntaxError
from clickstream.node.entities import CurrentStatus, StreamsList
from clickstream.node.rejections import (
    ClusterTerminated,
    CommandFailed,
    CommandNotReached,
    RequestRejected,
    WrongEndpoint,
)
from tests.helpers.executor import Bench, bench

CLICKS = (
    "CREATE STREAM clicks (id INT KEY, bytes BIGINT)"
    " WITH (kafka_topic='clicks', partitions=1, format='json');"
)
TOTALS = "CREATE TABLE totals AS SELECT id, SUM(bytes) AS total FROM clicks GROUP BY id;"


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        yield opened


def test_statements_are_answered_in_order_with_growing_numbers(on: Bench) -> None:
    created, ctas, listed = on.run(CLICKS + TOTALS + "SHOW STREAMS;")
    assert isinstance(created, CurrentStatus)
    assert isinstance(ctas, CurrentStatus)
    assert isinstance(listed, StreamsList)
    assert (created.command_sequence_number, ctas.command_sequence_number) == (0, 2)
    assert created.command_id == "stream/`CLICKS`/create"
    assert ctas.command_status.query_id == "CTAS_TOTALS_1"
    assert "CLICKS" in [stream.name for stream in listed.streams]


def test_a_script_with_a_wrong_statement_is_not_begun(on: Bench) -> None:
    with pytest.raises(SqlError, match="A stream with the same name already exists"):
        on.run(CLICKS + CLICKS)
    assert on.sources() == set()
    assert not on.node.topics.exists("clicks")
    assert on.node.command_log.last_sequence == -1


def test_a_syntax_error_is_found_before_anything_runs(on: Bench) -> None:
    with pytest.raises(SqlSyntaxError, match="line 1:"):
        on.run(CLICKS + "CREAT STREAM x;")
    assert on.sources() == set()


def test_nothing_to_run_is_answered_by_nothing(on: Bench) -> None:
    assert on.run("") == []
    assert on.run("-- only a comment") == []


def test_queries_belong_to_another_endpoint(on: Bench) -> None:
    on.run(CLICKS)
    with pytest.raises(WrongEndpoint) as refusal:
        on.run("SELECT * FROM clicks EMIT CHANGES;")
    assert refusal.value.statement == "SELECT * FROM clicks EMIT CHANGES;"


def test_variables_are_put_in_from_the_request_and_from_define(on: Bench) -> None:
    on.run(CLICKS)
    described = on.executor.execute("DESCRIBE ${name};", {}, {"name": "clicks"})
    assert described[0].statement_text == "DESCRIBE clicks;"
    assert on.one("DEFINE n='clicks'; DESCRIBE ${n};").source_description.name == "CLICKS"


def test_a_setting_lasts_for_its_request(on: Bench) -> None:
    on.run(CLICKS + "INSERT INTO clicks VALUES (1, 10);")
    on.run("SET 'auto.offset.reset'='latest'; CREATE STREAM late AS SELECT * FROM clicks;")
    on.run("CREATE STREAM early AS SELECT * FROM clicks;")
    while on.node.step():
        pass
    sizes = {topic: on.node.topics.describe(topic).messages for topic in ("LATE", "EARLY")}
    assert sizes == {"LATE": 0, "EARLY": 1}


@pytest.mark.parametrize("name", ["ksql.service.id", "ksql.streams.bootstrap.servers"])
def test_the_servers_own_properties_cannot_be_overridden(on: Bench, name: str) -> None:
    with pytest.raises(RequestRejected, match="prohibited by the KSQL server"):
        on.executor.execute("SHOW STREAMS;", {name: "x"})


def test_an_unknown_property_of_a_request_is_the_servers_failure(on: Bench) -> None:
    with pytest.raises(CommandFailed, match=r"Not recognizable .*'nope.nope'") as refusal:
        on.executor.execute("SHOW STREAMS;", {"nope.nope": "1"})
    assert refusal.value.statement == "SHOW STREAMS;"


class HurriedClock(FakeClock):
    """Every look at it takes a second."""

    def monotonic_s(self) -> float:
        self.advance(1000)
        return super().monotonic_s()


def test_a_command_that_does_not_come_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clickstream.node.statements.time.sleep", lambda seconds: None)
    with bench(clock=HurriedClock(0)) as on:
        on.run(CLICKS)
        assert on.executor.execute("SHOW STREAMS;", after_sequence=0)
        with pytest.raises(CommandNotReached, match="command sequence number: 7"):
            on.executor.execute("SHOW STREAMS;", after_sequence=7)


def test_after_a_restart_everything_is_as_before(tmp_path: Path) -> None:
    with bench(tmp_path) as on:
        on.run(CLICKS + "CREATE TYPE amount AS BIGINT;")
        on.run("CREATE STREAM gone (a INT) WITH (kafka_topic='clicks', format='json');")
        on.run(TOTALS + "INSERT INTO clicks VALUES (1, 10); INSERT INTO clicks VALUES (1, 5);")
        on.run("DROP STREAM gone;")
        before = on.node.catalog.copy()
        sequence = on.node.command_log.last_sequence
    with bench(tmp_path) as on:
        assert on.node.catalog == before
        assert on.query_ids() == ["CTAS_TOTALS_5"]
        assert on.node.command_log.last_sequence == sequence
        on.run("INSERT INTO clicks VALUES (1, 1);")
        assert on.rows("SELECT total FROM totals WHERE id = 1;") == [(16,)]


def test_what_was_paused_terminated_or_replaced_stays_so_after_a_restart(tmp_path: Path) -> None:
    with bench(tmp_path) as on:
        on.run(CLICKS + TOTALS)
        on.run(
            "CREATE OR REPLACE STREAM clicks (id INT KEY, bytes BIGINT, ip STRING)"
            " WITH (kafka_topic='clicks', format='json');"
        )
        on.run("CREATE STREAM big AS SELECT * FROM clicks WHERE bytes > 9; PAUSE CTAS_TOTALS_1;")
        on.run("TERMINATE CSAS_BIG_5;")
    with bench(tmp_path) as on:
        assert {q.query_id: str(q.state) for q in on.node.queries()} == {"CTAS_TOTALS_1": "PAUSED"}
        assert "BIG" in on.sources()
        clicks = on.node.catalog.get("CLICKS")
        assert clicks is not None
        assert clicks.schema.names == ("ID", "BYTES", "IP")


def test_after_the_end_of_the_cluster_nothing_is_served(on: Bench) -> None:
    on.run(CLICKS + TOTALS)
    entity = on.executor.terminate_cluster(["clicks"])
    assert isinstance(entity, CurrentStatus)
    assert entity.command_status.status == "QUEUED"
    assert (on.sources(), on.query_ids()) == (set(), [])
    assert not on.node.topics.exists("clicks")
    with pytest.raises(ClusterTerminated):
        on.run("SHOW STREAMS;")
