"""Walking and rewriting expression trees, for whoever does not care what an expression means.

Used by the analysis, the planner and the engine's compiler. Knows the nodes' shape only.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from clickstream.sql.nodes import ColumnRef, Expression, FunctionCall, Node

__all__ = ["children", "column_refs", "find_calls", "rewrite", "walk"]

NodeT = TypeVar("NodeT", bound=Node)
Rewriter = Callable[[Expression], Expression | None]


_FIELDS: dict[type[Node], tuple[str, ...]] = {}
"""Names of the fields that may hold nodes, by node type; filled as types are met."""


def _field_names(type_: type[Node]) -> tuple[str, ...]:
    names = _FIELDS.get(type_)
    if names is None:
        names = tuple(f.name for f in dataclasses.fields(type_) if f.name != "at")
        _FIELDS[type_] = names
    return names


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly under `node`, in written order."""
    for name in _field_names(type(node)):
        yield from _nodes(getattr(node, name))


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and everything under it, parents before children."""
    yield node
    for child in children(node):
        yield from walk(child)


def column_refs(node: Node) -> list[ColumnRef]:
    """Return every column reference under `node`, in written order, repeats included."""
    return [n for n in walk(node) if isinstance(n, ColumnRef)]


def find_calls(node: Node, wanted: Callable[[str], bool]) -> list[FunctionCall]:
    """Return the calls under `node` whose function's name is `wanted`, outermost first."""
    return [n for n in walk(node) if isinstance(n, FunctionCall) and wanted(n.name)]


def rewrite(node: NodeT, rewriter: Rewriter) -> NodeT:
    """Return `node` with every expression replaced for which `rewriter` gives another.

    A replaced expression is not looked into; one for which `rewriter` gives None is.
    """
    if isinstance(node, Expression):
        replaced = rewriter(node)
        if replaced is not None:
            return replaced  # type: ignore[return-value]
    changes: dict[str, Any] = {}
    for name in _field_names(type(node)):
        before = getattr(node, name)
        after = _rewrite_value(before, rewriter)
        if after is not before:
            changes[name] = after
    return dataclasses.replace(node, **changes) if changes else node


def _rewrite_value(value: Any, rewriter: Rewriter) -> Any:
    if isinstance(value, Node):
        return rewrite(value, rewriter)
    if isinstance(value, tuple):
        items = tuple(_rewrite_value(item, rewriter) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
