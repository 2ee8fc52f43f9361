from decimal import Decimal
from typing import Any

import pytest

from clickstream.engine.state import Clock, KeyedStore, pack, unpack, unpack_key


@pytest.mark.parametrize(
    "value",
    [1, -(2**63), 2.5, "text", b"bytes", True, None, [1, None, [2.0]], {"a": 1}, {1: "x"}, Decimal("1.20")],
)
def test_plain_data_survives(value: Any) -> None:
    assert unpack(pack(value)) == value
    assert type(unpack(pack(value))) is type(value)


def test_decimals_inside_keep_their_scale() -> None:
    assert unpack(pack([1, {"x": Decimal("1.20")}]))[1]["x"].as_tuple() == Decimal("1.20").as_tuple()


def test_keys_come_back_as_tuples_with_a_hash() -> None:
    key = unpack_key(pack(("a", [1, 2], {"x": 1})))
    assert key == ("a", [1, 2], {"x": 1})
    assert hash(key) == hash(unpack_key(pack(("a", [1, 2], {"x": 1}))))


def test_equal_content_has_equal_bytes() -> None:
    assert pack((1, "a")) == pack([1, "a"])


def test_a_store_tells_what_changed_once() -> None:
    store = KeyedStore("s")
    store.put((1,), [5])
    store.put((2,), [6])
    store.put((2,), None)
    assert list(store.changes()) == [("s", pack((1,)), pack([5])), ("s", pack((2,)), None)]
    assert list(store.changes()) == []


def test_a_store_is_restored() -> None:
    store = KeyedStore("s")
    store.restore(pack((1,)), pack([5]))
    assert store.data == {(1,): [5]}
    assert list(store.changes()) == []


def test_a_clock_is_stored_when_it_moved() -> None:
    clock = Clock("c")
    assert list(clock.changes()) == []
    clock.now_ms = 7
    ((name, key, value),) = clock.changes()
    assert list(clock.changes()) == []
    assert value is not None
    other = Clock(name)
    other.restore(key, value)
    assert other.now_ms == 7
