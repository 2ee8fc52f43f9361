from decimal import Decimal
from typing import Any

import pytest

from tests.helpers.functions import Columns, Failed, call

COLUMNS: Columns = {
    "J": (
        "STRING",
        '{"log": {"cloud": "gcp", "n": 4, "x": 1.50, "big": 1e3, "no": null}, "a b": [10, {"c": true}]}',
    ),
    "N": ("STRING", None),
    "NI": ("INT", None),
    "NB": ("BOOLEAN", None),
    "BAD": ("STRING", "{nope"),
    "ST": ("STRUCT<NAME STRING, ID INT>", {"NAME": "A", "ID": None}),
    "M": ("MAP<STRING, ARRAY<DOUBLE>>", {"z": [1.0, None], "a": []}),
    "DAY": ("DATE", 18911),
    "T": ("TIME", 48_300_000),
    "TS": ("TIMESTAMP", 1625055519446),
    "B": ("BYTES", b"!"),
    "D": ("DECIMAL(6, 2)", Decimal("10.50")),
    "NAN": ("DOUBLE", float("nan")),
    "CONTROL": ("STRING", 'a"\\\n\x01ü'),
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.log.cloud", "gcp"),
        ("$.log.n", "4"),
        ("$.log.x", "1.50"),
        ("$.log.big", "1E+3"),
        ("$.log.no", "null"),
        ("$.log.missing", None),
        ("$.log.cloud.deeper", None),
        ('$["a b"][1].c', "true"),
        ('$["a b"][0]', "10"),
        ('$["a b"][7]', None),
        ('$["a b"].x', None),
        ('$["a b"]', '[10,{"c":true}]'),
    ],
)
def test_extracting(path: str, value: str | None) -> None:
    assert call(f"EXTRACTJSONFIELD(J, '{path}')", COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("EXTRACTJSONFIELD(N, '$.a')", None),
        ("EXTRACTJSONFIELD('', '$.a')", None),
        ("EXTRACTJSONFIELD('{\"a\": 1} rest', '$.a')", "1"),
        ("IS_JSON_STRING('[1, 2]')", True),
        ("IS_JSON_STRING('null')", True),
        ("IS_JSON_STRING('\"abc\"')", True),
        ("IS_JSON_STRING('')", False),
        ("IS_JSON_STRING('abc')", False),
        ("IS_JSON_STRING('012')", False),
        ("IS_JSON_STRING('NaN')", False),
        ("IS_JSON_STRING(N)", False),
        ("JSON_ARRAY_LENGTH('[1, [1, [2]], 3]')", 3),
        ("JSON_ARRAY_LENGTH('{}')", None),
        ("JSON_ARRAY_LENGTH('')", None),
        ("JSON_ARRAY_LENGTH(N)", None),
        ("JSON_ARRAY_CONTAINS('[1, 2, 3]', 3)", True),
        ("JSON_ARRAY_CONTAINS('[1, 2, 3]', 2147483648)", False),
        ("JSON_ARRAY_CONTAINS('[1.0]', 1)", False),
        ("JSON_ARRAY_CONTAINS('[1.0]', 1E0)", True),
        ("JSON_ARRAY_CONTAINS('[1]', 1E0)", False),
        ("JSON_ARRAY_CONTAINS('[true]', true)", True),
        ("JSON_ARRAY_CONTAINS('[1]', true)", False),
        ("JSON_ARRAY_CONTAINS('[\"a\", null]', 'a')", True),
        ("JSON_ARRAY_CONTAINS('[null]', NI)", True),
        ("JSON_ARRAY_CONTAINS('[1]', NI)", False),
        ("JSON_ARRAY_CONTAINS('[[1]]', 1)", False),
        ("JSON_ARRAY_CONTAINS('{\"a\": 1}', 1)", False),
        ("JSON_ARRAY_CONTAINS('[1, oops', 1)", True),
        ("JSON_ARRAY_CONTAINS('[1, oops', 2)", False),
        ("JSON_ARRAY_CONTAINS(N, 1)", None),
        ('JSON_KEYS(\'{"a": 1, "b": {"c": 2}}\')', ["a", "b"]),
        ("JSON_KEYS('[]')", None),
        ("JSON_KEYS('')", None),
        ('JSON_RECORDS(\'{"a": "abc", "b": {"c": 1.0}, "d": 1}\')', {"a": "abc", "b": '{"c":1.0}', "d": "1"}),
        ("JSON_RECORDS('[]')", None),
        ("JSON_ITEMS('[{\"a\": 1}, {}]')", ['{"a":1}', "{}"]),
        ("JSON_ITEMS('[1]')", None),
        ("JSON_ITEMS('[]')", []),
    ],
)
def test_looking_into_json(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("JSON_CONCAT('{\"a\": 1}', '{\"b\": 2}')", '{"a":1,"b":2}'),
        ('JSON_CONCAT(\'{"a": {"5": 6}}\', \'{"a": {"3": 4}}\')', '{"a":{"3":4}}'),
        ("JSON_CONCAT('[1, 2]', '[3, 4]')", "[1,2,3,4]"),
        ("JSON_CONCAT('[1, [2]]', '[[[3]], [[[4]]]]')", "[1,[2],[[3]],[[[4]]]]"),
        ("JSON_CONCAT('null', 'null')", "[null,null]"),
        ("JSON_CONCAT('[1, 2]', '{\"a\": 1}')", '[1,2,{"a":1}]'),
        ("JSON_CONCAT('1', '2', '3')", "[1,2,3]"),
        ("JSON_CONCAT('5')", "5"),
        ("JSON_CONCAT('1e3', '[]')", "[1000]"),
        ("JSON_CONCAT(N, '[1]')", None),
        ("JSON_CONCAT('', '[1]')", None),
        ("TO_JSON_STRING(1)", "1"),
        ("TO_JSON_STRING('abc')", '"abc"'),
        ("TO_JSON_STRING(CONTROL)", '"a\\"\\\\\\n\\u0001ü"'),
        ("TO_JSON_STRING(true)", "true"),
        ("TO_JSON_STRING(1E10)", "1.0E10"),
        ("TO_JSON_STRING(NAN)", '"NaN"'),
        ("TO_JSON_STRING(D)", "10.50"),
        ("TO_JSON_STRING(DAY)", '"2021-10-11"'),
        ("TO_JSON_STRING(T)", '"13:25"'),
        ("TO_JSON_STRING(TS)", '"2021-06-30T12:18:39.446"'),
        ("TO_JSON_STRING(B)", '"IQ=="'),
        ("TO_JSON_STRING(NI)", "null"),
        ("TO_JSON_STRING(ARRAY[1, 2])", "[1,2]"),
        ("TO_JSON_STRING(ST)", '{"ID":null,"NAME":"A"}'),
        ("TO_JSON_STRING(M)", '{"a":[],"z":[1.0,null]}'),
    ],
)
def test_making_json(text: str, value: str | None) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    "text",
    [
        "EXTRACTJSONFIELD(BAD, '$.a')",
        "EXTRACTJSONFIELD('{}', 'a')",
        "JSON_ARRAY_LENGTH(BAD)",
        "JSON_KEYS(BAD)",
        "JSON_ITEMS('{}')",
        "JSON_CONCAT('abc', '[1]')",
    ],
)
def test_what_is_not_json_fails(text: str) -> None:
    with pytest.raises(Failed):
        call(text, COLUMNS)
