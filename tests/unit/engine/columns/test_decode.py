"""Structs for JSON objects: what they take they take as the row's format does; the rest they leave to it."""

from typing import Any

import pytest

from clickstream.engine.columns.column import Encoder
from clickstream.engine.columns.decode import JsonColumns
from clickstream.engine.serde.json_format import JsonObject
from clickstream.sql.schema import Column
from clickstream.sql.types import BIGINT, BOOLEAN, DOUBLE, INTEGER, STRING, ArrayType

COLUMNS = (
    Column("A", STRING),
    Column("I", INTEGER),
    Column("B", BIGINT),
    Column("D", DOUBLE),
    Column("F", BOOLEAN),
)


def decoded(*raws: bytes, columns: tuple[Column, ...] = COLUMNS) -> list[tuple[Any, ...]] | None:
    made = JsonColumns(columns, [Encoder() for _ in columns]).decode(raws)
    return None if made is None else list(zip(*[column.values() for column in made], strict=True))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"x","i":1,"b":-9223372036854775808,"d":0.1,"f":true}',
        b'{"A":null,"I":null}',
        b'{"a":"\\u00e9\\n","more":[1,{"a":2}]}',
        b'{"i":"42","b":"-7"}',
        b'{"d":3}',
        b'{"d":-0.0}',
        b'{"i":1,"i":2}',
        b' { "i" : 1 } ',
    ],
)
def test_takes_plain_objects_as_the_row_format_does(raw: bytes) -> None:
    assert repr(decoded(raw, raw)) == repr([JsonObject(COLUMNS).decode(raw)] * 2)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"i":1.5}',
        b'{"i":2147483648}',
        b'{"b":9223372036854775808}',
        b'{"i":true}',
        b'{"i":"x"}',
        b'{"a":1}',
        b'{"d":"1"}',
        b'{"f":0}',
        b'{"a":"x","A":"y"}',
        b"null",
        b"[]",
        b"{",
        b"",
    ],
)
def test_leaves_what_needs_converting_or_is_wrong(raw: bytes) -> None:
    assert decoded(raw) is None


def test_leaves_a_chunk_with_a_field_the_first_object_has_not() -> None:
    assert decoded(b'{"a":"x"}', b'{"a":"y"}') == [
        ("x", None, None, None, None),
        ("y", None, None, None, None),
    ]
    assert decoded(b'{"a":"x"}', b'{"a":"y","i":1}') is None


def test_leaves_types_that_have_no_plain_form() -> None:
    assert decoded(b'{"l":[1]}', columns=(Column("L", ArrayType(INTEGER)),)) is None
