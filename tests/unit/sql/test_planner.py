import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.parser import parse
from clickstream.sql.plan import PersistentPlan, TransientPlan
from clickstream.sql.plan_text import plan_text
from clickstream.sql.pull import StreamPullPlan
from tests.helpers.planning import PlanningDesk

CLICKS = "CREATE STREAM clicks (id INT KEY, ip STRING, n INT) WITH (kafka_topic='c', value_format='json');"
USERS = "CREATE TABLE users (uid INT PRIMARY KEY, name STRING) WITH (kafka_topic='u', value_format='json');"


def pipeline(shared: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((shared / "golden/clickstream/rest").glob("*_stmt*.json")):
        recorded = json.loads(path.read_text())
        yield recorded["request"]["body_json"]["ksql"], recorded["response"]["body_json"][0]


def run_pipeline(shared: Path) -> PlanningDesk:
    desk = PlanningDesk()
    for text, entity in pipeline(shared):
        desk.run(text, query_id=entity["commandStatus"]["queryId"] or "")
    return desk


def test_the_pipeline_has_the_recorded_texts(shared: Path) -> None:
    desk = PlanningDesk()
    texts = [entity["statementText"] for _, entity in pipeline(shared)]
    for text, entity in pipeline(shared):
        desk.run(text, query_id=entity["commandStatus"]["queryId"] or "")
    assert [s.statement_text for s in desk.catalog.sources.values()] == texts


def test_the_pipeline_has_the_recorded_execution_plans(shared: Path) -> None:
    desk = run_pipeline(shared)
    recorded = {}
    for path in (shared / "golden/clickstream/meta").glob("*_EXPLAIN_*.json"):
        query = json.loads(path.read_text())["response"]["body_json"][0]["queryDescription"]
        recorded[query["id"]] = query["executionPlan"]
    assert recorded
    assert {query_id: plan_text(plan) for query_id, plan in desk.plans.items()} == recorded


def recorded_statements(shared: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the statements of the recorded session that planning alone decides on, with their answers."""
    for path in sorted((shared / "golden/rest/ksql").glob("*.json")):
        number = int(path.name[:3])
        if not (33 <= number <= 62 or number in {100, 104, *range(103, 117)}):
            continue
        recorded = json.loads(path.read_text())
        body = recorded["response"]["body_json"]
        answer = body[0] if isinstance(body, list) and body else body
        yield path.name, recorded["request"]["body_json"]["ksql"], answer or {}


def test_the_recorded_session_gets_the_recorded_answers(shared: Path) -> None:
    desk = PlanningDesk(missing_topics=frozenset({"does_not_exist"}))
    seen = 0
    for name, text, answer in recorded_statements(shared):
        if "describe" in name or answer.get("@type") == "warning_entity":
            continue
        seen += 1
        if answer.get("@type", "").endswith("_error"):
            check_refusal(desk, name, text, answer)
        else:
            planned = desk.run(text, query_id=(answer.get("commandStatus") or {}).get("queryId") or "")
            if "statementText" in answer:
                assert stated(planned) == answer["statementText"], name
    assert seen > 35


def stated(planned: object) -> str:
    return planned.text if isinstance(planned, PersistentPlan) else planned.statement_text  # type: ignore[attr-defined]


def check_refusal(desk: PlanningDesk, name: str, text: str, answer: dict[str, Any]) -> None:
    catalog = desk.catalog.copy()
    error = desk.refusal(text)
    desk.catalog = catalog
    if name == "059_csas_like_type_mismatch.json":
        assert error.message.startswith("Invalid Predicate: ")
        return
    assert error.message == answer["message"], name


def test_errors_carry_the_normalised_text_once_there_is_one() -> None:
    desk = PlanningDesk()
    error = desk.refusal(f"{CLICKS} CREATE TABLE t AS SELECT nope FROM clicks GROUP BY nope;")
    assert error.statement.startswith("CREATE TABLE T WITH (CLEANUP_POLICY='compact'")
    assert desk.refusal("CREATE STREAM s AS SELECT * FROM nowhere;").statement == ""


def test_a_push_query_shows_its_columns_in_the_order_of_the_select() -> None:
    plan = PlanningDesk().run(f"{CLICKS} SELECT ip, id, n + 1 FROM clicks EMIT CHANGES LIMIT 3;")
    assert isinstance(plan, TransientPlan)
    assert plan.columns == ("IP", "ID", "KSQL_COL_0")
    assert [c.name for c in plan.root.schema.value] == ["IP", "ID", "KSQL_COL_0"]
    assert plan.limit == 3


def test_a_pull_query_on_a_stream_reads_it_as_it_is() -> None:
    plan = PlanningDesk().run(f"{CLICKS} SELECT id FROM clicks WHERE n > 3;")
    assert isinstance(plan, StreamPullPlan)
    assert plan.plan.columns == ("ID",)


def test_normalising_twice_changes_nothing() -> None:
    desk = PlanningDesk()
    desk.run(CLICKS + USERS)
    (parsed,) = parse(
        "CREATE STREAM j AS SELECT c.*, name, n + 1 FROM clicks c LEFT JOIN users ON c.n = uid;"
    )
    once = desk.planner().normalise(parsed.statement)
    assert desk.planner().normalise(once) == once


def test_if_not_exists_is_left_to_who_executes() -> None:
    desk = PlanningDesk()
    desk.run(CLICKS)
    (parsed,) = parse(CLICKS.replace("STREAM", "STREAM IF NOT EXISTS"))
    assert isinstance(parsed.statement, n.CreateSource)
    assert desk.planner().plan_create(parsed.statement).name == "CLICKS"


def test_insert_into_takes_its_query_id_from_with() -> None:
    plan = PlanningDesk().run(
        f"{CLICKS} CREATE STREAM copy AS SELECT * FROM clicks;"
        "INSERT INTO copy WITH (query_id='mine') SELECT * FROM clicks;"
    )
    assert isinstance(plan, PersistentPlan)
    assert (plan.query_id, plan.sources, plan.root.topic) == ("mine", ("CLICKS",), "COPY")


def test_a_topic_that_does_not_exist_needs_partitions() -> None:
    desk = PlanningDesk(missing_topics=frozenset({"c"}))
    assert "Topic 'c' does not exist." in desk.refusal(CLICKS).message
    assert desk.run(CLICKS.replace("kafka_topic='c'", "kafka_topic='c', partitions=2")) is not None


def test_table_and_stream_results_are_told_apart() -> None:
    desk = PlanningDesk()
    desk.run(CLICKS)
    with pytest.raises(SqlError, match="produces a TABLE"):
        desk.run("CREATE STREAM s AS SELECT id, COUNT(*) FROM clicks GROUP BY id;")
    with pytest.raises(SqlError, match="produces a STREAM"):
        desk.run("CREATE TABLE t AS SELECT * FROM clicks;")
