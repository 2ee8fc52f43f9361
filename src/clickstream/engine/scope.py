"""Where an expression finds its columns: names to places in a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clickstream.sql.schema import ROWTIME, WINDOWEND, WINDOWSTART, Column, LogicalSchema
from clickstream.sql.types import BIGINT, SqlType

__all__ = ["Scope", "Slot"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A column's place, as Python text over `k` (key), `v` (value) and `t` (time), and its type."""

    place: str
    type: SqlType


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
