"""What several aggregates begin and end with."""

from typing import Any

__all__ = ["nothing", "same", "zero"]


def zero() -> int:
    """Return the empty state of a count."""
    return 0


def nothing() -> None:
    """Return the empty state of an aggregate that has seen no value."""


def same(state: Any) -> Any:
    """Return the state as the result; an aggregate that does so has `shows_state`."""
    return state
