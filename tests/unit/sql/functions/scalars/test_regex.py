from typing import Any

import pytest

from tests.helpers.functions import Failed, call


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("REGEXP_EXTRACT('(.*) (.*)', 'hello there', 2)", "there"),
        ("REGEXP_EXTRACT('[a-z]+', 'ab12cd')", "ab"),
        ("REGEXP_EXTRACT('x', 'ab')", None),
        ("REGEXP_EXTRACT('(a)', 'a', 2)", None),
        ("REGEXP_EXTRACT('(a)|b', 'b', 1)", None),
        ("REGEXP_EXTRACT(CAST(NULL AS STRING), 'b')", None),
        ("REGEXP_EXTRACT_ALL('(\\w+) (\\w+)', 'hello there nice day', 2)", ["there", "day"]),
        ("REGEXP_EXTRACT_ALL('a', 'banana')", ["a", "a", "a"]),
        ("REGEXP_EXTRACT_ALL('x', 'ab')", []),
        ("REGEXP_EXTRACT_ALL('x', 'ab', 3)", None),
        ("REGEXP_REPLACE('aabb', 'b+', 'x')", "aax"),
        ("REGEXP_REPLACE('ab', '(a)(b)', '$2$1')", "ba"),
        ("REGEXP_REPLACE('a1', '[0-9]', '\\$0')", "a$0"),
        ("REGEXP_REPLACE('abc', '', '-')", "-a-b-c-"),
        ("REGEXP_REPLACE('a', 'a', CAST(NULL AS STRING))", None),
        ("REGEXP_SPLIT_TO_ARRAY('xyzabcxyz', 'a.c')", ["xyz", "xyz"]),
        ("REGEXP_SPLIT_TO_ARRAY('a,b;;c', '[,;]')", ["a", "b", "", "c"]),
        ("REGEXP_SPLIT_TO_ARRAY(',a,', ',')", ["", "a", ""]),
        ("REGEXP_SPLIT_TO_ARRAY('abc', '')", ["a", "b", "c"]),
        ("REGEXP_SPLIT_TO_ARRAY('', '')", [""]),
        ("REGEXP_SPLIT_TO_ARRAY('abc', 'x')", ["abc"]),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert call(text) == value


@pytest.mark.parametrize("text", ["REGEXP_EXTRACT('(', 'a')", "REGEXP_REPLACE('a', 'a', '$1')"])
def test_wrong_patterns_fail(text: str) -> None:
    with pytest.raises(Failed):
        call(text)
