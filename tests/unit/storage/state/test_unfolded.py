from clickstream.storage.state.unfolded import Unfolded


def change(key: str, value: str | None) -> tuple[str, bytes, bytes | None]:
    return ("s", key.encode(), value.encode() if value is not None else None)


def commit(unfolded: Unfolded, row: int, *changes: tuple[str, bytes, bytes | None]) -> None:
    unfolded.add(list(changes), row)
    unfolded.committed()


def test_it_is_due_after_enough_changes_or_commits() -> None:
    unfolded = Unfolded()
    assert not unfolded.is_due(3, 10)
    commit(unfolded, 1, change("a", "1"), change("a", "2"))
    assert not unfolded.is_due(3, 10)
    commit(unfolded, 2, change("b", "1"))
    assert unfolded.is_due(3, 10)
    rare = Unfolded()
    for row in range(10):
        commit(rare, row, change("a", str(row)))
    assert rare.is_due(1000, 10)


def test_a_generation_is_finished_when_all_its_keys_were_taken() -> None:
    unfolded = Unfolded()
    commit(unfolded, 7, change("a", "1"), change("b", "2"), change("c", None))
    assert unfolded.is_due(1, 1)
    assert dict(unfolded.take(2)) == {("s", b"a"): b"1", ("s", b"b"): b"2"}
    assert unfolded.finished_row == 0
    unfolded.committed()
    commit(unfolded, 8, change("a", "new"))
    assert unfolded.is_due(99, 99)
    assert dict(unfolded.take(2)) == {("s", b"c"): None}
    assert unfolded.finished_row == 7
    unfolded.committed()
    assert unfolded.newest() == {("s", b"a"): b"new"}
    assert not unfolded.is_due(99, 99)


def test_what_was_added_and_dropped_comes_back_with_a_rollback() -> None:
    unfolded = Unfolded()
    commit(unfolded, 1, change("a", "1"))
    unfolded.add([change("a", "2")], 2)
    assert unfolded.newest() == {("s", b"a"): b"2"}
    unfolded.drop()
    assert unfolded.newest() == {}
    unfolded.rolled_back()
    assert unfolded.newest() == {("s", b"a"): b"1"}
