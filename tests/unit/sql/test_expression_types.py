import pytest

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql import types as t
from clickstream.sql.expression_types import can_compare, expression_type
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.parser import parse_expression

COLUMNS: dict[str, t.SqlType] = {
    "I": t.INTEGER,
    "L": t.BIGINT,
    "D": t.DOUBLE,
    "S": t.STRING,
    "B": t.BOOLEAN,
    "DEC": t.DecimalType(4, 2),
    "TS": t.TIMESTAMP,
    "DAY": t.DATE,
    "A": t.ArrayType(t.INTEGER),
    "M": t.MapType(t.STRING, t.BIGINT),
    "P": t.StructType((("X", t.INTEGER), ("Y", t.STRING))),
}


def type_of(text: str) -> t.SqlType | None:
    return expression_type(parse_expression(text), COLUMNS, REGISTRY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i + 1", t.INTEGER),
        ("i + l", t.BIGINT),
        ("l / d", t.DOUBLE),
        ("i + dec", t.DecimalType(13, 2)),
        ("dec * dec", t.DecimalType(9, 4)),
        ("s + s", t.STRING),
        ("-i", t.INTEGER),
        ("s || 'x'", t.STRING),
        ("i > 1 AND NOT b", t.BOOLEAN),
        ("i IS NULL", t.BOOLEAN),
        ("s LIKE 'a%'", t.BOOLEAN),
        ("i BETWEEN 1 AND 2.5", t.BOOLEAN),
        ("ts > '2020-01-01'", t.BOOLEAN),
        ("day = ts", t.BOOLEAN),
        ("a[1]", t.INTEGER),
        ("m['k']", t.BIGINT),
        ("p->y", t.STRING),
        ("CAST(i AS STRING)", t.STRING),
        ("CASE WHEN b THEN 1 ELSE NULL END", t.INTEGER),
        ("CASE i WHEN 1 THEN 'a' ELSE 'b' END", t.STRING),
        ("ARRAY[1, 2.5, NULL]", t.ArrayType(t.DecimalType(11, 1))),
        ("MAP('a' := 1, 'b' := l)", t.MapType(t.STRING, t.BIGINT)),
        ("STRUCT(x := 1, y := s)", t.StructType((("X", t.INTEGER), ("Y", t.STRING)))),
        ("COUNT(*)", t.BIGINT),
        ("EXPLODE(a)", t.INTEGER),
        ("NULL", None),
    ],
)
def test_types(text: str, expected: t.SqlType | None) -> None:
    assert type_of(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("s + 1", r"Error processing expression: \(S \+ 1\). Unsupported arithmetic types. STRING INTEGER"),
        ("1 + NULL", "Arithmetic on types INTEGER and null are not supported"),
        ("i = s", r"Cannot compare I \(INTEGER\) to S \(STRING\) with EQUAL"),
        ("b < b", "with LESS_THAN"),
        ("i = NULL", "Comparison with NULL not supported: INTEGER = NULL"),
        ("s[1]", r"Subscript expression \(S\[1\]\) do not apply to STRING"),
        ("p['x']", "Use the dereference operator for STRUCTS"),
        ("i->x", "Expected STRUCT type, got: INTEGER"),
        ("-s", "Negation on non-numeric type: STRING"),
        ("ARRAY[]", "Array constructor cannot be empty"),
        ("ARRAY[NULL]", "Cannot construct an array with all NULL elements"),
        ("ARRAY[1, 'x']", "invalid input syntax for type INTEGER"),
        ("STRUCT(x := 1, x := 2)", "Duplicate field names found in STRUCT"),
        ("CASE WHEN i THEN 1 END", "WHEN operand type should be boolean"),
        ("CASE WHEN b THEN 1 WHEN b THEN 's' END", "Type for all 'THEN' clauses should be the same"),
        ("CASE WHEN b THEN 1 ELSE 's' END", "Type for the default clause should be the same"),
        ("CASE WHEN b THEN NULL END", "All case branches have NULL type"),
    ],
)
def test_expressions_without_a_type(text: str, message: str) -> None:
    with pytest.raises(SqlError, match=message):
        type_of(text)


def test_unknown_names_come_with_near_ones() -> None:
    with pytest.raises(UnknownName) as column:
        type_of("dek")
    assert column.value.suggestions[0] == "DEC"
    with pytest.raises(UnknownName, match="Could not find field 'Z' in 'P'"):
        type_of("p->z")


def test_comparing_by_order_needs_an_order() -> None:
    assert can_compare(t.ArrayType(t.INTEGER), "=", t.ArrayType(t.INTEGER))
    assert not can_compare(t.ArrayType(t.INTEGER), "<", t.ArrayType(t.INTEGER))
    assert can_compare(t.BYTES, "<", t.BYTES)
    assert not can_compare(t.TIME, "=", t.DATE)
