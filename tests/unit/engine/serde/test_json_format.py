import math
from decimal import Decimal
from typing import Any

import pytest

from clickstream.engine.serde.json_format import JsonObject, JsonValue
from clickstream.sql.schema import Column
from clickstream.sql.types import (
    BIGINT,
    BOOLEAN,
    BYTES,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIMESTAMP,
    ArrayType,
    DecimalType,
    MapType,
    SqlType,
    StructType,
)

NESTED = StructType((("A", INTEGER), ("B", ArrayType(DOUBLE))))


def value(type_: SqlType) -> JsonObject:
    return JsonObject([Column("X", type_)])


@pytest.mark.parametrize(
    ("type_", "json", "read"),
    [
        (INTEGER, b"7", 7),
        (INTEGER, b'"405"', 405),
        (INTEGER, b"7.9", 7),
        (INTEGER, b"-7.9", -7),
        (BIGINT, b"9007199254740993", 9007199254740993),
        (BIGINT, b"1e3", 1000),
        (DOUBLE, b"1", 1.0),
        (DOUBLE, b'"1.5"', 1.5),
        (BOOLEAN, b"true", True),
        (STRING, b'"text"', "text"),
        (STRING, b"12", "12"),
        (STRING, b"1.20", "1.20"),
        (STRING, b"true", "true"),
        (STRING, b'{"a": [1, 2.50, null]}', '{"a":[1,2.50,null]}'),
        (DecimalType(4, 2), b"1.2", Decimal("1.20")),
        (DecimalType(4, 2), b'"1.20"', Decimal("1.20")),
        (BYTES, b'"aGk="', b"hi"),
        (DATE, b"10", 10),
        (TIMESTAMP, b"1700000000000", 1700000000000),
        (ArrayType(INTEGER), b'[1, null, "3"]', [1, None, 3]),
        (MapType(STRING, INTEGER), b'{"a": 1, "b": null}', {"a": 1, "b": None}),
        (NESTED, b'{"a": 1, "B": [1, 2.5]}', {"A": 1, "B": [1.0, 2.5]}),
        (NESTED, b"{}", {"A": None, "B": None}),
    ],
)
def test_values_are_coerced(type_: SqlType, json: bytes, read: Any) -> None:
    assert value(type_).decode(b'{"x": ' + json + b"}") == (read,)
    assert JsonValue(Column("X", type_)).decode(json) == (read,)


@pytest.mark.parametrize(
    ("type_", "json"),
    [
        (INTEGER, b'"abc"'),
        (INTEGER, b"true"),
        (INTEGER, b"3000000000"),
        (BIGINT, b"9223372036854775808"),
        (INTEGER, b"[1]"),
        (BOOLEAN, b'"true"'),
        (DOUBLE, b"true"),
        (DecimalType(2, 1), b"100.5"),
        (BYTES, b'"not base64"'),
        (ArrayType(INTEGER), b"{}"),
        (MapType(STRING, INTEGER), b"[]"),
        (NESTED, b"1"),
    ],
)
def test_wrong_types_make_the_record_bad(type_: SqlType, json: bytes) -> None:
    with pytest.raises(ValueError):
        value(type_).decode(b'{"X": ' + json + b"}")


@pytest.mark.parametrize("raw", [b"{", b"[]", b"12", b'"text"', b"", b'{"X": 1} {}'])
def test_what_is_no_object_is_bad(raw: bytes) -> None:
    with pytest.raises(ValueError):
        value(INTEGER).decode(raw)


def test_null_is_no_value() -> None:
    assert value(INTEGER).decode(b"null") is None
    assert JsonValue(Column("X", INTEGER)).decode(b"null") is None


def test_names_match_exactly_first_and_by_upper_case_else() -> None:
    columns = JsonObject([Column("A", INTEGER), Column("b c", INTEGER), Column("MISSING", STRING)])
    assert columns.decode(b'{"a": 1, "b c": 2}') == (1, 2, None)
    assert columns.decode(b'{"A": 3, "a": 4, "B C": 5}') == (3, None, None)
    assert columns.decode(b"{}") == (None, None, None)


def test_documents_whose_names_never_repeat_do_not_fill_the_memory() -> None:
    columns = value(INTEGER)
    for i in range(1500):
        assert columns.decode(f'{{"x": {i}, "other{i}": 0}}'.encode()) == (i,)
    assert len(columns._shapes) <= 1000


@pytest.mark.parametrize(
    ("type_", "shown", "json"),
    [
        (BIGINT, 9007199254740993, b"9007199254740993"),
        (DOUBLE, 1.0, b"1.0"),
        (DOUBLE, 1e10, b"1.0E10"),
        (DOUBLE, float("nan"), b'"NaN"'),
        (DecimalType(10, 2), Decimal("12.50"), b"12.50"),
        (BYTES, b"hi", b'"aGk="'),
        (STRING, 'a"\\\n\x1f\u00e9/', '"a\\"\\\\\\n\\u001F\u00e9/"'.encode()),
        (BOOLEAN, None, b"null"),
        (ArrayType(DOUBLE), [1.0, None], b"[1.0,null]"),
        (MapType(STRING, DecimalType(3, 1)), {"a": Decimal("1.0")}, b'{"a":1.0}'),
        (NESTED, {"A": 1, "B": [2.0]}, b'{"A":1,"B":[2.0]}'),
    ],
)
def test_values_are_written_exactly(type_: SqlType, shown: Any, json: bytes) -> None:
    assert value(type_).encode((shown,)) == b'{"X":' + json + b"}"


def test_a_bare_null_is_no_bytes() -> None:
    assert JsonValue(Column("X", DOUBLE)).encode((None,)) is None
    assert JsonValue(Column("X", DOUBLE)).encode((2.0,)) == b"2.0"


@pytest.mark.parametrize(
    ("type_", "raw"),
    [
        (INTEGER, b"1e999999999"),
        (BIGINT, b"1e99999999999999999999"),
        (STRING, b"1e99999999999999999999"),
        (DecimalType(9, 2), b'"NaN"'),
        (DecimalType(9, 2), b'"Infinity"'),
        (DecimalType(9, 2), b"1e999999999"),
        (DOUBLE, b'"one"'),
    ],
)
def test_numbers_beyond_all_measure_are_refused_at_once(type_: SqlType, raw: bytes) -> None:
    with pytest.raises(ValueError):
        JsonValue(Column("A", type_)).decode(raw)


def test_a_whole_number_too_large_for_a_double_is_infinite() -> None:
    assert JsonValue(Column("A", DOUBLE)).decode(b"9" * 400) == (math.inf,)
    assert JsonValue(Column("A", DOUBLE)).decode(b"-" + b"9" * 400) == (-math.inf,)
