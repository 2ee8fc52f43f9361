"""Names for columns that a SELECT leaves nameless: `KSQL_COL_0`, or a struct field's own name.

Source: ksqldb-execution …/name/ColumnAliasGenerator behaviour, as golden/rest/ksql/054 and 057 show.
"""

from collections.abc import Iterable
from itertools import count

from clickstream.sql.nodes import Dereference, Expression

__all__ = ["AliasGenerator", "join_alias"]


class AliasGenerator:
    """Hands out names that no source column has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._next = count()

    def name_for(self, expression: Expression) -> str:
        """Return a new name for a column that `expression` computes."""
        if isinstance(expression, Dereference):
            return self._field(expression.field)
        while True:
            name = f"KSQL_COL_{next(self._next)}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def _field(self, field: str) -> str:
        name = field
        for number in count(1):
            if name not in self._taken:
                break
            name = f"{field}_{number}"
        self._taken.add(name)
        return name


def join_alias(source: str, column: str) -> str:
    """Return the name a column has inside a join: `C_USERID`."""
    return f"{source}_{column}"
