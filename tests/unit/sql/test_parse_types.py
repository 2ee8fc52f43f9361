import pytest

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql import types as t
from clickstream.sql.nodes import TypeName
from clickstream.sql.parser import parse_type


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("int", t.INTEGER),
        ("INTEGER", t.INTEGER),
        ("bigint", t.BIGINT),
        ("varchar", t.STRING),
        ("STRING", t.STRING),
        ("VARCHAR(20)", t.STRING),
        ("VARCHAR(STRING)", t.STRING),
        ("double", t.DOUBLE),
        ("boolean", t.BOOLEAN),
        ("bytes", t.BYTES),
        ("date", t.DATE),
        ("time", t.TIME),
        ("timestamp", t.TIMESTAMP),
        ("decimal(4,2)", t.DecimalType(4, 2)),
        ("array<int>", t.ArrayType(t.INTEGER)),
        ("int array", t.ArrayType(t.INTEGER)),
        ("map<int, array<bytes>>", t.MapType(t.INTEGER, t.ArrayType(t.BYTES))),
        ("struct<a int, `b c` struct<>>", t.StructType((("A", t.INTEGER), ("b c", t.StructType(()))))),
        ("address", TypeName("ADDRESS")),
        ("`int`", TypeName("int")),
        ("array<address>", t.ArrayType(TypeName("ADDRESS"))),
        ("struct", TypeName("STRUCT")),
    ],
)
def test_types(text: str, type_: object) -> None:
    assert parse_type(text) == type_


@pytest.mark.parametrize(
    "text",
    ["", "null", "array<null>", "array<int", "map<int>", "decimal", "decimal(a, 1)", "struct<int>", "1"],
)
def test_what_is_no_type(text: str) -> None:
    with pytest.raises(SqlSyntaxError):
        parse_type(text)


def test_a_custom_type_inside_another_prints_as_it_is_written() -> None:
    assert str(parse_type("map<string, address>")) == "MAP<STRING, ADDRESS>"
    assert TypeName("ADDRESS").base == "ADDRESS"
