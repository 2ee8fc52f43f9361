"""Types by name: CREATE TYPE's, put in wherever a statement writes one."""

import dataclasses
from collections.abc import Mapping

from clickstream.core.errors import UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.expressions import rewrite
from clickstream.sql.nearest import nearest
from clickstream.sql.types import ArrayType, MapType, SqlType, StructType

__all__ = ["resolve_casts", "resolve_elements", "resolve_type"]


def resolve_type(type_: SqlType, types: Mapping[str, SqlType]) -> SqlType:
    """Return `type_` with the names of custom types replaced, at any depth.

    Raises: UnknownName.
    Source: golden/rest/ksql/047.
    """
    match type_:
        case n.TypeName(name=name):
            known = types.get(name)
            if known is None:
                near = nearest(name, types)
                raise UnknownName(
                    f"Failed to prepare statement: Cannot resolve unknown type: {name}",
                    name=name,
                    suggestions=near,
                )
            return known
        case ArrayType(item=item):
            return ArrayType(resolve_type(item, types))
        case MapType(key=key, value=value):
            return MapType(resolve_type(key, types), resolve_type(value, types))
        case StructType(fields=fields):
            return StructType(tuple((name, resolve_type(t, types)) for name, t in fields))
        case _:
            return type_


def resolve_elements(
    elements: tuple[n.TableElement, ...], types: Mapping[str, SqlType]
) -> tuple[n.TableElement, ...]:
    """Return declared columns with their types resolved."""
    return tuple(dataclasses.replace(e, type=resolve_type(e.type, types)) for e in elements)


def resolve_casts(query: n.Query, types: Mapping[str, SqlType]) -> n.Query:
    """Return a query with the types of its casts resolved."""

    def replace(node: n.Expression) -> n.Expression | None:
        if not isinstance(node, n.Cast):
            return None
        operand = rewrite(node.operand, replace)
        return n.Cast(operand, resolve_type(node.type, types), at=node.at)

    return rewrite(query, replace)
