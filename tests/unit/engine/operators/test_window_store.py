from clickstream.engine.operators.window_store import WindowStore

HOUR_MS = 3_600_000


def test_windows_are_kept_as_long_as_the_retention_says() -> None:
    store = WindowStore("w", 24 * HOUR_MS)
    for hour in range(30):
        store.group(("a",))[hour * HOUR_MS] = [hour]
        store.register(("a",), hour * HOUR_MS)
    store.expire(30 * HOUR_MS)
    assert sorted(store.data[("a",)]) == [hour * HOUR_MS for hour in range(6, 30)]
    removed = [value for _, _, value in store.changes()]
    assert removed == [None] * 6


def test_a_group_without_windows_is_gone() -> None:
    store = WindowStore("w", HOUR_MS)
    store.group(("a",))[0] = [1]
    store.register(("a",), 0)
    store.expire(10 * HOUR_MS)
    assert store.data == {}


def test_a_store_is_restored_and_still_expires() -> None:
    store, restored = WindowStore("w", HOUR_MS), WindowStore("w", HOUR_MS)
    store.group(("a", 1))[120_000] = [5, "x"]
    store.mark(("a", 1), 120_000)
    for _, key, value in store.changes():
        assert value is not None
        restored.restore(key, value)
    assert restored.data == {("a", 1): {120_000: [5, "x"]}}
    restored.expire(10 * HOUR_MS)
    assert restored.data == {}
