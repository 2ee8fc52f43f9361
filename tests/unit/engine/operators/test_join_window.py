from clickstream.engine.operators.join_window import JoinWindow


def test_events_are_found_by_time_and_then_by_arrival() -> None:
    window = JoinWindow("j", 1_000)
    for time_ms, text in ((5, "b"), (3, "a"), (5, "c"), (900, "d")):
        window.put(("k",), (text,), time_ms)
    assert [v for _, v in window.fetch(("k",), 3, 5)] == [("a",), ("b",), ("c",)]
    assert list(window.fetch(("other",), 0, 1_000)) == []


def test_events_older_than_the_retention_are_neither_taken_nor_found() -> None:
    window = JoinWindow("j", 100)
    window.put(("k",), ("old",), 10)
    window.put(("k",), ("new",), 110)
    window.put(("k",), ("late",), 5)
    assert [v for _, v in window.fetch(("k",), 0, 200)] == [("new",)]


def test_a_window_is_restored() -> None:
    window, restored = JoinWindow("j", 100_000), JoinWindow("j", 100_000)
    window.put(("k",), ("a", None), 10)
    window.put(("k",), ("b", 1), 10)
    for _, key, value in window.changes():
        assert value is not None
        restored.restore(key, value)
    assert list(restored.fetch(("k",), 0, 20)) == [(10, ("a", None)), (10, ("b", 1))]
    assert list(restored.changes()) == []
