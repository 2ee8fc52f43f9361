from clickstream.core.processing_log import ProcessingLog
from clickstream.engine.context import QueryContext
from clickstream.engine.operators.sink import SinkWriter
from clickstream.engine.workbench import Workbench
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.plan import Formats, PersistentPlan
from tests.helpers.engine_runs import Row, run

STREAM = "CREATE STREAM S (K INT KEY, V INT) WITH (kafka_topic='s', value_format='JSON');"


def test_the_sink_may_take_its_time_from_a_column() -> None:
    query = "CREATE STREAM OUT WITH (timestamp='SEEN') AS SELECT K, CAST(V AS BIGINT) AS SEEN FROM S;"
    events = [("s", 1, {"V": 50}, 1), ("s", 2, {"V": -5}, 2), ("s", 3, {}, 3), ("s", 4, None, 4)]
    assert run(STREAM + query, events) == [Row(1, {"SEEN": 50}, 50), Row(4, None, 4)]


def test_the_sink_may_have_other_formats() -> None:
    query = "CREATE STREAM OUT WITH (format='DELIMITED') AS SELECT K, V, 'a,b' AS T FROM S;"
    assert run(STREAM + query, [("s", 1, {"V": 2})]) == [Row("1", '2,"a,b"', 0)]


def test_a_row_that_cannot_be_written_is_logged_and_left_out() -> None:
    bench = Workbench()
    bench.execute(STREAM + "CREATE STREAM OUT AS SELECT * FROM S;")
    plan = bench.queries[0].plan
    assert isinstance(plan, PersistentPlan)
    log = ProcessingLog()
    writer = SinkWriter(QueryContext("q", REGISTRY, log), plan.root)
    good, bad = ((1,), (1,), 0, ()), ((1,), (object(),), 0, ())
    records, written = writer.encode([good, bad, good])
    assert (len(records), written) == (2, [good, good])
    assert log.total("SERIALIZATION_ERROR") == 1


def test_formats_default_to_the_sources() -> None:
    bench = Workbench()
    bench.execute(STREAM + "CREATE STREAM OUT AS SELECT * FROM S;")
    source = bench.catalog.get("OUT")
    assert source is not None
    assert source.formats == Formats()
