"""Statements about persistent queries that run: TERMINATE, PAUSE, RESUME."""

from clickstream.node.entities import Entity
from clickstream.node.execution import Execution
from clickstream.node.queries import QueryStatus
from clickstream.sql.nodes import QueryControl

__all__ = ["control_query"]

DONE = {"TERMINATE": "Query terminated.", "PAUSE": "Query paused.", "RESUME": "Query resumed."}


def control_query(run: Execution, statement: QueryControl) -> Entity:
    """TERMINATE, PAUSE or RESUME one query, or all of them.

    What a query of CREATE … AS wrote stays; terminating it leaves the source without a query.
    """
    if statement.action == "TERMINATE CLUSTER":
        # The real parser reads a query's id here; the cluster ends by `POST /ksql/terminate` alone.
        raise run.refuse("Unknown queryId: CLUSTER")
    if statement.action == "TERMINATE" and _ended_push_query(run, statement):
        return run.command(f"terminate/{statement.query_id}/execute", DONE["TERMINATE"])
    queries = _chosen(run, statement)
    act = {"TERMINATE": run.node.terminate, "PAUSE": run.node.pause, "RESUME": run.node.resume}[
        statement.action
    ]
    for query in queries:
        act(query.query_id)
    answer = run.command(
        f"{statement.action.lower()}/{statement.query_id or 'ALL'}/execute",
        DONE[statement.action],
        subject=_subject(run, queries[0]) if statement.query_id else "",
    )
    if statement.action == "TERMINATE":
        run.node.command_log.retire([s for q in queries if (s := _subject(run, q)).startswith("query:")])
    return answer


def _ended_push_query(run: Execution, statement: QueryControl) -> bool:
    """End the push query that is meant, if it is one. Names are upper case by now, its id is not."""
    wanted = (statement.query_id or "").upper()
    found = next((q for q in run.open_queries.all() if q.source.query_id.upper() == wanted), None)
    if found is not None and not run.dry:
        run.open_queries.close(found.source.query_id)
    return found is not None


def _chosen(run: Execution, statement: QueryControl) -> list[QueryStatus]:
    queries = run.node.queries()
    if statement.query_id is None:
        return queries
    chosen = [q for q in queries if q.query_id == statement.query_id]
    if not chosen and run.replayed is None:
        raise run.refuse(f"Unknown queryId: {statement.query_id}")
    return chosen


def _subject(run: Execution, query: QueryStatus) -> str:
    """Return what the query's commands are about: its source, or itself if it is an INSERT INTO."""
    source = run.node.catalog.get(query.plan.root.name)
    if source is not None and source.created_by == query.query_id:
        return f"source:{source.name}"
    return f"query:{query.query_id}"
