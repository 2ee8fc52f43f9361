"""A table joined with the row of another whose key stands in one of its columns.

The joined table has the left table's key. A change of the left row looks its partner up; a change of
the right row changes every left row that refers to it.
Source: org.apache.kafka.streams.kstream.internals.foreignkeyjoin.SubscriptionSendProcessorSupplier,
ForeignTableJoinProcessorSupplier, ResponseJoinProcessorSupplier.
"""

from typing import Any

from clickstream.engine.evaluate import RowFunction
from clickstream.engine.rows import Key, Row, Value, in_order
from clickstream.engine.serde.hashable import hashable
from clickstream.engine.state import KeyedStore

__all__ = ["ForeignKeyJoin"]


class ForeignKeyJoin:
    """`left` and `right` are the stages of the two sides, each behind the state of its table."""

    def __init__(
        self,
        left: KeyedStore,
        right: KeyedStore,
        foreign_key: RowFunction,
        right_columns: int,
        *,
        keep_left: bool,
    ) -> None:
        self._left, self._right = left.data, right.data
        self._foreign_key = foreign_key
        self._missing = (None,) * right_columns if keep_left else None
        self._referring: dict[Any, dict[Key, None]] = {}
        self._indexed = False
        self.left = _LeftSide(self)
        self.right = _RightSide(self)

    def referred(self, key: Key, value: Value | None, time_ms: int) -> Any:
        """Return what the row's foreign key is, None for no row or NULL."""
        return None if value is None else hashable(self._foreign_key(key, value, time_ms)[0])

    def refer(self, key: Key, before: Any, after: Any) -> None:
        """Note that the left row `key` refers to `after` and no more to `before`."""
        self._index()
        if before is not None and before != after:
            self._referring.get(before, {}).pop(key, None)
        if after is not None:
            self._referring.setdefault(after, {})[key] = None

    def referring(self, key: Any) -> list[Key]:
        """Return the keys of the left rows that refer to the right row `key`, in order."""
        self._index()
        return in_order(self._referring.get(key, ()))

    def _index(self) -> None:
        """Build the references from what was restored of the left table, once."""
        if self._indexed:
            return
        self._indexed = True
        for key, (value, time_ms) in self._left.items():
            self.refer(key, None, self.referred(key, value, time_ms))

    def partner(self, foreign: Any) -> tuple[Value, int] | None:
        """Return the right row that `foreign` refers to, and its time."""
        return None if foreign is None else self._right.get((foreign,))

    def left_row(self, key: Key) -> Value | None:
        """Return the left row's current value."""
        found = self._left.get(key)
        return None if found is None else found[0]

    def joined(self, left: Value | None, right: Value | None) -> Value | None:
        """Return the joined value, None if there is no joined row."""
        if left is None:
            return None
        partner = self._missing if right is None else right
        return None if partner is None else left + partner

    @property
    def keeps_left(self) -> bool:
        """Whether left rows count without a partner."""
        return self._missing is not None


class _LeftSide:
    def __init__(self, join: ForeignKeyJoin) -> None:
        self._join = join

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the changes that changes of the left table cause."""
        join = self._join
        out: list[Row] = []
        for key, value, time_ms, headers, old in rows:
            before, after = join.referred(key, old, time_ms), join.referred(key, value, time_ms)
            join.refer(key, before, after)
            found = join.partner(after)
            if not self._has_effect(value, old, before, after, found is not None):
                continue
            right, right_ms = found if found is not None else (None, time_ms)
            new = join.joined(value, right)
            earlier = join.partner(before)
            was = join.joined(old, earlier[0] if earlier else None)
            out.append((key, new, max(time_ms, right_ms), headers, was))
        return out

    def _has_effect(
        self, value: Value | None, old: Value | None, before: Any, after: Any, found: bool
    ) -> bool:
        """Return whether the change is handed on: it may have a joined row, or take one back."""
        if self._join.keeps_left:
            return value is not None or old is not None
        if value is not None and after is None:
            return False
        return before is not None if old is not None else found

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []


class _RightSide:
    def __init__(self, join: ForeignKeyJoin) -> None:
        self._join = join

    def process(self, rows: list[Row]) -> list[Row]:
        """Return the changes that changes of the right table cause."""
        join = self._join
        out: list[Row] = []
        for key, value, time_ms, headers, old in rows:
            for referring in join.referring(key[0]):
                left = join.left_row(referring)
                new, was = join.joined(left, value), join.joined(left, old)
                out.append((referring, new, time_ms, headers, was))
        return out

    def flush(self) -> list[Row]:
        """Nothing is held back."""
        return []
