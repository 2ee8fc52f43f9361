import math
from decimal import Decimal
from typing import Any

import pytest

from clickstream.sql.functions.json_text import MISSING, elements, is_missing, read, text_of_node, write


@pytest.mark.parametrize(
    ("text", "node"),
    [
        (' {"a": [1, 2.50, true, null, "x"]} ', {"a": [1, Decimal("2.50"), True, None, "x"]}),
        ("12", 12),
        ("1 2", 1),
        ('"x" rest', "x"),
        ("[1]]", [1]),
        ("null", None),
        ("12345678901234567890123", 12345678901234567890123),
    ],
)
def test_the_first_value_is_read(text: str, node: Any) -> None:
    assert read(text) == node


def test_nothing_is_missing() -> None:
    assert read(" \n") is MISSING
    assert is_missing(read(""))
    assert not is_missing(None)


@pytest.mark.parametrize("text", ["{", "[1,", "1x", "012", "nul", "NaN", "'a'", '{"a" 1}', "[" * 100_000])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid JSON format"):
        read(text)


def test_elements_come_until_the_text_breaks() -> None:
    assert list(elements(" [1, [2], {}] rest")) == [1, [2], {}]
    assert list(elements("[]")) == list(elements('{"a": 1}')) == list(elements("")) == []
    some = elements("[1, 2 3]")
    assert next(some) == 1
    assert next(some) == 2
    with pytest.raises(ValueError, match="Invalid JSON format"):
        next(some)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ({"a": [1, None, True], "b": {}}, '{"a":[1,null,true],"b":{}}'),
        ('ä"\\\n\x01/', '"ä\\"\\\\\\n\\u0001/"'),
        (1e10, "1.0E10"),
        (math.nan, '"NaN"'),
        (Decimal("1E+3"), "1000"),
        (2**70, "1180591620717411303424"),
    ],
)
def test_writing(node: Any, text: str) -> None:
    assert write(node) == text


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ("plain", "plain"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1E+3"),
        (["a"], '["a"]'),
        (None, "null"),
    ],
)
def test_nodes_as_text(node: Any, text: str) -> None:
    assert text_of_node(node) == text
