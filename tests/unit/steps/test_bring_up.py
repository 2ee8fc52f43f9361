from clickstream.steps.bring_up import load_pipeline
from clickstream.steps.load_dashboard import dashboard_paths
from tests.helpers.fake_stack import FakeStack


def test_the_whole_job_then_nothing_to_do(stack: FakeStack) -> None:
    first = load_pipeline(stack.context())
    assert [step.summary for step in first] == [
        "3 created",
        "clickstream, clickstream_codes, clickstream_users have data",
        "14 created",
        "9 created",
        "9 created",
        f"{9 + len(dashboard_paths(stack.context()))} created",
    ]
    second = load_pipeline(stack.context())
    assert not any(step.changed for step in second)
    assert second[2].summary == "14 there already"
    assert len(stack.told.notes) == 12
