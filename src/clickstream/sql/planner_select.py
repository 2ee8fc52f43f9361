"""A SELECT's items in terms of the columns below: stars spread out, structs opened, keys told apart.

Source: ksqldb-engine …/planner/plan/SelectionUtil.java — a projection's key columns keep the order of
the key, wherever they are written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clickstream.core.errors import SqlError, TypeMismatch, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.analysis import Analysis, unqualified
from clickstream.sql.expression_types import expression_type
from clickstream.sql.expressions import column_refs, rewrite
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.normalise import located
from clickstream.sql.planner_relations import Relation
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.types import SqlType, StructType

__all__ = ["Selected", "check_duplicates", "key_copied_twice", "projection_schema", "select_items"]


@dataclass(frozen=True, slots=True)
class Selected:
    """One column of a projection."""

    alias: str
    expression: n.Expression


def select_items(
    below: Relation,
    analysis: Analysis,
    functions: FunctionLookup,
    target: Sequence[Column] = (),
) -> list[Selected]:
    """Return the columns a SELECT stands for.

    Shape:  `target` — columns of the stream an INSERT INTO writes to; numbers are cast to its types.
    Raises: SqlError, UnknownName.
    """
    found: list[Selected] = []
    for index, item in enumerate(analysis.select):
        bare = rewrite(item, lambda e: unqualified(e, is_join=analysis.sources.is_join))
        match bare:
            case n.AllColumns(source=source):
                found.extend(Selected(c, n.ColumnRef(c, at=item.at)) for c in below.star(source))
            case n.StructAll(base=base):
                found.extend(_open_struct(base, below, functions))
            case n.SingleColumn(expression=expression, alias=alias):
                resolved = below.resolve_select(expression)
                _check_known(resolved, below, analysis)
                wanted = target[index].type if index < len(target) else None
                found.append(Selected(str(alias), _cast_for(resolved, wanted, below, functions)))
    return found


def _open_struct(base: n.Expression, below: Relation, functions: FunctionLookup) -> list[Selected]:
    type_ = expression_type(base, below.columns, functions)
    if not isinstance(type_, StructType):
        raise TypeMismatch(f"Cannot open a {type_} with ->*: it is no STRUCT")
    return [Selected(name, n.Dereference(base, name)) for name, _ in type_.fields]


def _check_known(expression: n.Expression, below: Relation, analysis: Analysis) -> None:
    if analysis.group_by:
        return
    columns = below.columns
    unknown = [r for r in column_refs(expression) if r.name not in columns]
    if unknown:
        raise UnknownName(
            "\n".join(f"{located(r)}Column '{r.name}' cannot be resolved." for r in unknown),
            name=unknown[0].name,
        )


def _cast_for(
    expression: n.Expression, wanted: SqlType | None, below: Relation, functions: FunctionLookup
) -> n.Expression:
    """Return the expression cast to a decimal of the target's size where that is all that differs.

    Source: ksqldb-engine …/planner/plan/ImplicitlyCastResolver.java.
    """
    if wanted is None or wanted.base != "DECIMAL":
        return expression
    type_ = expression_type(expression, below.columns, functions)
    if type_ is None or type_ == wanted or type_.base not in ("INTEGER", "BIGINT", "DECIMAL"):
        return expression
    return n.Cast(expression, wanted)


def projection_schema(
    parent: LogicalSchema,
    columns: Mapping[str, SqlType],
    selected: Sequence[Selected],
    functions: FunctionLookup,
) -> LogicalSchema:
    """Return the schema of a projection: its key columns in the parent's order, then its values.

    Raises: SqlError on a column without a type or a name given twice.
    """
    keys: list[Column] = []
    values: list[Column] = []
    for key in parent.key:
        keys += [Column(s.alias, key.type) for s in selected if s.expression == n.ColumnRef(key.name)]
    for item in selected:
        if isinstance(item.expression, n.ColumnRef) and parent.is_key(item.expression.name):
            continue
        type_ = expression_type(item.expression, columns, functions)
        if type_ is None:
            raise TypeMismatch(
                "Can't infer a type of null. Please explicitly cast it to a required type, "
                "e.g. CAST(null AS VARCHAR)."
            )
        values.append(Column(item.alias, type_))
    schema = LogicalSchema(tuple(keys), tuple(values))
    check_duplicates(schema)
    return schema


def check_duplicates(schema: LogicalSchema) -> None:
    """Check that no two key columns, and no two value columns, share a name.

    Raises: SqlError.
    """
    for columns, what, suffix in ((schema.key, "key", " KEY"), (schema.value, "value", "")):
        names = [c.name for c in columns]
        twice = [c for i, c in enumerate(columns) if c.name in names[:i]]
        if twice:
            shown = ", ".join(f"`{c.name}` {c.type}{suffix}" for c in dict.fromkeys(twice))
            raise SqlError(f"Duplicate {what} columns found in schema: {shown}")


def key_copied_twice(names: str, *, column: str | None = None) -> SqlError:
    """Return the error for a key that is selected more than once."""
    which = "more than once" if column is None else f"(`{column}`) more than once, aliased as"
    return SqlError(
        f"The projection contains a key column {which}: {names}.\n"
        "Each key column must only be in the projection once. If you intended to copy the key into the "
        "value, then consider using the AS_VALUE function to indicate which key reference should be "
        "copied."
    )
