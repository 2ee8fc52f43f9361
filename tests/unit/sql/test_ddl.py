from clickstream.sql.catalog import DataSource
from clickstream.sql.plan import Formats, TimestampSpec, WindowInfo
from clickstream.sql.schema import HeaderColumn
from tests.helpers.planning import PlanningDesk


def create(statement: str) -> DataSource:
    source = PlanningDesk().run(statement)
    assert isinstance(source, DataSource)
    return source


def test_properties_become_the_source() -> None:
    source = create(
        "CREATE SOURCE STREAM s (k STRING KEY, ts STRING) WITH (kafka_topic='s', format='delimited', "
        "key_delimiter='|', value_delimiter='SPACE', timestamp='ts', timestamp_format='yyyy', "
        "window_type='tumbling', window_size='1 minute', partitions=3, replicas=2, retention_ms=1000);"
    )
    assert source.formats == Formats("DELIMITED", "DELIMITED", value_delimiter=" ", key_delimiter="|")
    assert source.timestamp == TimestampSpec("TS", "yyyy")
    assert source.window == WindowInfo("TUMBLING", 60_000)
    assert (source.partitions, source.replicas, source.retention_ms) == (3, 2, 1000)
    assert source.is_source


def test_a_quoted_time_column_keeps_its_case() -> None:
    source = create(
        "CREATE STREAM s (k STRING KEY, `ts` BIGINT) WITH (kafka_topic='s', value_format='json', "
        "timestamp='`ts`');"
    )
    assert source.timestamp == TimestampSpec("ts")


def test_headers_are_columns_of_their_own_kind() -> None:
    source = create(
        "CREATE STREAM s (h ARRAY<STRUCT<key STRING, value BYTES>> HEADERS, v INT) "
        "WITH (kafka_topic='s', value_format='json');"
    )
    (headers, value) = source.schema.value
    assert isinstance(headers, HeaderColumn)
    assert not headers.is_single
    assert not isinstance(value, HeaderColumn)


def test_defaults_come_from_the_session() -> None:
    desk = PlanningDesk(
        {
            "ksql.persistence.default.format.key": "json",
            "ksql.persistence.default.format.value": "delimited",
        }
    )
    source = desk.run("CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s');")
    assert isinstance(source, DataSource)
    assert (source.formats.key, source.formats.value) == ("JSON", "DELIMITED")


def test_bare_values_are_a_feature() -> None:
    bare = create(
        "CREATE STREAM s (v INT) WITH (kafka_topic='s', value_format='json', wrap_single_value=false);"
    )
    assert not bare.formats.wrap_value
    assert bare.value_features == {"UNWRAP_SINGLES"}
    keyed = create("CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', format='json');")
    assert keyed.key_features == {"UNWRAP_SINGLES"}
    assert keyed.formats.wrap_value
