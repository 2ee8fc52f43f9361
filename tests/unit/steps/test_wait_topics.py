import pytest

from clickstream.core.errors import ServiceRejected, ServiceUnavailable
from clickstream.steps.create_connectors import create_connectors
from clickstream.steps.wait_topics import wait_topics
from tests.helpers.fake_stack import FakeStack


def test_it_returns_the_topics_that_have_data(stack: FakeStack) -> None:
    create_connectors(stack.context())
    assert wait_topics(stack.context()) == ["clickstream", "clickstream_codes", "clickstream_users"]


def test_an_empty_topic_is_named_at_the_deadline(stack: FakeStack) -> None:
    create_connectors(stack.context())
    stack.ksqldb.topics.discard("clickstream_codes")
    with pytest.raises(
        ServiceUnavailable, match=r"topic clickstream_codes has data.*RUNNING, the topic is empty"
    ):
        wait_topics(stack.context())


def test_a_failed_connector_ends_the_wait_at_once_with_its_reason(stack: FakeStack) -> None:
    create_connectors(stack.context())
    stack.ksqldb.topics.discard("clickstream_users")
    stack.connect.traces["DATAGEN_CLICKSTREAM_USERS"] = "ConnectException: no such quickstart\n\tat Task.java"
    with pytest.raises(
        ServiceRejected, match=r"DATAGEN_CLICKSTREAM_USERS failed: ConnectException: no such quickstart$"
    ):
        wait_topics(stack.context())
    assert stack.clock.now_ms() == 0
