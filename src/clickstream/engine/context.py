"""What all operators of one query share."""

from dataclasses import dataclass, field
from typing import TypeVar

from clickstream.core.processing_log import LogEntry, ProcessingLog
from clickstream.engine.evaluate import Report
from clickstream.engine.state import Store
from clickstream.sql.functions.lookup import FunctionLookup

__all__ = ["Metrics", "QueryContext"]

S = TypeVar("S", bound=Store)


@dataclass(slots=True)
class Metrics:
    """Counts since the query was built."""

    processed: int = 0
    emitted: int = 0
    late: int = 0
    errors: int = 0


@dataclass(slots=True)
class QueryContext:
    """One query's functions, log, counts and stores.

    `coalesce` is set for the time of a call with more than one record: aggregates then hold back
    their rows until the call ends and emit each touched key once.
    """

    query_id: str
    functions: FunctionLookup
    log: ProcessingLog
    metrics: Metrics = field(default_factory=Metrics)
    stores: dict[str, Store] = field(default_factory=dict)
    coalesce: bool = False

    def keep(self, store: S) -> S:
        """Register `store` as part of the query's state and return it; its name gets unique."""
        store.name = f"{store.name}-{len(self.stores)}"
        self.stores[store.name] = store
        return store

    def failed(self, entry: LogEntry) -> None:
        """Count and log one bad record."""
        self.metrics.errors += 1
        self.log.add(entry)

    def report(self, step: str) -> Report:
        """Return the function that takes failures of the expressions of `step`."""
        logger = f"{self.query_id}.{step}"

        def report(what: str, error: Exception) -> None:
            message = f"Error computing expression {what}: {error}"
            self.failed(LogEntry(logger, "RECORD_PROCESSING_ERROR", message, (str(error),)))

        return report
