from collections.abc import Iterator

import pytest

from clickstream.core.errors import SqlError
from clickstream.node.entities import WarningEntity
from clickstream.node.rejections import RequestRejected, SchemaRegistryMissing
from tests.helpers.executor import Bench, bench

CLICKS = (
    "CREATE STREAM clicks (id INT KEY, bytes BIGINT)"
    " WITH (kafka_topic='clicks', partitions=1, format='json');"
)
TOTALS = "CREATE TABLE totals AS SELECT id, SUM(bytes) AS total FROM clicks GROUP BY id;"


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(CLICKS)
        yield opened


def test_create_makes_the_topic_with_its_cleanup_policy(on: Bench) -> None:
    on.run(TOTALS)
    assert on.node.topics.describe("clicks").config["cleanup.policy"] == "delete"
    assert on.node.topics.describe("TOTALS").config["cleanup.policy"] == "compact"


def test_a_topic_that_does_not_exist_needs_partitions(on: Bench) -> None:
    with pytest.raises(RequestRejected, match="Topic 'nowhere' does not exist"):
        on.run("CREATE STREAM s (a INT) WITH (kafka_topic='nowhere', value_format='json');")


def test_formats_with_schemas_need_a_registry(on: Bench) -> None:
    with pytest.raises(SchemaRegistryMissing, match=r"without configuring 'ksql.schema.registry.url'"):
        on.run("CREATE STREAM s (a INT) WITH (kafka_topic='clicks', value_format='avro');")


@pytest.mark.parametrize("text", [CLICKS, TOTALS])
def test_if_not_exists_only_warns(on: Bench, text: str) -> None:
    kind, name = text.split()[1:3]
    again = text.replace(f"CREATE {kind} {name}", f"CREATE {kind} IF NOT EXISTS {name}")
    if kind == "TABLE":
        on.run(text)
    entity = on.one(again)
    assert isinstance(entity, WarningEntity)
    assert entity.message == (
        f"Cannot add {kind.lower()} `{name.upper()}`: A {kind.lower()} with the same name already exists."
    )
    assert entity.statement_text == again


def test_or_replace_gives_the_query_another_plan_and_keeps_its_place(on: Bench) -> None:
    on.run("CREATE STREAM big AS SELECT * FROM clicks WHERE bytes > 100; INSERT INTO clicks VALUES (1, 50);")
    on.node.step()
    replaced = on.one("CREATE OR REPLACE STREAM big AS SELECT * FROM clicks WHERE bytes > 10;")
    assert replaced.command_status.query_id == "CSAS_BIG_1"
    on.run("INSERT INTO clicks VALUES (2, 50);")
    assert on.rows("SELECT * FROM big;") == [(2, 50)]
    assert on.query_ids() == ["CSAS_BIG_1"]


def test_or_replace_may_not_take_columns_away(on: Bench) -> None:
    with pytest.raises(SqlError, match="Cannot upgrade data source"):
        on.run("CREATE OR REPLACE STREAM clicks (id INT KEY) WITH (kafka_topic='clicks', format='json');")


def test_what_is_read_cannot_be_dropped(on: Bench) -> None:
    on.run(TOTALS)
    with pytest.raises(SqlError, match=r"read from this source: \[TOTALS\]") as refusal:
        on.run("DROP STREAM clicks;")
    assert refusal.value.statement == "DROP STREAM clicks;"


def test_drop_ends_the_query_that_fills_the_table(on: Bench) -> None:
    on.run(TOTALS)
    dropped = on.one("DROP TABLE totals;")
    assert dropped.command_id == "table/TOTALS/drop"
    assert dropped.command_status.message == "Source `TOTALS` (topic: TOTALS) was dropped."
    assert on.query_ids() == []
    assert on.node.topics.exists("TOTALS")
    on.run("DROP STREAM clicks;")
    assert on.sources() == set()


def test_delete_topic_deletes_it_and_is_not_repeated_in_the_answer(on: Bench) -> None:
    assert on.one("DROP STREAM clicks DELETE TOPIC;").statement_text == "DROP STREAM CLICKS;"
    assert not on.node.topics.exists("clicks")


def test_drop_of_something_else_is_refused(on: Bench) -> None:
    with pytest.raises(SqlError, match="type is stream, but statement was DROP table"):
        on.run("DROP TABLE clicks;")
    with pytest.raises(SqlError, match="Stream NOPE does not exist"):
        on.run("DROP STREAM nope;")
    assert on.one("DROP STREAM IF EXISTS nope;").command_status.message == "Source `NOPE` does not exist."


def test_a_stream_that_an_insert_writes_to_cannot_be_dropped(on: Bench) -> None:
    on.run(CLICKS.replace("clicks", "other"))
    inserted = on.one("INSERT INTO other SELECT * FROM clicks;")
    assert inserted.command_status.query_id == "INSERTQUERY_3"
    with pytest.raises(SqlError, match=r"write into this source: \[INSERTQUERY_3\]"):
        on.run("DROP STREAM other;")
    with pytest.raises(SqlError, match=r"read from this source: \[INSERTQUERY_3\]"):
        on.run("DROP STREAM clicks;")
    on.run("TERMINATE INSERTQUERY_3; DROP STREAM other; DROP STREAM clicks;")
    assert on.sources() == set()


def test_alter_adds_columns(on: Bench) -> None:
    on.run("ALTER STREAM clicks ADD COLUMN ip STRING, ADD COLUMN city STRING;")
    clicks = on.node.catalog.get("CLICKS")
    assert clicks is not None
    assert clicks.schema.names == ("ID", "BYTES", "IP", "CITY")
    with pytest.raises(SqlError, match="Cannot add column `IP` to schema"):
        on.run("ALTER STREAM clicks ADD COLUMN ip STRING;")
    on.run(TOTALS)
    with pytest.raises(SqlError, match=r"not supported for CREATE ... AS statements"):
        on.run("ALTER TABLE totals ADD COLUMN ip STRING;")


def test_types_are_registered_used_and_dropped(on: Bench) -> None:
    made = on.one("CREATE TYPE address AS STRUCT<street STRING, number INT>;")
    assert made.command_status.message.startswith("Registered custom type with name 'ADDRESS'")
    on.run("CREATE STREAM homes (a ADDRESS) WITH (kafka_topic='clicks', value_format='json');")
    homes = on.node.catalog.get("HOMES")
    assert homes is not None
    assert str(homes.schema.value[0].type) == "STRUCT<`STREET` STRING, `NUMBER` INTEGER>"
    with pytest.raises(SqlError, match="already registered"):
        on.run("CREATE TYPE address AS INT;")
    on.run("DROP TYPE address;")
    with pytest.raises(SqlError, match="Type ADDRESS does not exist"):
        on.run("DROP TYPE address;")


def test_a_source_table_can_be_pulled_from_and_not_written(on: Bench) -> None:
    columns = "(code INT PRIMARY KEY, text STRING)"
    on.run(f"CREATE TABLE codes {columns} WITH (kafka_topic='codes', partitions=1, format='json');")
    on.run("INSERT INTO codes VALUES (404, 'Page not found');")
    made = on.one(f"CREATE SOURCE TABLE looked {columns} WITH (kafka_topic='codes', format='json');")
    assert made.command_status.query_id == "CST_LOOKED_3"
    while on.node.step():
        pass
    assert on.rows("SELECT * FROM looked;") == [(404, "Page not found")]
    with pytest.raises(SqlError, match="read-only"):
        on.run("INSERT INTO looked VALUES (1, 'x');")
    on.run("DROP TABLE looked;")
    assert on.query_ids() == []
