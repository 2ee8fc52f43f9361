import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.connectors import session_documents
from clickstream.connectors.session_documents import SessionDocuments, SessionRow


def key(name: str, start_ms: int, end_ms: int) -> bytes:
    return name.encode() + end_ms.to_bytes(8, "big") + start_ms.to_bytes(8, "big")


def grow(sessions: SessionDocuments, name: str, *windows: tuple[int, int]) -> SessionRow:
    """The last window, after tombstones for all before it."""
    for start_ms, end_ms in windows[:-1]:
        assert sessions.tombstone(key(name, start_ms, end_ms)) == []
    row, gone = sessions.row(key(name, *windows[-1]))
    assert gone == []
    return row


def test_a_session_that_grows_keeps_its_documents() -> None:
    sessions = SessionDocuments()
    grow(sessions, "ann", (0, 0))
    row = grow(sessions, "ann", (0, 0), (0, 10))
    assert (row.start_ms, row.end_ms) == (0, 10)
    grow(sessions, "ann", (0, 10), (0, 25))


def test_of_two_merged_sessions_the_later_ones_document_goes() -> None:
    sessions = SessionDocuments()
    grow(sessions, "ann", (0, 10))
    later = grow(sessions, "ann", (50, 60))
    assert sessions.tombstone(key("ann", 0, 10)) == sessions.tombstone(key("ann", 50, 60)) == []
    row, gone = sessions.row(key("ann", 0, 60))
    assert gone == [later]
    assert (row.start_ms, row.end_ms) == (0, 60)


def test_a_late_event_before_a_session_moves_its_document() -> None:
    sessions = SessionDocuments()
    old = grow(sessions, "ann", (50, 60))
    sessions.tombstone(key("ann", 50, 60))
    assert sessions.row(key("ann", 30, 60))[1] == [old]


def test_the_order_of_row_and_tombstone_does_not_matter() -> None:
    sessions = SessionDocuments()
    grow(sessions, "ann", (0, 10))
    later = grow(sessions, "ann", (50, 60))
    assert sessions.row(key("ann", 0, 60))[1] == []
    assert sessions.tombstone(key("ann", 50, 60)) == [later]
    assert sessions.tombstone(key("ann", 0, 10)) == []


def test_other_keys_and_other_sessions_are_left_alone() -> None:
    sessions = SessionDocuments()
    grow(sessions, "ann", (0, 10))
    grow(sessions, "ann", (500, 600))
    grow(sessions, "bob", (50, 60))
    sessions.tombstone(key("ann", 0, 10))
    sessions.tombstone(key("bob", 50, 60))
    assert sessions.row(key("ann", 0, 60))[1] == []


def test_tombstones_of_unknown_sessions_are_harmless() -> None:
    sessions = SessionDocuments()
    assert sessions.tombstone(key("ann", 0, 10)) == []
    assert sessions.row(key("ann", 0, 20))[1] == []


def test_a_document_that_another_session_has_by_now_is_known() -> None:
    sessions = SessionDocuments()
    grow(sessions, "ann", (0, 10)).document_id = "ann|10"
    assert sessions.has_document(key("ann", 5, 5), "ann|10")
    assert not sessions.has_document(key("ann", 5, 5), "ann|11")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_documents, "MOST_SESSIONS", 10)
    sessions = SessionDocuments()
    for number in range(100):
        grow(sessions, f"user {number % 20}", (number * 1000, number * 1000 + 10))
    sessions.tombstone(key("user 19", 99_000, 99_010))
    assert len(sessions.row(key("user 19", 98_000, 99_010))[1]) == 1
    lone = SessionDocuments()
    for number in range(100):
        grow(lone, "ann", (number * 1000, number * 1000 + 10))
    lone.tombstone(key("ann", 99_000, 99_010))
    assert len(lone.row(key("ann", 98_500, 99_010))[1]) == 1


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 400)), max_size=60))
def test_in_the_end_each_live_session_has_one_document(events: list[tuple[str, int]]) -> None:
    """Events in any order, sessions with a gap of 30; documents keyed by start as for bandwidth."""
    sessions, live, documents = SessionDocuments(), dict[str, list[tuple[int, int]]](), set[tuple[str, int]]()
    for name, at in events:
        mine = live.setdefault(name, [])
        touched = [window for window in mine if window[0] - 30 <= at <= window[1] + 30]
        merged = (min([at, *(w[0] for w in touched)]), max([at, *(w[1] for w in touched)]))
        gone = [row for window in touched for row in sessions.tombstone(key(name, *window))]
        row, more = sessions.row(key(name, *merged))
        documents -= {(name, swallowed.start_ms) for swallowed in (*gone, *more)}
        documents.add((name, row.start_ms))
        live[name] = [window for window in mine if window not in touched] + [merged]
    assert documents == {(name, start) for name, windows in live.items() for start, _ in windows}
