import pytest

from clickstream.clients.elasticsearch import IndexState
from clickstream.core.errors import NotFound
from clickstream.steps.bring_up import load_pipeline
from clickstream.steps.verify import TableProof, verify
from tests.helpers.fake_stack import FakeStack


@pytest.fixture
def loaded(stack: FakeStack) -> FakeStack:
    load_pipeline(stack.context())
    stack.fill_indices()
    return stack


def proof(stack: FakeStack, table: str = "EVENTS_PER_MIN", *, any_time: bool = False) -> TableProof:
    return verify(stack.context(), (table,), any_time=any_time)[0]


def test_a_whole_way_is_proven_with_numbers(loaded: FakeStack) -> None:
    proofs = verify(loaded.context())
    assert len(proofs) == 9
    assert all(one.ok for one in proofs)
    one = proof(loaded)
    assert (one.records, one.sink, one.documents, one.newest_ms, one.shown) == (10, "RUNNING", 5, 2000, 5)
    assert (one.datasource, one.panels) == ("EVENTS_PER_MIN", 4)


def test_each_broken_link_is_named(loaded: FakeStack) -> None:
    loaded.grafana.shown = 0
    assert proof(loaded).problem.startswith("panel: nothing is newer than now-15m")
    assert proof(loaded, any_time=True).ok
    del loaded.grafana.sources["EVENTS_PER_MIN"]
    assert proof(loaded).problem.startswith("datasource: there is none")
    loaded.elasticsearch.indices["events_per_min"] = IndexState(3, None, None)
    assert "no document has a EVENT_TS" in proof(loaded).problem
    loaded.elasticsearch.indices["events_per_min"] = IndexState(0, None, None)
    assert proof(loaded).problem == "index: it is empty"
    del loaded.elasticsearch.indices["events_per_min"]
    assert proof(loaded).problem.startswith("index: there is no events_per_min")
    loaded.connect.states["es_sink_EVENTS_PER_MIN"] = "PAUSED"
    assert proof(loaded).problem == "sink: it is PAUSED"
    loaded.connect.traces["es_sink_EVENTS_PER_MIN"] = "ConnectException: refused\n\tat X"
    assert proof(loaded).problem == "sink: ConnectException: refused"
    del loaded.connect.configs["es_sink_EVENTS_PER_MIN"]
    assert "no connector es_sink_EVENTS_PER_MIN" in proof(loaded).problem
    loaded.ksqldb.sources["EVENTS_PER_MIN"] = 0
    assert proof(loaded).problem == "topic: it is empty"
    del loaded.ksqldb.sources["EVENTS_PER_MIN"]
    assert proof(loaded).problem.startswith("topic: there is no such table")


def test_other_tables_are_not_touched_by_a_broken_one(loaded: FakeStack) -> None:
    loaded.ksqldb.sources["PAGES_PER_MIN"] = 0
    bad = [one.table for one in verify(loaded.context()) if not one.ok]
    assert bad == ["PAGES_PER_MIN"]


def test_an_unknown_table_is_refused(loaded: FakeStack) -> None:
    with pytest.raises(NotFound):
        proof(loaded, "NOPE")
