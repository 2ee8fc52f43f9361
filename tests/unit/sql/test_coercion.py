import pytest

from clickstream.core.errors import TypeMismatch
from clickstream.sql import types as t
from clickstream.sql.coercion import Typed, coerce, common_type
from clickstream.sql.expression_types import ExpressionTyper
from clickstream.sql.format import format_expression
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.parser import parse_expression

TYPER = ExpressionTyper({"I": t.INTEGER, "B": t.BOOLEAN, "S": t.STRING}, REGISTRY)


def common(*texts: str) -> t.SqlType | None:
    return common_type(TYPER.typed([parse_expression(text) for text in texts]), TYPER.typed)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("1", "2"), t.INTEGER),
        (("1", "NULL", "3000000000"), t.BIGINT),
        (("NULL", "NULL"), None),
        (("1", "'2.5'"), t.DecimalType(11, 1)),
        (("true", "'no'"), t.BOOLEAN),
        (("ARRAY[1]", "ARRAY[3000000000]"), t.ArrayType(t.BIGINT)),
        (("MAP('a' := 1)", "MAP('b' := 2.5)"), t.MapType(t.STRING, t.DecimalType(11, 1))),
        (
            ("STRUCT(x := 1)", "STRUCT(y := 'a')"),
            t.StructType((("Y", t.STRING), ("X", t.INTEGER))),
        ),
    ],
)
def test_common_types(texts: tuple[str, ...], expected: t.SqlType | None) -> None:
    assert common(*texts) == expected


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("i", "b"), r"operator does not exist: INTEGER = BOOLEAN \(B\)"),
        (("ARRAY[1]", "ARRAY[b]"), r"operator does not exist: ARRAY<INTEGER> = ARRAY<BOOLEAN>"),
        (("i", "'x'"), 'invalid input syntax for type INTEGER: "x"'),
        (("ARRAY[i]", "ARRAY['x']"), 'invalid input syntax for type INTEGER: "x"'),
        (("b", "'perhaps'"), 'invalid input syntax for type BOOLEAN: "perhaps"'),
    ],
)
def test_no_common_type(texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(TypeMismatch, match=message):
        common(*texts)


def test_decimals_keep_all_their_digits() -> None:
    type_ = t.DecimalType(38, 10)
    literal = parse_expression("12345678901234567890123456.5")
    coerced = coerce(Typed(literal, t.DecimalType(27, 1)), type_)
    assert format_expression(coerced) == "12345678901234567890123456.5000000000"
