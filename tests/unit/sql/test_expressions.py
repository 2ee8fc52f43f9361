from clickstream.sql.expressions import children, column_refs, find_calls, rewrite, walk
from clickstream.sql.format import format_expression
from clickstream.sql.nodes import ColumnRef, Expression, Literal
from clickstream.sql.parser import parse_expression
from clickstream.sql.types import INTEGER

EXPRESSION = parse_expression("CASE WHEN a > 1 THEN F(b, MAP('k' := G(c))) ELSE STRUCT(x := d)->x END")


def test_every_column_is_found_in_written_order() -> None:
    assert [ref.name for ref in column_refs(EXPRESSION)] == ["A", "B", "C", "D"]


def test_calls_are_found_outermost_first() -> None:
    assert [call.name for call in find_calls(EXPRESSION, lambda name: name in "FG")] == ["F", "G"]


def test_parents_come_before_children() -> None:
    nodes = list(walk(EXPRESSION))
    assert nodes[0] is EXPRESSION
    assert nodes[1] is next(children(EXPRESSION))


def test_rewriting_reaches_every_place() -> None:
    def replace(node: Expression) -> Expression | None:
        return Literal(0, INTEGER) if isinstance(node, ColumnRef) else None

    assert format_expression(rewrite(EXPRESSION, replace)) == (
        "(CASE WHEN (0 > 1) THEN F(0, MAP('k':=G(0))) ELSE STRUCT(X:=0)->X END)"
    )


def test_a_tree_that_does_not_change_stays_the_same_object() -> None:
    assert rewrite(EXPRESSION, lambda _: None) is EXPRESSION
