"""Two tables joined by key: a change on either side changes the joined row.

Source: org.apache.kafka.streams.kstream.internals.KTableKTableInnerJoin, LeftJoin, RightJoin, OuterJoin.
"""

from clickstream.engine.rows import Row, Value
from clickstream.engine.state import KeyedStore
from clickstream.sql.plan import JoinKind

__all__ = ["TableTableJoin"]


class TableTableJoin:
    """`left` and `right` are the stages of the two sides, each behind the state of its table.

    Time of a joined row: the later of both sides' rows.
    """

    def __init__(
        self,
        left: KeyedStore,
        right: KeyedStore,
        join: JoinKind,
        left_columns: int,
        right_columns: int,
    ) -> None:
        self._missing_left = (None,) * left_columns
        self._missing_right = (None,) * right_columns
        keeps_left, keeps_right = join in ("LEFT", "OUTER"), join in ("RIGHT", "OUTER")
        self.left = _Side(self, right, keeps_mine=keeps_left, keeps_other=keeps_right, is_left=True)
        self.right = _Side(self, left, keeps_mine=keeps_right, keeps_other=keeps_left, is_left=False)

    def pair(self, left: Value | None, right: Value | None) -> Value:
        """Return the joined value, NULLs for a missing side."""
        return (left or self._missing_left) + (right or self._missing_right)


class _Side:
    """The stage of one side. `keeps_mine`: my rows count without a partner; `keeps_other`: theirs do."""

    def __init__(
        self, join: TableTableJoin, other: KeyedStore, *, keeps_mine: bool, keeps_other: bool, is_left: bool
    ) -> None:
        self._join = join
        self._other = other.data
        self._keeps_mine = keeps_mine
        self._keeps_other = keeps_other
        self._is_left = is_left

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the changes of the joined table."""
        out: list[Row] = []
        for key, value, time_ms, headers, old in rows:
            found = self._other.get(key)
            if found is None and not self._keeps_mine:
                continue
            partner, partner_ms = found if found is not None else (None, time_ms)
            new, before = self._joined(value, partner), self._joined(old, partner)
            if new is None and before is None:
                continue
            out.append((key, new, max(time_ms, partner_ms), headers, before))
        return out

    def _joined(self, mine: Value | None, partner: Value | None) -> Value | None:
        if mine is None and (partner is None or not self._keeps_other):
            return None
        return self._join.pair(mine, partner) if self._is_left else self._join.pair(partner, mine)

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
