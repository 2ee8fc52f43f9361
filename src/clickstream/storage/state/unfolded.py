"""One query's changes that are in the log but not in the table yet."""

from collections.abc import Iterable
from itertools import islice

from clickstream.core.records import StateChange

__all__ = ["Key", "Unfolded"]

Key = tuple[str, bytes]
"""A store's name and a key in it."""

Values = dict[Key, bytes | None]


class Unfolded:
    """Newest values in two generations: those being folded, and what has changed since that began.

    A value may reach the table while a newer one of the same key waits in the log: reading the log again
    in order ends at the newest, so rows of the log go only when their whole generation is in the table.
    """

    def __init__(self) -> None:
        self._current: Values = {}
        self._folding: Values = {}
        self._changes = 0
        self._commits = 0
        self._current_row = 0
        self._folding_row = 0
        self._added: list[tuple[list[StateChange], int]] = []
        self._taken: Values = {}
        self._dropped = False

    def add(self, changes: list[StateChange], row: int) -> None:
        """Take in what the transaction under way wrote to the log as `row`."""
        self._added.append((changes, row))

    def newest(self) -> Values:
        """Return the newest value of every key, the transaction under way included."""
        values = {} if self._dropped else {**self._taken, **self._folding, **self._current}
        for changes, _ in self._added:
            values.update(_by_key(changes))
        return values

    def is_due(self, after_changes: int, after_commits: int) -> bool:
        """Return whether there is something to fold now: a generation has begun, or is large enough to."""
        if not self._folding and (self._changes >= after_changes or self._commits >= after_commits):
            self._folding, self._folding_row = self._current, self._current_row
            self._current, self._changes, self._commits = {}, 0, 0
        return bool(self._folding) and not self._dropped

    @property
    def count(self) -> int:
        """How many keys wait."""
        return len(self._folding) + len(self._current)

    def take(self, count: int) -> Iterable[tuple[Key, bytes | None]]:
        """Return the next keys to fold with their values."""
        keys = list(islice(self._folding, count))
        self._taken = {key: self._folding.pop(key) for key in keys}
        return self._taken.items()

    @property
    def finished_row(self) -> int:
        """The last row of the log that is folded with all before it, 0 while a generation is under way."""
        return 0 if self._folding else self._folding_row

    def drop(self) -> None:
        """Forget everything up to now if the transaction under way commits."""
        self._dropped = True
        self._added = []

    def committed(self) -> None:
        """The transaction counts."""
        if self._dropped:
            self._current, self._folding = {}, {}
            self._changes = self._commits = 0
            self._dropped = False
        self._taken = {}
        for changes, row in self._added:
            self._current.update(_by_key(changes))
            self._changes += len(changes)
            self._current_row = row
        self._commits += bool(self._added)
        self._added = []

    def rolled_back(self) -> None:
        """The transaction has not happened."""
        self._folding = {**self._taken, **self._folding}
        self._taken = {}
        self._added = []
        self._dropped = False


def _by_key(changes: list[StateChange]) -> Values:
    return {(name, key): value for name, key, value in changes}
