"""Where an expression finds its columns: names to places in a row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from clickstream.sql.schema import ROWTIME, WINDOWEND, WINDOWSTART, Column, LogicalSchema
from clickstream.sql.types import BIGINT, SqlType

__all__ = ["Scope", "Slot"]


_ALWAYS = frozenset({ROWTIME, WINDOWSTART, WINDOWEND})
"""Columns that a projection does not take away: they are no part of the value."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column's place, as Python text over `k` (key), `v` (value) and `t` (time), and its type."""

    place: str
    type: SqlType

    @property
    def is_value(self) -> bool:
        """Whether it is in the value tuple."""
        return self.place[0] == "v"

    @property
    def is_key(self) -> bool:
        """Whether it is in the key tuple."""
        return self.place[0] == "k"

    def moved(self, by: int) -> "Slot":
        """Return the slot of a value column `by` places further on."""
        return Slot(f"v[{int(self.place[2:-1]) + by}]", self.type)


@dataclass(frozen=True, slots=True)
class Scope:
    """The columns that can be seen at one point of a plan.

    `windowed` rows carry their window's bounds at the end of the key.
    """

    slots: Mapping[str, Slot]
    key_columns: int
    windowed: bool = False

    @classmethod
    def of(cls, schema: LogicalSchema, *, windowed: bool, hidden: Iterable[Column] = ()) -> "Scope":
        """Return the scope of rows with `schema`; `hidden` are value columns after the declared ones."""
        slots = {ROWTIME: Slot("t", BIGINT)}
        if windowed:
            slots[WINDOWSTART] = Slot(f"k[{len(schema.key)}]", BIGINT)
            slots[WINDOWEND] = Slot(f"k[{len(schema.key) + 1}]", BIGINT)
        slots |= {c.name: Slot(f"v[{i}]", c.type) for i, c in enumerate((*schema.value, *hidden))}
        slots |= {c.name: Slot(f"k[{i}]", c.type) for i, c in enumerate(schema.key)}
        return cls(slots, len(schema.key), windowed)

    @property
    def types(self) -> dict[str, SqlType]:
        """The columns' types by name."""
        return {name: slot.type for name, slot in self.slots.items()}

    @property
    def key_width(self) -> int:
        """Places of the key tuple, window bounds included."""
        return self.key_columns + (2 if self.windowed else 0)

    def renamed(self, columns: Mapping[str, Slot], key: Sequence[Column]) -> "Scope":
        """Return the scope after a projection to `columns`; the key's columns get the names of `key`."""
        kept = {name: slot for name, slot in self.slots.items() if name in _ALWAYS}
        return replace(self, slots={**kept, **columns}).renamed_key(key)

    def renamed_key(self, key: Sequence[Column]) -> "Scope":
        """Return this scope with the key's columns under the names of `key`; values of that name hide."""
        return self.adding({c.name: Slot(f"k[{i}]", c.type) for i, c in enumerate(key)})

    def with_value(self, columns: Mapping[str, SqlType]) -> "Scope":
        """Return the scope of rows whose value tuple is `columns`; key and time stay, values hide them."""
        slots = {name: slot for name, slot in self.slots.items() if not slot.is_value}
        value = {name: Slot(f"v[{place}]", type_) for place, (name, type_) in enumerate(columns.items())}
        return replace(self, slots={**slots, **value})

    def adding(self, columns: Mapping[str, Slot]) -> "Scope":
        """Return this scope with more columns."""
        return replace(self, slots={**self.slots, **columns})

    def with_key_as_value(self, width: int) -> "Scope":
        """Return this scope with the key's places standing after a value tuple of `width`."""
        slots = {
            name: Slot(f"v[{width + int(slot.place[2:-1])}]", slot.type) if slot.is_key else slot
            for name, slot in self.slots.items()
        }
        return replace(self, slots=slots, windowed=False)

    def rekeyed(self, key: Sequence[Column]) -> "Scope":
        """Return the scope of the same values under a new key."""
        slots = {name: slot for name, slot in self.slots.items() if not slot.is_key}
        return Scope(slots, len(key)).renamed_key(key)
