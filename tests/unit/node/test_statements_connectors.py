from collections.abc import Iterator

import pytest

from clickstream.connectors.base import MemoryConnectorStore
from clickstream.connectors.supervisor import Supervisor
from clickstream.core.errors import Conflict, NotFound
from clickstream.node.entities import WarningEntity
from clickstream.node.rejections import RequestRejected
from tests.helpers.executor import Bench, bench
from tests.helpers.fake_topics import FakeTopics

DATAGEN = "io.confluent.kafka.connect.datagen.DatagenConnector"
CREATE = (
    f"CREATE SOURCE CONNECTOR gen WITH ('connector.class'='{DATAGEN}',"
    "'kafka.topic'='codes','quickstart'='clickstream_codes','format'='json');"
)


@pytest.fixture
def on() -> Iterator[Bench]:
    topics = FakeTopics()
    supervisor = Supervisor(producer=topics, topics=topics, store=MemoryConnectorStore())
    with bench(connectors=supervisor) as opened:
        yield opened


def test_a_connector_is_created_under_its_upper_case_name_and_its_settings_are_not_shown(on: Bench) -> None:
    created = on.one(CREATE)
    assert created.info["name"] == "GEN"
    assert created.info["config"]["quickstart"] == "clickstream_codes"
    assert "'quickstart'='[string]'" in created.statement_text
    assert f"'connector.class'='{DATAGEN}'" in created.statement_text


def test_a_name_is_taken_once(on: Bench) -> None:
    on.run(CREATE)
    with pytest.raises(Conflict, match="Connector GEN already exists"):
        on.run(CREATE)
    entity = on.one(CREATE.replace("CONNECTOR gen", "CONNECTOR IF NOT EXISTS gen"))
    assert isinstance(entity, WarningEntity)


def test_a_rehearsed_script_creates_nothing(on: Bench) -> None:
    with pytest.raises(NotFound, match="Connector NOPE not found"):
        on.run(CREATE + "DROP CONNECTOR nope;")
    assert on.one("SHOW CONNECTORS;").connectors == []


def test_wrong_settings_are_refused_with_connects_reason(on: Bench) -> None:
    with pytest.raises(RequestRejected, match=r"^Validation error: "):
        on.run("CREATE SOURCE CONNECTOR bad WITH ('connector.class'='nope');")


def test_drop(on: Bench) -> None:
    on.run(CREATE)
    assert on.one("DROP CONNECTOR gen;").connector_name == "GEN"
    assert isinstance(on.one("DROP CONNECTOR IF EXISTS gen;"), WarningEntity)
    with pytest.raises(NotFound, match=r'"error_code":404,"message":"Connector GEN not found"'):
        on.run("DROP CONNECTOR gen;")


def test_describe_of_an_unknown_connector(on: Bench) -> None:
    with pytest.raises(NotFound, match="Failed to query connector status"):
        on.run("DESCRIBE CONNECTOR gen;")


def test_plugins_are_listed(on: Bench) -> None:
    classes = [plugin.class_name for plugin in on.one("SHOW CONNECTOR PLUGINS;").connectors_plugins]
    assert DATAGEN in classes
