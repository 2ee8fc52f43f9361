"""Arrays, maps and structs that can stand in keys: lists and dicts with a hash of their content."""

from typing import Any

__all__ = ["HashableDict", "HashableList", "hashable"]


class HashableList(list[Any]):
    """A list that is not changed any more."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))


class HashableDict(dict[Any, Any]):
    """A dict that is not changed any more."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


def hashable(value: Any) -> Any:
    """Return `value`, or an equal one that has a hash."""
    if isinstance(value, list):
        return HashableList(hashable(item) for item in value)
    if isinstance(value, dict):
        return HashableDict((key, hashable(item)) for key, item in value.items())
    return value
