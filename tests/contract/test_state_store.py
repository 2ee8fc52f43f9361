"""State and offsets in memory and in a file behave alike."""

import pytest

from clickstream.core.errors import OffsetRegression
from clickstream.storage.database import Database
from clickstream.storage.state import store as store_module
from clickstream.storage.state.offsets import OffsetStore
from clickstream.storage.state.store import StateStore


@pytest.fixture
def store(database: Database) -> StateStore:
    return StateStore(database)


@pytest.fixture
def offsets(database: Database) -> OffsetStore:
    return OffsetStore(database)


def test_the_newest_value_of_each_key_is_kept(store: StateStore, database: Database) -> None:
    with database.transaction():
        store.write("Q", [("a", b"1", b"x"), ("a", b"2", b"y"), ("b", b"1", b"z"), ("a", b"1", b"w")])
    with database.transaction():
        store.write("Q", [("a", b"2", None), ("b", b"1", b"new"), ("a", b"3", b"gone"), ("a", b"3", None)])
    assert list(store.load("Q")) == [("a", b"1", b"w"), ("b", b"1", b"new")]
    assert store.count("Q") == 2


def test_a_key_that_goes_and_comes_back_stays(store: StateStore, database: Database) -> None:
    with database.transaction():
        store.write("Q", [("a", b"1", b"x"), ("a", b"1", None), ("a", b"1", b"y")])
    assert list(store.load("Q")) == [("a", b"1", b"y")]


def test_queries_do_not_see_each_others_state(store: StateStore, database: Database) -> None:
    with database.transaction():
        store.write("Q1", [("a", b"1", b"x")])
        store.write("Q2", [("a", b"1", b"y")])
    with database.transaction():
        store.drop("Q1")
    assert list(store.load("Q1")) == []
    assert list(store.load("Q2")) == [("a", b"1", b"y")]


def test_a_rollback_takes_changes_and_new_stores_back(store: StateStore, database: Database) -> None:
    with database.transaction():
        store.write("Q", [("a", b"1", b"x")])

    def fail() -> None:
        with database.transaction():
            store.write("Q", [("a", b"1", b"y"), ("new", b"1", b"z")])
            store.drop("Q")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(store.load("Q")) == [("a", b"1", b"x")]
    with database.transaction():
        store.write("Q", [("new", b"2", b"z")])
    assert list(store.load("Q")) == [("a", b"1", b"x"), ("new", b"2", b"z")]


def test_a_large_state_is_loaded_page_by_page(
    store: StateStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "ROWS_A_READ", 3)
    changes = [("a", b"%02d" % n, b"v") for n in range(9)] + [("b", b"", b"empty key")]
    with database.transaction():
        store.write("Q", changes)
    assert list(store.load("Q")) == changes


def test_offsets_are_kept_per_group_and_topic(offsets: OffsetStore, database: Database) -> None:
    with database.transaction():
        offsets.commit("Q1", "t", 5)
        offsets.commit("Q1", "u", 1)
        offsets.commit("Q2", "t", 9)
        offsets.commit("Q1", "t", 6)
    assert offsets.committed("Q1") == {"t": 6, "u": 1}
    with database.transaction():
        offsets.drop("Q2")
        offsets.forget_topic("u")
    assert offsets.committed("Q1") == {"t": 6}
    assert offsets.committed("Q2") == {}


def test_an_offset_never_goes_back(offsets: OffsetStore, database: Database) -> None:
    with database.transaction():
        offsets.commit("Q", "t", 5)
    with pytest.raises(OffsetRegression), database.transaction():
        offsets.commit("Q", "t", 4)
    assert offsets.committed("Q") == {"t": 5}


def test_sources_keep_their_own_positions(offsets: OffsetStore, database: Database) -> None:
    assert offsets.source("log") is None
    with database.transaction():
        offsets.commit_source("log", b"line 7")
    assert offsets.source("log") == b"line 7"
    with database.transaction():
        offsets.drop_source("log")
    assert offsets.source("log") is None
