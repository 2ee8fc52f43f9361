import base64

from clickstream.core.records import Chunk, Record
from clickstream.engine.workbench import Workbench
from tests.helpers.engine_runs import Row, feed, rows, run, short

STREAM = "CREATE STREAM S (K INT KEY, V INT) WITH (kafka_topic='s', value_format='JSON');"
COPY = "CREATE STREAM OUT AS SELECT * FROM S;"


def test_bad_records_are_logged_and_skipped_and_nothing_stops() -> None:
    bench = Workbench()
    bench.execute(STREAM + COPY)
    feed(
        bench, [("s", 1, {"V": "x"}), ("s", 2, b"{"), ("s", "long key", {"V": 1}), ("s", 3, {"V": 3})], size=4
    )
    assert short(rows(bench, "OUT")) == [(3, (3,))]
    query = bench.queries[0]
    assert query.metrics.errors == 3
    entries = bench.log.take()
    assert [(e.topic, e.offset, e.target) for e in entries] == [
        ("s", 0, "value"),
        ("s", 1, "value"),
        ("s", 2, "key"),
    ]
    assert entries[1].record == b"{"
    assert {e.kind for e in entries} == {"DESERIALIZATION_ERROR"}


def test_a_chunk_is_decoded_once_for_all_queries_and_each_logs_what_is_bad() -> None:
    bench = Workbench()
    bench.execute(STREAM + COPY + COPY.replace("OUT", "OTHER"))
    chunk = Chunk("s", 0, 1, [Record(None, b"{", 0), Record(None, b'{"V":1}', 0)])
    for query in bench.queries:
        query.process([chunk])
    assert len(chunk.decoded) == 1
    assert [query.metrics.errors for query in bench.queries] == [1, 1]


def test_rows_that_came_from_a_query_are_not_decoded_again() -> None:
    bench = Workbench()
    bench.execute(STREAM + COPY + "CREATE STREAM NEXT AS SELECT * FROM OUT;")
    chunk = bench.append("s", [Record(None, b'{"V":1}', 5)])
    output = bench.queries[0].process([chunk])
    following = bench.append("OUT", output.records)
    output.attach(following)
    attached = next(iter(following.decoded.values()))
    bench.queries[1].process([following])
    assert list(following.decoded.values()) == [attached]
    fresh = Chunk("OUT", 0, 9, following.records)
    assert bench.queries[1].process([fresh]).records == bench.queries[1].process([following]).records
    assert next(iter(fresh.decoded.values())).rows == attached.rows


def test_a_table_skips_records_without_key() -> None:
    found = run(
        "CREATE TABLE T (K INT PRIMARY KEY, V INT) WITH (kafka_topic='t', value_format='JSON');"
        "CREATE TABLE OUT AS SELECT * FROM T;",
        [("t", None, {"V": 1}), ("t", 1, {"V": 2})],
    )
    assert short(found) == [(1, (2,))]


def test_event_time_may_come_from_a_column() -> None:
    stream = STREAM.replace("V INT", "V BIGINT").replace("'JSON')", "'JSON', timestamp='V')")
    events = [("s", 1, {"V": 7}, 1), ("s", 2, {}, 2), ("s", 3, {"V": -1}, 3), ("s", 4, None, 4)]
    assert run(stream + COPY, events) == [Row(1, {"V": 7}, 7), Row(4, None, 4)]


def test_event_time_may_be_a_text_in_a_pattern() -> None:
    stream = (
        "CREATE STREAM S (V STRING) WITH (kafka_topic='s', value_format='JSON', timestamp='V', "
        "timestamp_format='yyyy-MM-dd HH:mm');"
    )
    bench = Workbench()
    bench.execute(stream + COPY)
    feed(bench, [("s", None, {"V": "1970-01-02 00:00"}), ("s", None, {"V": "soon"})])
    assert rows(bench, "OUT") == [Row(None, {"V": "1970-01-02 00:00"}, 86_400_000)]
    assert bench.queries[0].metrics.errors == 1


def test_records_before_the_epoch_are_skipped() -> None:
    assert run(STREAM + COPY, [("s", 1, {"V": 1}, -1), ("s", 1, {"V": 2}, 0)], size=2) == [
        Row(1, {"V": 2}, 0)
    ]


def test_headers_are_columns_and_are_handed_on() -> None:
    bench = Workbench()
    bench.execute(
        "CREATE STREAM S (V INT, H ARRAY<STRUCT<KEY STRING, VALUE BYTES>> HEADERS) "
        "WITH (kafka_topic='s', value_format='JSON');"
        "CREATE STREAM ONE (V INT, H BYTES HEADER('a')) WITH (kafka_topic='s', value_format='JSON');"
        "CREATE STREAM OUT AS SELECT V, H AS ALL_OF_THEM FROM S;"
        "CREATE STREAM LAST AS SELECT V, H AS A FROM ONE;"
    )
    headers = (("a", b"1"), ("b", None), ("a", b"2"))
    bench.produce([("s", [Record(None, b'{"V":1}', 0, headers)])])
    encoded = [{"KEY": k, "VALUE": v and base64.b64encode(v).decode()} for k, v in headers]
    assert rows(bench, "OUT")[0].value == {"V": 1, "ALL_OF_THEM": encoded}
    assert rows(bench, "LAST")[0].value == {"V": 1, "A": base64.b64encode(b"2").decode()}
    assert bench.records("OUT")[0].headers == headers


def test_windowed_keys_can_be_read() -> None:
    bench = Workbench()
    bench.execute(
        STREAM + "CREATE TABLE W AS SELECT K, COUNT(*) AS N FROM S WINDOW TUMBLING (SIZE 10 MILLISECONDS) "
        "GROUP BY K;"
        "CREATE STREAM READ (K INT KEY, N BIGINT) WITH (kafka_topic='W', value_format='JSON', "
        "window_type='TUMBLING', window_size='10 MILLISECONDS');"
        "CREATE STREAM OUT AS SELECT K, N, WINDOWSTART AS A, WINDOWEND AS B FROM READ;"
    )
    feed(bench, [("s", 1, {"V": 1}, 25)])
    assert rows(bench, "OUT") == [Row(1, {"N": 1, "A": 20, "B": 30}, 25, (20, 30))]


def test_two_sources_over_one_topic_meet_each_record_in_turn() -> None:
    script = (
        "CREATE STREAM L (K INT KEY, V INT) WITH (kafka_topic='s', value_format='JSON');"
        "CREATE STREAM R (K INT KEY, V INT) WITH (kafka_topic='s', value_format='JSON');"
        "CREATE STREAM OUT AS SELECT L.K AS K, L.V AS A, R.V AS B FROM L JOIN R WITHIN 1 SECOND ON L.K = R.K;"
    )
    events = [("s", 1, {"V": 1}, 0), ("s", 1, {"V": 2}, 1)]
    wanted = [(1, (1, 1)), (1, (2, 1)), (1, (1, 2)), (1, (2, 2))]
    assert short(run(script, events)) == wanted
    assert short(run(script, events, size=2)) == wanted


def test_a_chunk_of_bad_records_alone_has_no_rows() -> None:
    bench = Workbench()
    bench.execute(STREAM + "CREATE STREAM OUT AS SELECT K, ROWOFFSET AS O FROM S;")
    output = bench.queries[0].process([Chunk("s", 0, 1, [Record(None, b"{", 0), Record(None, b"[", 0)])])
    assert output.records == []
