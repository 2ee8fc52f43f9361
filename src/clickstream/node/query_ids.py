"""Ids of queries that are not kept: push queries and pull queries."""

import random

from clickstream.core.clock import Clock
from clickstream.sql.nodes import Join, QueryStatement, Relation, TableRef

__all__ = ["pull_id", "scalable_id", "transient_id"]


def transient_id(statement: QueryStatement) -> str:
    """Return a new id for a push query: `transient_<SOURCE>_<number>`."""
    return f"transient_{_first_source(statement.query.from_)}_{random.getrandbits(63)}"


def scalable_id(statement: QueryStatement) -> str:
    """Return a new id for a push query of ksqlDB's second kind."""
    return f"SCALABLE_PUSH_QUERY_{_first_source(statement.query.from_)}_{random.getrandbits(63)}"


def pull_id(clock: Clock) -> str:
    """Return a new id for a pull query: `query_<milliseconds>`."""
    return f"query_{clock.now_ms()}"


def _first_source(relation: Relation) -> str:
    while isinstance(relation, Join):
        relation = relation.left
    return relation.name if isinstance(relation, TableRef) else ""
