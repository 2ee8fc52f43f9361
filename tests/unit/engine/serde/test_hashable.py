from clickstream.engine.serde.hashable import hashable


def test_equal_structures_have_equal_hashes() -> None:
    a, b = hashable({"x": [1, {"y": 2}]}), hashable({"x": [1, {"y": 2}]})
    assert a == b == {"x": [1, {"y": 2}]}
    assert hash(a) == hash(b)
    assert {a: 1}[b] == 1


def test_plain_values_stay_as_they_are() -> None:
    text = "text"
    assert hashable(text) is text
    assert hashable(None) is None
