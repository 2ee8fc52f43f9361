from clickstream.engine.operators.group_by import Grouping, TableGroupBy


def by_first(key: tuple[object, ...], value: tuple[object, ...], time_ms: int | None) -> tuple[object, ...]:
    return (value[0],)


def test_a_row_with_a_null_column_has_no_group() -> None:
    grouping = Grouping(lambda k, v, t: v)
    assert grouping.group((), ("a", 1), 0) == ("a", 1)
    assert grouping.group((), ("a", None), 0) is None


def test_structures_become_groups_with_a_hash() -> None:
    group = Grouping(by_first, freeze=True).group((), ({"x": [1]},), 0)
    assert group == ({"x": [1]},)
    assert hash(group) == hash(Grouping(by_first, freeze=True).group((), ({"x": [1]},), 0))


def test_a_change_within_a_group_is_one_row_and_a_move_is_two() -> None:
    stage = TableGroupBy(Grouping(by_first))
    within = ((1,), ("a", 2), 5, (), ("a", 1))
    move = ((1,), ("b", 2), 5, (), ("a", 1))
    assert stage.process([within]) == [(("a",), ("a", 2), 5, (), ("a", 1))]
    assert stage.process([move]) == [
        (("a",), None, 5, (), ("a", 1)),
        (("b",), ("b", 2), 5, (), None),
    ]


def test_nothing_comes_of_a_deletion_of_nothing() -> None:
    assert TableGroupBy(Grouping(by_first)).process([((1,), None, 5, (), None)]) == []
