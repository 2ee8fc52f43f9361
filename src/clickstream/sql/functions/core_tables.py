"""Table functions: one value in, any number of rows out."""

from collections.abc import Sequence
from typing import Any

from clickstream.sql.functions.registration import table

__all__ = ["explode"]


@table("EXPLODE", "ARRAY<T> -> T", description="Explodes an array: one row per element.")
def explode(items: Sequence[Any] | None) -> Sequence[Any]:
    """Return the elements; NULL has none."""
    return () if items is None else items
