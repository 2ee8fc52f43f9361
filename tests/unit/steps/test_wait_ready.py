import pytest

from clickstream.core.errors import ServiceUnavailable
from clickstream.steps.wait_ready import check_services, wait_ready
from tests.helpers.fake_stack import FakeStack


def test_all_healthy_services_with_versions_and_urls(stack: FakeStack) -> None:
    states = wait_ready(stack.context())
    assert [(state.service, state.url, state.detail) for state in states] == [
        ("ksqldb", "http://k:8088", "0.29.0"),
        ("connect", "http://c:8083", "3.9.1"),
        ("elasticsearch", "http://e:9200", "8.19.21"),
        ("grafana", "http://g:3000", "12.4.5"),
    ]


def test_the_deadline_names_the_sick_ones(stack: FakeStack) -> None:
    stack.elasticsearch.colour = "red"
    stack.ksqldb.healthy = False
    with pytest.raises(
        ServiceUnavailable, match=r"ksqldb: .*not healthy yet; elasticsearch: its cluster is red"
    ):
        wait_ready(stack.context())
    assert [state.healthy for state in check_services(stack.context())] == [False, True, False, True]
