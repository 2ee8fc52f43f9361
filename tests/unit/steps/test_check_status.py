from clickstream.steps.bring_up import load_pipeline
from clickstream.steps.check_status import check_status
from tests.helpers.fake_stack import FakeStack


def test_a_loaded_stack_is_healthy(stack: FakeStack) -> None:
    load_pipeline(stack.context())
    status = check_status(stack.context())
    assert status.healthy
    assert len(status.parts) == 1 + 3 + 9


def test_a_failed_task_makes_the_stack_unhealthy_though_its_connector_runs(stack: FakeStack) -> None:
    load_pipeline(stack.context())
    stack.connect.traces["es_sink_EVENTS_PER_MIN"] = "ConnectException: refused\n\tat X"
    status = check_status(stack.context())
    assert not status.healthy
    sick = [part for part in status.parts if not part.healthy]
    assert [(part.name, part.state, part.detail) for part in sick] == [
        ("es_sink_EVENTS_PER_MIN", "FAILED", "ConnectException: refused")
    ]


def test_a_paused_connector_is_as_someone_wanted_it(stack: FakeStack) -> None:
    load_pipeline(stack.context())
    stack.connect.pause("DATAGEN_CLICKSTREAM")
    assert check_status(stack.context()).healthy


def test_a_service_that_is_down_is_not_asked_for_its_parts(stack: FakeStack) -> None:
    stack.ksqldb.healthy = False
    status = check_status(stack.context())
    assert not status.healthy
    assert [part.kind for part in status.parts] == []
