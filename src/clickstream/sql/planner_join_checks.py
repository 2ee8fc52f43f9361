"""Which joins there are, and the reasons for refusing the others.

Source: ksqldb-engine …/planner/LogicalPlanner.java (verifyJoin and below), plan/JoinNode.java — wording.
"""

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.analysis import JoinInfo, unqualified
from clickstream.sql.expression_types import expression_type
from clickstream.sql.expressions import rewrite
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.planner_relations import Relation
from clickstream.sql.query_sources import AliasedSource
from clickstream.sql.types import SqlType

__all__ = ["check_join", "is_foreign_key"]

_KIND_WORDS = {
    "INNER": "[INNER] JOIN",
    "LEFT": "LEFT [OUTER] JOIN",
    "RIGHT": "RIGHT [OUTER] JOIN",
    "OUTER": "[FULL] OUTER JOIN",
}


def is_foreign_key(info: JoinInfo, left: Relation, right: Relation) -> bool:
    """Return whether two tables are joined on something that is not the left one's key."""
    if left.step.kind != "TABLE" or right.step.kind != "TABLE":
        return False
    return not _is_key(info.left_expression, info.left)


def check_join(info: JoinInfo, left: Relation, right: Relation, functions: FunctionLookup) -> None:
    """Check that a join can be done.

    Raises: SqlError.
    """
    if left.step.kind == "STREAM":
        if right.step.kind == "TABLE":
            _check_stream_table(info)
        else:
            _check_stream_stream(info)
        _check_types(info, left, right, functions)
        return
    if right.step.kind == "STREAM":
        raise SqlError(
            "Invalid join order: table-stream joins are not supported; only stream-table joins. "
            f"Got {_got_sources(info)}."
        )
    if not _is_key(info.right_expression, info.right):
        raise SqlError(
            "Invalid join condition: table-table joins require to join on the primary key of the right "
            f"input table. Got {_got_condition(info)}."
        )
    if is_foreign_key(info, left, right):
        _check_foreign_key(info, left)
    if info.within is not None:
        raise SqlError(
            "A window definition was provided for a Table-Table join. These joins are not windowed. "
            "Please drop the window definition (i.e. the WITHIN clause) and try to execute your "
            "Table-Table join again."
        )
    _check_types(info, left, right, functions)
    if is_foreign_key(info, left, right) and info.right.source.window is not None:
        raise SqlError("Foreign-key table-table joins are not supported on windowed tables.")


def _check_stream_table(info: JoinInfo) -> None:
    if info.kind == "OUTER":
        raise SqlError(
            "Invalid join type: full-outer join not supported for stream-table join. "
            f"Got {_got_sources(info)}."
        )
    if not _is_key(info.right_expression, info.right):
        raise SqlError(
            "Invalid join condition: stream-table joins require to join on the table's primary key. "
            f"Got {_got_condition(info)}."
        )
    if info.within is not None:
        raise SqlError(
            "A window definition was provided for a Stream-Table join. These joins are not windowed. "
            "Please drop the window definition (ie. the WITHIN clause) and try to execute your join "
            "again."
        )
    if info.kind == "RIGHT":
        raise SqlError(
            f"Invalid join type: right join not supported for stream-table join. Got {_got_sources(info)}."
        )


def _check_stream_stream(info: JoinInfo) -> None:
    if info.left.source.window != info.right.source.window:
        raise SqlError(
            "Implicit repartitioning of windowed sources is not supported. "
            "See https://github.com/confluentinc/ksql/issues/4385."
        )
    if info.within is None:
        raise SqlError(
            "Stream-Stream joins must have a WITHIN clause specified. None was provided. To learn about "
            "how to specify a WITHIN clause with a stream-stream join, please visit: "
            "https://docs.confluent.io/current/ksql/docs/syntax-reference.html#create-stream-as-select"
        )


def _check_foreign_key(info: JoinInfo, left: Relation) -> None:
    if info.kind == "OUTER":
        raise SqlError(
            "Invalid join type: full-outer join not supported for foreign-key table-table join. "
            f"Got {_got_sources(info)}."
        )
    if len(left.sources) > 1:
        raise SqlError(
            "Invalid join condition: foreign-key table-table joins are not supported as part of n-way "
            f"joins. Got {_got_condition(info)}."
        )
    if info.kind == "RIGHT":
        raise SqlError("RIGHT OUTER JOIN on a foreign key is not supported")


def _check_types(info: JoinInfo, left: Relation, right: Relation, functions: FunctionLookup) -> None:
    a = _type(info.left_expression, left, functions)
    b = _type(info.right_expression, right, functions)
    if a == b:
        return
    sides = [(info.left_expression, a), (info.right_expression, b)]
    if info.flipped:
        sides.reverse()
    shown = " = ".join(f"{format_expression(e)}{{{t}}}" for e, t in sides)
    raise SqlError(f"Invalid join condition: types don't match. Got {shown}.")


def _type(side: n.Expression, relation: Relation, functions: FunctionLookup) -> SqlType | None:
    is_join = len(relation.sources) > 1
    bare = rewrite(side, lambda e: unqualified(e, is_join=is_join))
    return expression_type(bare, relation.columns, functions)


def _is_key(expression: n.Expression, owner: AliasedSource) -> bool:
    keys = owner.source.schema.key
    return isinstance(expression, n.ColumnRef) and len(keys) == 1 and keys[0].name == expression.name


def _got_sources(info: JoinInfo) -> str:
    return f"{info.left.source.name} {_KIND_WORDS[info.kind]} {info.right.source.name}"


def _got_condition(info: JoinInfo) -> str:
    left, right = info.condition
    return f"{format_expression(left)} = {format_expression(right)}"
