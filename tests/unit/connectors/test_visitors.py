import pytest

from clickstream.connectors import visitors
from clickstream.connectors.visitors import VisitorTable


def test_ids_are_small_stable_and_in_order_of_first_sight() -> None:
    table = VisitorTable("users", {}.get)
    ids = [
        table.identify(*who, 5)
        for who in (
            ("-", "1.1.1.1", "a"),
            ("-", "1.1.1.1", "b"),
            ("ann", "1.1.1.1", "a"),
            ("-", "2.2.2.2", "a"),
        )
    ]
    assert ids == [1, 2, 3, 4]
    assert table.identify("-", "1.1.1.1", "b", 9) == 2
    assert table.identify("ann", "9.9.9.9", "other agent", 9) == 3


def test_names_are_readable_and_unique() -> None:
    table = VisitorTable("users", {}.get)
    for who in (("-", "1.1.1.1", "a"), ("-", "1.1.1.1", "b"), ("1.1.1.1#2", "x", "a"), ("ann", "x", "a")):
        table.identify(*who, 5)
    assert [(v.username, v.seen_ms) for v in table.take_new()] == [
        ("1.1.1.1", 5),
        ("1.1.1.1#2", 5),
        ("1.1.1.1#2~2", 5),
        ("ann", 5),
    ]


def test_visitors_come_back_from_their_offsets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "CHUNK_VISITORS", 2)
    stored: dict[str, bytes] = {}
    table = VisitorTable("users", stored.get)
    written = []
    for number in range(5):
        table.identify("-", f"1.1.1.{number // 2}", f"agent {number}", number)
        table.take_new()
        offsets = table.offsets()
        written.append(sorted(name.rpartition("/")[2] for name in offsets))
        stored.update(offsets)
        table.committed()
    assert written == [["0"], ["0"], ["1"], ["1"], ["2"]]
    assert table.offsets() == {}
    again = VisitorTable("users", stored.get)
    assert len(again) == 5
    assert again.take_new() == []
    assert again.identify("-", "1.1.1.1", "agent 3", 99) == 4
    assert again.identify("-", "1.1.1.2", "new", 99) == 6
    assert again.take_new()[0].username == "1.1.1.2#2"


def test_tables_of_different_topics_are_apart() -> None:
    stored: dict[str, bytes] = {}
    table = VisitorTable("users", stored.get)
    table.identify("ann", "x", "y", 1)
    table.take_new()
    stored.update(table.offsets())
    assert len(VisitorTable("others", stored.get)) == 0


def test_visitors_that_were_not_committed_are_forgotten() -> None:
    table = VisitorTable("users", {}.get)
    table.identify("-", "1.1.1.1", "a", 1)
    table.take_new()
    table.committed()
    table.identify("-", "1.1.1.1", "b", 2)
    table.take_new()
    table.roll_back()
    assert table.identify("-", "3.3.3.3", "a", 3) == 2
    assert table.identify("-", "1.1.1.1", "c", 4) == 3
    assert [v.username for v in table.take_new()] == ["3.3.3.3", "1.1.1.1#2"]
