"""Statements about the session, and assertions: SET, UNSET, DEFINE, UNDEFINE, ASSERT."""

import time

from clickstream.node.entities import AssertedSchema, AssertedTopic, Entity
from clickstream.node.execution import Execution
from clickstream.node.rejections import AssertionFailed
from clickstream.node.server_properties import is_known
from clickstream.sql.nodes import AssertSchema, AssertTopic, Define, SetProperty, Undefine, UnsetProperty

__all__ = ["assert_schema", "assert_topic", "define", "set_property", "undefine", "unset_property"]

ASSERT_TIMEOUT_MS = 1000
"""How long an assertion is given where it says nothing (ksql.assert.topic.default.timeout.ms)."""

ASSERT_EVERY_S = 0.05


def set_property(run: Execution, statement: SetProperty) -> Entity | None:
    """SET: the property counts for the statements after it."""
    if not is_known(statement.name):
        raise run.refuse(f"Unknown property: {statement.name}")
    run.session.properties[statement.name] = statement.value
    return None


def unset_property(run: Execution, statement: UnsetProperty) -> Entity | None:
    """UNSET: back to the server's value."""
    if not is_known(statement.name):
        raise run.refuse(f"Unknown property: {statement.name}")
    run.session.properties.pop(statement.name, None)
    return None


def define(run: Execution, statement: Define) -> Entity | None:
    """DEFINE: the variable was put in already; SHOW VARIABLES lists it."""
    run.session.variables[statement.name] = statement.value
    return None


def undefine(run: Execution, statement: Undefine) -> Entity | None:
    """UNDEFINE."""
    run.session.variables.pop(statement.name, None)
    return None


def assert_topic(run: Execution, statement: AssertTopic) -> Entity | None:
    """ASSERT [NOT EXISTS] TOPIC: wait until it is so.

    Raises: AssertionFailed if it is not in time.
    """
    if run.dry:
        return None
    timeout_ms = statement.timeout.ms if statement.timeout else ASSERT_TIMEOUT_MS
    deadline = run.node.clock.monotonic_s() + timeout_ms / 1000
    while problem := _topic_problem(run, statement):
        if run.node.clock.monotonic_s() >= deadline:
            raise AssertionFailed(problem)
        time.sleep(ASSERT_EVERY_S)
    return AssertedTopic(statement_text=run.text, topic_name=statement.topic, exists=statement.exists)


def _topic_problem(run: Execution, statement: AssertTopic) -> str:
    """Return what is not as asserted, nothing if all is."""
    exists = run.node.topics.exists(statement.topic)
    if not statement.exists:
        return f"Topic {statement.topic} exists" if exists else ""
    if not exists:
        return f"Topic {statement.topic} does not exist"
    topic = run.node.topics.describe(statement.topic)
    actual = {"PARTITIONS": topic.partitions, "REPLICAS": topic.replicas}
    wrong = [
        f"Mismatched configuration for topic {topic.name}: For config {name.lower()}, "
        f"expected {wanted} got {actual[name]}"
        for name, wanted in statement.properties.items()
        if name in actual and int(str(wanted)) != actual[name]
    ]
    return "\n".join(wrong)


def assert_schema(run: Execution, statement: AssertSchema) -> Entity | None:
    """ASSERT SCHEMA: without a schema registry no schema exists.

    Raises: AssertionFailed unless NOT EXISTS is asserted.
    """
    if run.dry:
        return None
    if statement.exists:
        subject = f" subject name {statement.subject}" if statement.subject else ""
        id_ = f" id {statement.id}" if statement.id is not None else ""
        raise AssertionFailed(f"Schema with{subject}{id_} does not exist")
    return AssertedSchema(statement_text=run.text, subject=statement.subject, id=statement.id, exists=False)
