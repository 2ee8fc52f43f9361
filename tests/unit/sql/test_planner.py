import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickstream.core.errors import SqlError, Unsupported
from clickstream.sql import nodes as n
from clickstream.sql.catalog import DataSource
from clickstream.sql.parser import parse
from clickstream.sql.plan import Filter, PersistentPlan, Project, Suppress, TransientPlan, WindowSpec
from clickstream.sql.plan_text import plan_text
from clickstream.sql.pull import PullPlan, StreamPullPlan
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


def recorded_desk(shared: Path) -> PlanningDesk:
    """Return a desk after the recorded session's successful statements."""
    desk = PlanningDesk(missing_topics=frozenset({"does_not_exist"}))
    for name, text, answer in recorded_statements(shared):
        refused = answer.get("@type", "").endswith("_error") or answer.get("@type") == "warning_entity"
        if not (refused or "describe" in name):
            desk.run(text)
    return desk


def test_recorded_queries_get_the_recorded_columns_or_refusals(shared: Path) -> None:
    desk = recorded_desk(shared)
    columns = refusals = 0
    for path in sorted((shared / "golden/rest/query").glob("*_qs_*.json")):
        recorded = json.loads(path.read_text())
        sql = (recorded["request"].get("body_json") or {}).get("sql", "")
        raw = recorded["response"].get("body_raw") or ""
        elsewhere = "syntax" in path.name or raw.startswith('[{"header')
        if elsewhere or not sql.startswith("SELECT") or sql.count(";") != 1:
            continue
        if recorded["response"]["status"] == 200:
            header = json.loads(re.match(r"\[?(\{.*?\})", raw)[1])  # type: ignore[index]
            names, types = columns_of(desk.run(sql))
            assert (names, types) == (header["columnNames"], header["columnTypes"]), path.name
            columns += 1
        elif "after_terminate" not in path.name:
            assert desk.refusal(sql).message == recorded["response"]["body_json"]["message"], path.name
            refusals += 1
    assert columns > 25
    assert refusals >= 4


def test_explaining_a_statement_draws_the_recorded_plan(shared: Path) -> None:
    recorded = json.loads((shared / "golden/rest/ksql/077_explain_statement.json").read_text())
    description = recorded["response"]["body_json"][0]["queryDescription"]
    desk = recorded_desk(shared)
    plan = desk.run(description["statementText"], query_id=description["id"])
    assert isinstance(plan, TransientPlan)
    assert plan_text(plan) == description["executionPlan"]


def columns_of(planned: object) -> tuple[list[str], list[str]]:
    if isinstance(planned, PullPlan):
        found = planned.output
    else:
        plan = planned.plan if isinstance(planned, StreamPullPlan) else planned
        assert isinstance(plan, TransientPlan)
        found = plan.root.schema.value
    return [c.name for c in found], [str(c.type) for c in found]


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


def test_a_limit_ends_queries_that_end() -> None:
    desk = PlanningDesk()
    with pytest.raises(Unsupported, match="LIMIT in a persistent query"):
        desk.run(f"{CLICKS} CREATE STREAM s AS SELECT * FROM clicks LIMIT 3;")


def test_a_source_table_is_kept_without_a_sink() -> None:
    desk = PlanningDesk()
    source = desk.run(USERS.replace("CREATE TABLE", "CREATE SOURCE TABLE"))
    assert isinstance(source, DataSource)
    plan = desk.planner().plan_source_table(source, "CST_USERS_1")
    assert (plan.root.topic, plan.sources) == ("", ("USERS",))


def test_emit_final_holds_windows_back() -> None:
    desk = PlanningDesk()
    desk.run(
        f"{CLICKS} CREATE TABLE t AS SELECT id, COUNT(*) AS n FROM clicks "
        "WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 5 SECONDS) GROUP BY id HAVING COUNT(*) > 1 "
        "EMIT FINAL;"
    )
    project = desk.plans["Q_0"].root.input
    assert isinstance(project, Project)
    assert isinstance(project.input, Filter)
    assert isinstance(project.input.input, Suppress)
    assert project.input.input.window == WindowSpec("TUMBLING", 60_000, 60_000, 5_000)


def test_dropping_asks_the_catalog() -> None:
    desk = PlanningDesk()
    desk.run(f"{CLICKS} CREATE STREAM copy AS SELECT * FROM clicks;")
    desk.catalog.reads["COPY"] = ("CLICKS",)

    def drop(text: str) -> DataSource | None:
        statement = parse(text)[0].statement
        assert isinstance(statement, n.DropSource)
        return desk.planner().plan_drop(statement)

    assert drop("DROP STREAM IF EXISTS nope;") is None
    dropped = drop("DROP STREAM copy;")
    assert dropped is not None
    assert dropped.name == "COPY"
    with pytest.raises(SqlError, match=r"read from this source: \[COPY\]"):
        drop("DROP STREAM clicks;")
    with pytest.raises(SqlError, match="Incompatible data source type is stream"):
        drop("DROP TABLE copy;")
    with pytest.raises(SqlError, match="Stream CLICK does not exist"):
        drop("DROP STREAM click;")


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("SELECT * FROM click EMIT CHANGES;", "Did you mean CLICKS?"),
        ("SELECT ipp FROM clicks EMIT CHANGES;", "Did you mean IP?"),
        ("SELECT SUBSTRNG(ip, 1) FROM clicks EMIT CHANGES;", "Did you mean SUBSTRING?"),
        ("INSERT INTO clicks (ipp) VALUES ('a');", "Did you mean IP?"),
    ],
)
def test_unknown_names_come_with_the_nearest(statement: str, hint: str) -> None:
    assert (PlanningDesk().refusal(CLICKS + statement).hint or "").startswith(hint.rstrip("?"))
