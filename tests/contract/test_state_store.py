"""State and offsets in memory and in a file behave alike."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def stored(database: Database) -> dict[bytes, bytes]:
    """Return the table of newest values, without the checksum before each."""
    return {
        key: value[store_module.SEAL_BYTES :] for key, value in database.read("SELECT key, value FROM state")
    }


def logged(database: Database) -> int:
    return int(database.read("SELECT count(*) FROM state_log")[0][0])


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folds after 10 changes, 2 keys a commit."""
    monkeypatch.setattr(store_module, "FOLD_AFTER_CHANGES", 10)
    monkeypatch.setattr(store_module, "FOLD_KEYS", 2)


def write(store: StateStore, database: Database, *changes: tuple[str, bytes, bytes | None]) -> None:
    with database.transaction():
        store.write("Q", list(changes))


@pytest.mark.usefixtures("eager")
def test_the_log_is_folded_little_by_little(store: StateStore, database: Database) -> None:
    for n in range(10):
        write(store, database, ("a", b"k%d" % (n % 5), b"%d" % n))
    assert (stored(database), logged(database)) == ({}, 10)
    write(store, database, ("a", b"k0", b"new"))
    assert len(stored(database)) == 2
    assert logged(database) == 11, "the log stays until all of it is in the table"
    write(store, database, ("a", b"k1", None))
    write(store, database, ("a", b"k2", b"newer"))
    assert stored(database) == {b"k%d" % n: b"%d" % (n + 5) for n in range(5)}
    assert logged(database) == 3
    newest = [("a", b"k0", b"new"), ("a", b"k2", b"newer"), ("a", b"k3", b"8"), ("a", b"k4", b"9")]
    assert sorted(store.load("Q")) == newest
    assert sorted(StateStore(database).load("Q")) == newest, "a restart reads the log"


@pytest.mark.usefixtures("eager")
def test_a_rollback_while_folding_loses_nothing(store: StateStore, database: Database) -> None:
    changes = [("a", b"k%d" % n, b"%d" % n) for n in range(10)]
    write(store, database, *changes)

    def fail() -> None:
        with database.transaction():
            store.write("Q", [("a", b"k0", b"lost")])
            store.before_commit()
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            fail()
        write(store, database)
        assert sorted(store.load("Q")) == changes


@pytest.mark.usefixtures("eager")
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_history_reads_as_its_newest_values(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        with closing(Database.open(Path(folder), durability="os")) as database:
            expected = make_history(StateStore(database), database, data)
        with closing(Database.open(Path(folder), durability="os")) as database:
            assert {(name, key): value for name, key, value in StateStore(database).load("Q")} == expected


def make_history(
    store: StateStore, database: Database, data: st.DataObject
) -> dict[tuple[str, bytes], bytes]:
    expected: dict[tuple[str, bytes], bytes] = {}
    change = st.tuples(
        st.sampled_from("ab"),
        st.sampled_from([b"%d" % n for n in range(6)]),
        st.none() | st.binary(max_size=3),
    )
    for changes, fate in data.draw(
        st.lists(st.tuples(st.lists(change, max_size=8), st.sampled_from(["keep", "fail", "drop"])))
    ):
        try:
            with database.transaction():
                if fate == "drop":
                    store.drop("Q")
                store.write("Q", changes)
                if fate == "fail":
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        else:
            if fate == "drop":
                expected.clear()
            for name, key, value in changes:
                expected.pop((name, key), None)
                if value is not None:
                    expected[name, key] = value
        assert {(name, key): value for name, key, value in store.load("Q")} == expected
    return expected


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
