"""A workbench on which every inserted row runs through all queries at once.

So a statement that asserts a row sees what all rows inserted before it have caused, one record at a time,
as a cluster without a record cache writes them.
"""

from collections.abc import Mapping, Sequence

from clickstream.core.errors import SqlError, Unsupported
from clickstream.core.records import Chunk, Record
from clickstream.engine.query import RunningQuery
from clickstream.engine.workbench import Workbench
from clickstream.node.server_properties import is_known, reads_from_beginning
from clickstream.sql import nodes as n

__all__ = ["LiveBench"]

_ONLY = "a test holds CREATE, ALTER, DROP, INSERT, SET, UNSET, ASSERT and RUN SCRIPT statements"


class LiveBench(Workbench):
    """Statements, rows and queries of one test. A row without ROWTIME has time 0."""

    def __init__(self, settings: Mapping[str, object] | None = None) -> None:
        super().__init__(settings)
        self._arrived: list[Chunk] = []

    def run_statement(self, statement: n.Statement) -> None:
        """Run one statement; a new query reads what stands in its topics already, unless it is to begin late.

        Raises: SqlError.
        """
        if isinstance(statement, n.InsertValues):
            self.pipe(*self.inserted(statement))
            return
        if isinstance(statement, n.SetProperty | n.UnsetProperty) and not is_known(statement.name):
            raise SqlError(f"Unknown property: {statement.name}")
        if not self.can_run(statement):
            raise Unsupported("This statement", reason=_ONLY)
        known = {query.plan.query_id for query in self.queries}
        super().run_statement(statement)
        if reads_from_beginning(self.settings):
            for query in self.queries:
                if query.plan.query_id not in known:
                    self._catch_up(query)

    def append(self, topic: str, records: Sequence[Record]) -> Chunk:
        """Write `records` to `topic` without running anything."""
        chunk = super().append(topic, records)
        self._arrived.append(chunk)
        return chunk

    def pipe(self, topic: str, record: Record) -> None:
        """Write a record, and run it and all it causes through the queries.

        Raises: SqlError if the queries write in a circle.
        """
        self._pipe(topic, record, ())

    # ----------------------------------------------------------------------- private

    def _pipe(self, topic: str, record: Record, path: tuple[str, ...]) -> None:
        path = (*path, topic)
        if topic in path[:-1]:
            raise SqlError(f"Detected illegal cycle in topology: {'->'.join(path)}")
        chunk = self.append(topic, [record])
        readers = [query for query in self.queries if topic in query.topics]
        outputs = [(query.sink_topic, query.process([chunk]).records) for query in readers]
        for sink, records in outputs:
            for caused in records:
                self._pipe(sink or "", caused, path)

    def _catch_up(self, query: RunningQuery) -> None:
        for chunk in list(self._arrived):
            if chunk.topic in query.topics:
                for record in query.process([chunk]).records:
                    self._pipe(query.sink_topic or "", record, (chunk.topic,))
