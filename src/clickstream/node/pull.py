"""Pull queries over tables: the rows a persistent query keeps, filtered and projected once."""

from collections.abc import Iterable, Iterator
from typing import Any

from clickstream.core.processing_log import LogEntry
from clickstream.engine.evaluate import Report, compile_predicate, compile_tuple
from clickstream.engine.rows import TableRow
from clickstream.engine.scope import Scope
from clickstream.engine.serde import Codec
from clickstream.engine.serde.codec import hashable_key
from clickstream.node.node import Node
from clickstream.sql.pull import PullPlan

__all__ = ["pull_rows"]


def pull_rows(node: Node, plan: PullPlan) -> Iterable[tuple[Any, ...]]:
    """Return the rows of a pull query, as of the last tick.

    Rows come in the order of their keys' bytes, as from the real server's store, or of the keys asked for.
    """
    source = plan.source
    keys = None if plan.keys is None else [hashable_key(key) for key in plan.keys]
    found = node.look_up(
        str(source.created_by), keys, window_start=plan.window_start, window_end=plan.window_end
    )
    if plan.keys is None:
        codec = Codec(source.schema, source.formats, source.window)
        found.sort(key=lambda row: codec.encode_key(row[0]) or b"")
    rows = list(_projected(node, plan, found))
    return rows if plan.limit is None else rows[: plan.limit]


def _projected(node: Node, plan: PullPlan, found: Iterable[TableRow]) -> Iterator[tuple[Any, ...]]:
    scope = Scope.of(plan.source.schema, windowed=plan.source.window is not None)
    report = _report_to(node, plan.source.name)
    project = compile_tuple(scope, node.functions, plan.columns, report)
    if plan.predicate is None:
        return (project(key, value, time_ms) for key, value, time_ms in found)
    matches = compile_predicate(scope, node.functions, plan.predicate, report)
    return (project(key, value, time_ms) for key, value, time_ms in found if matches(key, value, time_ms))


def _report_to(node: Node, name: str) -> Report:
    def report(what: str, error: Exception) -> None:
        message = f"Error computing expression {what}: {error}"
        node.processing_log.add(LogEntry(f"pull.{name}", "RECORD_PROCESSING_ERROR", message, (str(error),)))

    return report
