from clickstream.steps.create_connectors import create_connectors
from tests.helpers.fake_stack import FakeStack


def test_three_connectors_with_the_intervals_of_the_pipeline(stack: FakeStack) -> None:
    ran = create_connectors(stack.context())
    assert [one.outcome for one in ran] == ["done"] * 3
    intervals = {name: config["max.interval"] for name, config in stack.connect.configs.items()}
    assert intervals == {
        "DATAGEN_CLICKSTREAM": "30",
        "DATAGEN_CLICKSTREAM_CODES": "20",
        "DATAGEN_CLICKSTREAM_USERS": "10",
    }
    assert stack.told.warnings == []


def test_a_second_run_changes_nothing(stack: FakeStack) -> None:
    create_connectors(stack.context())
    calls = len(stack.connect.calls)
    assert [one.outcome for one in create_connectors(stack.context())] == ["exists"] * 3
    assert len(stack.connect.calls) == calls


def test_a_setting_that_the_generator_ignores_is_warned_of(stack: FakeStack) -> None:
    (stack.project / "c.sql").write_text(
        "-- 'maxInterval' in a comment is nothing\n"
        "CREATE SOURCE CONNECTOR c WITH ('kafka.topic'='t', 'maxInterval'='30');"
    )
    create_connectors(stack.context(), ["c.sql"])
    assert len(stack.told.warnings) == 1
    assert "c.sql:2" in stack.told.warnings[0]
    assert "max.interval" in stack.told.warnings[0]
