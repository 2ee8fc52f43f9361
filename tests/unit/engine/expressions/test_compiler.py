import pytest

from clickstream.core.errors import UnknownName
from clickstream.engine.evaluate import compile_tuple
from clickstream.engine.expressions.compiler import columns_of
from clickstream.engine.scope import Scope
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.parser import parse_expression
from clickstream.sql.schema import LogicalSchema

EMPTY = Scope.of(LogicalSchema(), windowed=False)


def test_the_columns_of_an_expression_are_found_at_any_depth() -> None:
    text = "CASE WHEN A > 1 THEN MAP('x' := B) ELSE MAP('x' := UCASE(C)->D[E]) END"
    assert columns_of(parse_expression(text)) == ["A", "B", "C", "E"]
    assert columns_of(parse_expression("TRANSFORM(A, X => X + B)")) == ["A", "B"]


def test_an_unknown_column_is_refused_when_the_query_is_built() -> None:
    with pytest.raises(UnknownName):
        compile_tuple(EMPTY, REGISTRY, [("X", parse_expression("NOPE + 1"))], lambda what, error: None)


def test_texts_cannot_break_out_of_the_code() -> None:
    text = "a'); raise SystemExit('"
    quoted = text.replace("'", "''")
    row = compile_tuple(EMPTY, REGISTRY, [("X", parse_expression(f"'{quoted}'"))], lambda what, error: None)
    assert row((), (), 0) == (text,)


@pytest.mark.parametrize(
    ("text", "value"), [("'a' IS NULL", False), ("1 IS NOT NULL", True), ("NULL IS NULL", True)]
)
def test_a_literal_is_compared_with_null_without_a_warning(text: str, value: bool) -> None:
    row = compile_tuple(EMPTY, REGISTRY, [("X", parse_expression(text))], lambda what, error: None)
    assert row((), (), 0) == (value,)
