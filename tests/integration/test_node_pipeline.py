"""The click pipeline's statements on a node: restarts in between, bad records, push and pull queries."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from clickstream.core.records import Record
from clickstream.node.node import Node
from clickstream.node.queries import QueryStatus
from clickstream.node.statements import StatementExecutor
from tests.helpers.node_driver import settle
from tests.integration.test_deterministic import STATEMENTS, TABLES, final_rows, load_input

TOPICS = ("clickstream", "clickstream_codes", "clickstream_users")


@contextmanager
def opened(folder: Path | None) -> Iterator[tuple[Node, StatementExecutor]]:
    """Give a node with the pipeline's queries, and close it."""
    with closing(Node(folder, durability="os")) as node:
        executor = StatementExecutor(node)
        assert node.recover(executor) == []
        if not node.command_log.all():
            for topic in TOPICS:
                node.create_topic(topic)
            executor.execute(STATEMENTS.read_text())
        yield node, executor


@pytest.mark.shared
def test_restarts_leave_the_recorded_rows(shared: Path, tmp_path: Path) -> None:
    golden = shared / "golden" / "deterministic"
    records = load_input(golden)
    for at in range(0, len(records), 700):
        with opened(tmp_path) as (node, _):
            assert len(node.queries()) == 11
            node.produce([(topic, [record]) for topic, record in records[at : at + 700]])
            settle(node)
    with opened(tmp_path) as (node, _):
        for status in node.queries():
            assert (status.lag, status.failures) == (0, ())
            if status.plan.root.name in TABLES:
                assert rows(node, status) == final_rows(golden, status.plan.root.name), status.query_id


def rows(node: Node, status: QueryStatus) -> dict[tuple[Any, ...], tuple[Any, int]]:
    names = [column.name for column in status.plan.root.schema.value]
    return {
        key: (dict(zip(names, value, strict=True)), time_ms)
        for key, value, time_ms in node.look_up(status.query_id, None)
    }


def test_query_ids_survive_a_restart_and_go_on(tmp_path: Path) -> None:
    with opened(tmp_path) as (node, executor):
        before = [status.query_id for status in node.queries()]
        assert before[0] == "CSAS_USER_CLICKSTREAM_5"
        executor.execute("DROP TABLE PAGES_PER_MIN DELETE TOPIC;")
    before.remove("CTAS_PAGES_PER_MIN_11")
    with opened(tmp_path) as (node, executor):
        assert [status.query_id for status in node.queries()] == before
        assert not node.topics.exists("PAGES_PER_MIN")
        executor.execute("CREATE STREAM AGAIN AS SELECT * FROM CLICKSTREAM;")
        # Three sources, eleven queries and one DROP came before: the newest command has number 28.
        assert node.queries()[-1].query_id == "CSAS_AGAIN_29"


def test_bad_records_can_be_queried() -> None:
    with opened(None) as (node, executor):
        source = executor.open_query(
            "SELECT LOGGER, MESSAGE->DESERIALIZATIONERROR->RECORDB64 AS R"
            " FROM KSQL_PROCESSING_LOG EMIT CHANGES;",
            {"auto.offset.reset": "earliest"},
            {},
            old_endpoint=False,
        )
        node.produce([("clickstream", [Record(b"1.2.3.4", b'{"bytes": "none"}', 1)])])
        settle(node)
        found = [row.values for row in source.take() or ()]
    assert "processing.CTAS_EVENTS_PER_MIN_9.KsqlTopic.Source.deserializer" in {logger for logger, _ in found}
    assert {record for _, record in found} == {"eyJieXRlcyI6ICJub25lIn0="}
