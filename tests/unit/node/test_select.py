from collections.abc import Iterator

import pytest

from clickstream.core.errors import SqlError, SqlSyntaxError
from clickstream.core.records import Record
from clickstream.node.rejections import RequestRejected
from clickstream.node.select import PrintSource, PullRows, PushRows
from tests.helpers.executor import Bench, bench

SCRIPT = """
CREATE STREAM clicks (id INT KEY, bytes BIGINT) WITH (kafka_topic='clicks', partitions=1, format='json');
CREATE TABLE totals AS SELECT id, SUM(bytes) AS total FROM clicks GROUP BY id;
CREATE TABLE per_min AS SELECT id, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY id;
INSERT INTO clicks (rowtime, id, bytes) VALUES (10, 1, 10);
INSERT INTO clicks (rowtime, id, bytes) VALUES (70000, 1, 5);
INSERT INTO clicks (rowtime, id, bytes) VALUES (70000, 2, 7);
"""


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(SCRIPT)
        yield opened


def drain(on: Bench) -> None:
    while on.node.step():
        pass


def test_a_push_query_goes_on_until_it_is_closed(on: Bench) -> None:
    source = on.open("SELECT id, bytes FROM clicks EMIT CHANGES;")
    assert isinstance(source, PushRows)
    assert source.take() == []
    drain(on)
    assert [row.values for row in source.take() or []] == [(1, 10), (1, 5), (2, 7)]
    on.run("INSERT INTO clicks VALUES (3, 1);")
    drain(on)
    assert [row.values for row in source.take() or []] == [(3, 1)]
    source.close()
    assert source.take() is None
    assert source.final_message == "Query Completed"
    assert on.node.metrics().subscriptions == 0


def test_a_limit_ends_a_push_query(on: Bench) -> None:
    source = on.open("SELECT id FROM clicks EMIT CHANGES LIMIT 2;")
    drain(on)
    assert len(source.take() or []) == 2
    assert source.take() is None
    assert isinstance(source, PushRows)
    assert source.final_message == "Limit Reached"


def test_latest_begins_at_the_end(on: Bench) -> None:
    source = on.open("SELECT id FROM clicks EMIT CHANGES;", auto_offset_reset="latest")
    drain(on)
    assert source.take() == []
    source.close()


def test_columns_have_names_and_types(on: Bench) -> None:
    source = on.open("SELECT rowtime, id, windowstart, 'x' || 'y' AS t FROM per_min EMIT CHANGES;")
    assert isinstance(source, PushRows)
    assert [(c.name, str(c.type)) for c in source.columns] == [
        ("ROWTIME", "BIGINT"),
        ("ID", "INTEGER"),
        ("WINDOWSTART", "BIGINT"),
        ("T", "STRING"),
    ]
    source.close()


def test_deleted_rows_of_a_table_are_told_apart(on: Bench) -> None:
    on.run("CREATE TABLE t (id INT PRIMARY KEY, v INT) WITH (kafka_topic='t', partitions=1, format='json');")
    source = on.open("SELECT * FROM t EMIT CHANGES;", cache_max_bytes_buffering="0")
    on.node.produce([("t", [Record(b"1", b'{"V":5}', 0), Record(b"1", None, 1)])])
    drain(on)
    rows = [(tuple(r.values), r.tombstone) for r in source.take() or []]
    assert rows == [((1, 5), False), ((1, None), True)]
    source.close()


def test_without_a_cache_every_change_is_emitted(on: Bench) -> None:
    counted = "SELECT id, COUNT(*) AS n FROM clicks GROUP BY id EMIT CHANGES;"
    every = on.open(counted, cache_max_bytes_buffering="0")
    newest = on.open(counted)
    drain(on)
    assert [row.values for row in every.take() or []] == [(1, 1), (1, 2), (2, 1)]
    assert [row.values for row in newest.take() or []] == [(1, 2), (2, 1)]
    for source in (every, newest):
        source.close()


def test_a_pull_query_over_a_table_ends_at_once(on: Bench) -> None:
    drain(on)
    source = on.open("SELECT * FROM totals WHERE id = 1;")
    assert isinstance(source, PullRows)
    assert [(c.name, c.is_key) for c in source.columns] == [("ID", True), ("TOTAL", False)]
    assert [row.values for row in source.take() or []] == [(1, 15)]
    assert source.take() is None
    assert on.open("SELECT * FROM totals WHERE id = 9;").take() is None


def test_a_pull_query_over_a_stream_reads_what_is_there(on: Bench) -> None:
    source = on.open("SELECT id FROM clicks;")
    on.run("INSERT INTO clicks VALUES (9, 9);")
    drain(on)
    assert [row.values for row in source.take() or []] == [(1,), (1,), (2,)]
    assert source.take() is None


def test_print_goes_by_the_endpoint_and_its_clauses(on: Bench) -> None:
    source = on.open("PRINT clicks INTERVAL 2 LIMIT 2;")
    assert isinstance(source, PrintSource)
    printed = source.take()
    assert printed is not None
    assert [r.timestamp_ms for r in printed.shown] == [10, 70000]
    assert len(printed.read) == 3
    assert source.take() is None
    late = on.open("PRINT clicks;", old_endpoint=False)
    assert isinstance(late, PrintSource)
    printed = late.take()
    assert printed is not None
    assert printed.read == []
    late.close()
    assert late.take() is None


def test_print_of_no_topic(on: Bench) -> None:
    with pytest.raises(RequestRejected, match="Could not find topic 'CLICKS'"):
        on.open("PRINT 'CLICKS';")


def test_one_query_and_nothing_else(on: Bench) -> None:
    with pytest.raises(SqlError, match="Expected exactly one KSQL statement; found 2 instead"):
        on.open("SELECT * FROM totals; SELECT * FROM totals;")
    with pytest.raises(SqlError, match="Neither a query nor a print statement"):
        on.open("SHOW STREAMS;", old_endpoint=False)
    with pytest.raises(RequestRejected, match="not supported for this resource"):
        on.open("SHOW STREAMS;")
    with pytest.raises(SqlSyntaxError, match="Statement: SELEC;"):
        on.open("SELEC;")


def test_ids_tell_the_kind_of_query(on: Bench) -> None:
    assert on.open("SELECT * FROM totals;").query_id.startswith("query_")  # type: ignore[union-attr]
    push = on.open("SELECT * FROM totals EMIT CHANGES;")
    assert isinstance(push, PushRows)
    assert push.query_id.startswith("transient_TOTALS_")
    push.close()
    with bench(server_settings={"ksql.query.push.v2.enabled": "true"}) as other:
        other.run(SCRIPT)
        scalable = other.open("SELECT * FROM totals EMIT CHANGES;", auto_offset_reset="latest")
        assert isinstance(scalable, PushRows)
        assert scalable.query_id.startswith("SCALABLE_PUSH_QUERY_TOTALS_")
        scalable.close()
