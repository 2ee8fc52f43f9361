"""Finding what belongs to an error's class: the nearest class of its MRO that a table knows."""

from collections.abc import Mapping
from typing import TypeVar

__all__ = ["lookup"]

T = TypeVar("T")


def lookup(table: Mapping[type[BaseException], T], error: BaseException, default: T) -> T:
    """Return the entry of the error's class or its nearest base class, else `default`."""
    return next((table[class_] for class_ in type(error).__mro__ if class_ in table), default)
