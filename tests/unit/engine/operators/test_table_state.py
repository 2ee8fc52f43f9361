from clickstream.core.processing_log import ProcessingLog
from clickstream.engine.context import QueryContext
from clickstream.engine.operators.table_state import TableState
from clickstream.sql.functions.registry import REGISTRY


def state() -> TableState:
    return TableState(QueryContext("q", REGISTRY, ProcessingLog()), "table")


def test_changes_get_the_value_before() -> None:
    table = state()
    rows = [((1,), ("a",), 5, (), None), ((1,), ("b",), 6, (), None), ((1,), None, 7, (), None)]
    assert [r[4] for r in table.process(rows)] == [None, ("a",), ("b",)]
    assert list(table.scan(None)) == []


def test_rows_are_found_by_key_and_all_together() -> None:
    table = state()
    table.process([((1,), ("a",), 5, (), None), ((2,), ("b",), 6, (), None)])
    assert list(table.scan([(2,), (3,)])) == [((2,), ("b",), 6)]
    assert list(table.scan(None)) == [((1,), ("a",), 5), ((2,), ("b",), 6)]


def test_rows_survive_a_restart() -> None:
    table, restarted = state(), state()
    table.process([((1, "x"), ("a", None), 5, (), None)])
    for _, key, value in table.store.changes():
        assert value is not None
        restarted.store.restore(key, value)
    assert list(restarted.scan(None)) == [((1, "x"), ("a", None), 5)]
