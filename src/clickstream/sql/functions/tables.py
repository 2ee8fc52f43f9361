"""Table functions: one value in, any number of rows out.

Source: ksqldb-engine …/function/udtf/array/Explode.java, …/udtf/Cube.java.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from clickstream.sql.functions.limits import check_size
from clickstream.sql.functions.registration import table

__all__ = ["cube_explode", "explode"]


@table("explode", "ARRAY<T> list -> T", description="One row for each element of an array.")
def explode(items: Sequence[Any] | None) -> Sequence[Any]:
    """Return the elements; NULL has none."""
    return () if items is None else items


@table(
    "cube_explode",
    "ARRAY<T> columns -> ARRAY<T>",
    description="One row for each way to leave out elements of an array: those left out are NULL.",
)
def cube_explode(columns: Sequence[Any] | None) -> Iterable[list[Any]]:
    """Return the combinations, from all NULL to all elements; NULL elements have one way only.

    Raises: ValueError for too many.
    """
    if columns is None:
        return []
    check_size(2 ** len(columns), "CUBE_EXPLODE")
    ways = [(None,) if column is None else (None, column) for column in columns]
    return [list(combination) for combination in product(*ways)]
