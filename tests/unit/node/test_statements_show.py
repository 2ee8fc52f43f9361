from collections.abc import Iterator

import pytest

from clickstream.core.errors import SqlError
from clickstream.node.entities import SchemaInfo
from clickstream.node.rejections import RequestRejected
from tests.helpers.executor import Bench, bench

SCRIPT = """
CREATE STREAM clicks (id INT KEY, bytes BIGINT, st STRUCT<a INT, b ARRAY<DECIMAL(4, 2)>>)
    WITH (kafka_topic='clicks', partitions=1, format='json');
CREATE TABLE totals AS SELECT id, SUM(bytes) AS total FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY id;
"""


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(SCRIPT)
        yield opened


def test_sources_are_listed_by_kind(on: Bench) -> None:
    (table,) = on.one("SHOW TABLES;").tables
    assert (table.name, table.topic, table.key_format, table.is_windowed) == (
        "TOTALS",
        "TOTALS",
        "JSON",
        True,
    )
    assert "CLICKS" in [stream.name for stream in on.one("LIST STREAMS;").streams]
    described = on.one("SHOW TABLES EXTENDED;").source_descriptions
    assert [(d.name, d.window_type, d.extended) for d in described] == [("TOTALS", "TUMBLING", True)]


def test_describe_shows_types_in_full(on: Bench) -> None:
    fields = {f.name: f for f in on.one("DESCRIBE clicks;").source_description.fields}
    assert fields["ID"].type == "KEY"
    decimal = SchemaInfo("DECIMAL", parameters={"precision": 4, "scale": 2})
    members = fields["ST"].schema.fields
    assert members is not None
    assert [(m.name, m.schema) for m in members] == [
        ("A", SchemaInfo("INTEGER")),
        ("B", SchemaInfo("ARRAY", None, decimal)),
    ]


def test_describe_names_readers_and_writers(on: Bench) -> None:
    clicks = on.one("DESCRIBE clicks;").source_description
    assert [q.id for q in clicks.read_queries] == ["CTAS_TOTALS_1"]
    assert clicks.source_constraints == ["TOTALS"]
    totals = on.one("DESCRIBE totals EXTENDED;").source_description
    assert [q.id for q in totals.write_queries] == ["CTAS_TOTALS_1"]
    (summary,) = totals.query_offset_summaries
    assert summary.group_id.endswith("query_CTAS_TOTALS_1")
    assert [t.kafka_topic for t in summary.topic_summaries] == ["clicks"]


def test_describe_suggests_the_other_case(on: Bench) -> None:
    on.run("CREATE STREAM `lower` (a INT) WITH (kafka_topic='clicks', value_format='json');")
    with pytest.raises(SqlError, match='Did you mean "lower"'):
        on.run("DESCRIBE lower;")
    with pytest.raises(SqlError, match=r"Could not find STREAM/TABLE 'NOPE' in the Metastore$"):
        on.run("DESCRIBE nope;")


def test_queries_are_listed_with_their_state(on: Bench) -> None:
    on.run("PAUSE CTAS_TOTALS_1;")
    (query,) = on.one("SHOW QUERIES;").queries
    assert (query.id, query.sinks, query.sink_kafka_topics) == ("CTAS_TOTALS_1", ["TOTALS"], ["TOTALS"])
    assert (query.status_count, query.state) == ({"PAUSED": 1}, "RUNNING")


def test_hidden_topics_are_listed_only_if_asked_for(on: Bench) -> None:
    with on.node.change():
        on.node.create_topic("_internal", partitions=2)
    assert "_internal" not in [t.name for t in on.one("SHOW TOPICS;").topics]
    (internal,) = [t for t in on.one("SHOW ALL TOPICS;").topics if t.name == "_internal"]
    assert list(internal.replica_info) == [1, 1]
    readers = {t.name: t.consumer_count for t in on.one("SHOW TOPICS EXTENDED;").topics}
    assert (readers["clicks"], readers["TOTALS"]) == (1, 0)


def test_explain_of_a_query_that_runs(on: Bench) -> None:
    about = on.one("EXPLAIN CTAS_TOTALS_1;").query_description
    assert (about.query_type, about.state, about.sinks, list(about.sources)) == (
        "PERSISTENT",
        "RUNNING",
        ["TOTALS"],
        ["CLICKS"],
    )
    assert "[ AGGREGATE ]" in about.execution_plan
    assert "(topics: [clicks])" in about.topology
    assert "(topic: TOTALS)" in about.topology
    with pytest.raises(SqlError, match="Query with id:NOPE_1 does not exist"):
        on.run("EXPLAIN nope_1;")


def test_explain_of_a_statement_starts_nothing(on: Bench) -> None:
    about = on.one("EXPLAIN SELECT id, COUNT(*) FROM clicks GROUP BY id EMIT CHANGES;").query_description
    assert (about.query_type, about.state, about.sinks) == ("PUSH", None, [])
    assert about.statement_text == "SELECT id, COUNT(*) FROM clicks GROUP BY id EMIT CHANGES;"
    on.run("EXPLAIN CREATE STREAM big AS SELECT * FROM clicks;")
    assert on.query_ids() == ["CTAS_TOTALS_1"]
    with pytest.raises(SqlError, match="does not run a ksql query"):
        on.run("EXPLAIN SHOW STREAMS;")


def test_functions_are_listed_and_described(on: Bench) -> None:
    kinds = {f.name: f.type for f in on.one("SHOW FUNCTIONS;").functions}
    assert kinds["COUNT"] == "AGGREGATE"
    about = on.one("DESCRIBE FUNCTION count;")
    (variant,) = about.functions
    assert (about.type, variant.return_type, list(variant.argument_types)) == ("AGGREGATE", "BIGINT", ["T"])
    with pytest.raises(RequestRejected, match="Can't find any functions with the name 'NOPE'"):
        on.run("DESCRIBE FUNCTION nope;")


def test_properties_show_what_the_request_overrides(on: Bench) -> None:
    listed = on.one("SET 'auto.offset.reset'='latest'; SHOW PROPERTIES;")
    values = {p.name: p.value for p in listed.properties}
    assert values["ksql.streams.auto.offset.reset"] == "latest"
    assert list(listed.overwritten_properties) == ["auto.offset.reset"]
    assert "ksql.lambdas.enabled" in listed.default_properties


def test_types_and_variables_are_listed(on: Bench) -> None:
    on.run("CREATE TYPE amount AS BIGINT;")
    assert on.one("SHOW TYPES;").types == {"AMOUNT": SchemaInfo("BIGINT")}
    (variable,) = on.one("DEFINE a='1'; SHOW VARIABLES;").variables
    assert (variable.name.upper(), variable.value) == ("A", "1")
