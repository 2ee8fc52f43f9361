import pytest

from clickstream.core.errors import SqlError, Unsupported
from clickstream.engine.workbench import Workbench
from tests.helpers.engine_runs import Row, feed, record, rows, short

STREAM = "CREATE STREAM S (K INT KEY, V INT) WITH (kafka_topic='s', value_format='JSON');"


def bench_with(script: str) -> Workbench:
    bench = Workbench(now_ms=77)
    bench.execute(STREAM + script)
    return bench


def test_statements_are_parsed_before_any_runs() -> None:
    bench = Workbench()
    with pytest.raises(SqlError):
        bench.execute(STREAM + "CREATE STREAM;")
    assert bench.catalog.get("S") is None


def test_values_are_inserted_with_their_time_or_the_benchs() -> None:
    bench = bench_with("INSERT INTO S (K, V) VALUES (1, 2); INSERT INTO S (ROWTIME, V) VALUES (5, 3);")
    assert rows(bench, "s") == [Row(1, {"V": 2}, 77), Row(None, {"V": 3}, 5)]


def test_two_queries_may_write_one_stream() -> None:
    bench = bench_with(
        "CREATE STREAM OUT AS SELECT * FROM S WHERE V > 1; INSERT INTO OUT SELECT K, V * 10 AS V FROM S;"
    )
    feed(bench, [("s", 1, {"V": 1}), ("s", 1, {"V": 2})])
    assert [r.value["V"] for r in rows(bench, "OUT")] == [10, 2, 20]


def test_staged_runs_finish_a_query_before_the_next() -> None:
    script = "CREATE STREAM OUT AS SELECT * FROM S WHERE V > 1; INSERT INTO OUT SELECT K, V * 10 AS V FROM S;"
    bench = bench_with(script)
    bench.run_staged([("s", record(1, {"V": 1})), ("s", record(1, {"V": 2}))])
    assert [r.value["V"] for r in rows(bench, "OUT")] == [2, 10, 20]


def test_a_dropped_stream_takes_its_query_along() -> None:
    bench = bench_with("CREATE STREAM OUT AS SELECT * FROM S; DROP STREAM OUT; DROP STREAM IF EXISTS NOPE;")
    assert (bench.queries, bench.catalog.get("OUT")) == ([], None)


def test_a_replaced_query_keeps_its_place() -> None:
    bench = bench_with(
        "CREATE STREAM A AS SELECT * FROM S; CREATE STREAM B AS SELECT * FROM A;"
        "CREATE OR REPLACE STREAM A AS SELECT K, V, V + 1 AS W FROM S;"
    )
    assert [q.sink_topic for q in bench.queries] == ["A", "B"]
    feed(bench, [("s", 1, {"V": 1})])
    assert rows(bench, "A")[0].value == {"V": 1, "W": 2}


def test_types_and_settings_can_be_declared() -> None:
    bench = Workbench()
    bench.execute(
        "SET 'ksql.persistence.default.format.value' = 'JSON';"
        "CREATE TYPE POINT AS STRUCT<X INT, Y INT>;"
        "CREATE STREAM P (AT_POINT POINT) WITH (kafka_topic='p');"
        "CREATE STREAM OUT AS SELECT AT_POINT->Y AS Y FROM P;"
    )
    feed(bench, [("p", None, {"AT_POINT": {"X": 1, "Y": 2}})])
    assert rows(bench, "OUT")[0].value == {"Y": 2}


def test_a_statement_for_servers_is_refused_by_name() -> None:
    with pytest.raises(Unsupported, match="Show"):
        Workbench().execute("SHOW STREAMS;")


def test_groups_may_be_of_the_time_beside_arguments_that_are_worked_out() -> None:
    bench = Workbench()
    bench.execute(
        "CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='JSON');"
        "CREATE TABLE out AS SELECT rowtime AS t, SUM(v + 1) AS a, MAX(k) AS b FROM s GROUP BY rowtime;"
    )
    feed(bench, [("s", 3, {"V": 5}), ("s", 4, {"V": 6})])
    assert short(rows(bench, "OUT")) == [(0, (6, 3)), (0, (13, 4))]
