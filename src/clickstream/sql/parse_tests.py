"""The grammar of test files: all statements, and the ones that only tests have.

A server refuses them, so they are no part of `StatementGrammar`.
Source: the documentation of ksqlDB's `run-ksql-test`.
"""

from typing import Literal as OneOf
from typing import cast

from clickstream.sql import nodes as n
from clickstream.sql.parse_statements import StatementGrammar

__all__ = ["TestGrammar"]

_ASSERTED = ("VALUES", "NULL", "STREAM", "TABLE")


class TestGrammar(StatementGrammar):
    """Steps over statements, `ASSERT` of rows and sources, and `RUN SCRIPT`."""

    __test__ = False

    def statement(self) -> n.Statement:
        """Step over one statement, without its `;`."""
        if self.word == "ASSERT" and self.next_word() in _ASSERTED:
            return self._asserted()
        if self.word == "RUN" and self.next_word() == "SCRIPT":
            at = self.here()
            self.expect_all("RUN", "SCRIPT")
            return n.RunScript(self.string(), at=at)
        return super().statement()

    def _asserted(self) -> n.Statement:
        at = self.here()
        self.expect("ASSERT")
        if self.word in ("STREAM", "TABLE"):
            return self._assert_source(at)
        tombstone = self.accept("NULL")
        self.expect("VALUES")
        target = self.source_name()
        columns = self.column_names() if self.word == "(" else ()
        self.expect("KEY" if tombstone else "VALUES")
        values = self.column_values(columns)
        return n.AssertValues(target, columns, values, tombstone, at=at)

    def _assert_source(self, at: n.Location) -> n.Statement:
        kind = cast(OneOf["STREAM", "TABLE"], self.expect_one_of("STREAM", "TABLE"))
        name = self.source_name()
        elements = self.table_elements(kind) if self.word == "(" else ()
        properties = self.properties() if self.accept("WITH") else {}
        return n.AssertSource(kind, name, elements, properties, at=at)
