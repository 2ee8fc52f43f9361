from collections.abc import Iterator

import pytest

from clickstream.core.errors import SqlError
from clickstream.node.rejections import AssertionFailed
from tests.helpers.executor import Bench, bench

TOPIC = "CREATE STREAM s (a INT) WITH (kafka_topic='there', partitions=2, value_format='json');"


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(TOPIC)
        yield opened


@pytest.mark.parametrize("statement", ["SET 'nope.nope'='x';", "UNSET 'nope.nope';"])
def test_unknown_properties_are_refused(on: Bench, statement: str) -> None:
    with pytest.raises(SqlError, match=r"Unknown property: nope.nope"):
        on.run(statement)


def test_settings_have_no_entity(on: Bench) -> None:
    assert (
        on.run("SET 'auto.offset.reset'='earliest'; UNSET 'auto.offset.reset'; DEFINE a='b'; UNDEFINE a;")
        == []
    )


def test_assertions_about_topics(on: Bench) -> None:
    held = on.one("ASSERT TOPIC there WITH (PARTITIONS=2);")
    assert (held.topic_name, held.exists) == ("there", True)
    assert on.one("ASSERT NOT EXISTS TOPIC nowhere TIMEOUT 0 SECONDS;").exists is False


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("ASSERT TOPIC nowhere TIMEOUT 0 SECONDS;", "Topic nowhere does not exist"),
        ("ASSERT NOT EXISTS TOPIC there TIMEOUT 0 SECONDS;", "Topic there exists"),
        (
            "ASSERT TOPIC there WITH (PARTITIONS=3) TIMEOUT 0 SECONDS;",
            "For config partitions, expected 3 got 2",
        ),
        ("ASSERT SCHEMA SUBJECT abc TIMEOUT 0 SECONDS;", "does not exist"),
    ],
)
def test_assertions_that_do_not_hold(on: Bench, statement: str, message: str) -> None:
    with pytest.raises(AssertionFailed, match=message):
        on.run(statement)
