"""The order of buckets: by key, by count, or by what a sub-aggregation found in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.aggregations.base import Aggregation, Context, Group
from clickstream.storage.documents.errors import DocumentError, illegal_argument, parsing, unparsable

__all__ = ["BucketOrder", "order_columns", "parse_order"]


@dataclass(frozen=True, slots=True)
class BucketOrder:
    """One criterion: `_key`, `_count` or a path such as `1`, `1.max`, `big>1`."""

    path: str
    descending: bool

    @property
    def by_key(self) -> bool:
        """Whether it is by key."""
        return self.path == "_key"

    @property
    def by_count(self) -> bool:
        """Whether it is by count."""
        return self.path == "_count"


def parse_order(given: Any, default: Sequence[BucketOrder], kind: str) -> list[BucketOrder]:
    """Return the criteria of an `order`; ties are broken by key. Raises: DocumentError."""
    if given is None:
        return list(default)
    criteria = []
    for item in given if isinstance(given, list) else [given]:
        if not isinstance(item, Mapping) or len(item) != 1:
            raise parsing("Must specify at least one field for [order]")
        ((path, direction),) = item.items()
        if str(direction).lower() not in ("asc", "desc"):
            raise unparsable(kind, "order", parsing(f"Unknown order direction [{direction}]"))
        path = "_key" if path in ("_term", "_time") else path
        criteria.append(BucketOrder(path, str(direction).lower() == "desc"))
    if not any(criterion.by_key for criterion in criteria):
        criteria.append(BucketOrder("_key", False))
    return criteria


def order_columns(
    criteria: Sequence[BucketOrder],
    keys: npt.NDArray[Any],
    counts: npt.NDArray[Any],
    children: Sequence[Aggregation],
    context: Context,
    group: Group,
) -> list[npt.NDArray[Any]]:
    """Return a column for each criterion that sorts ascending; `group` holds the buckets' documents.

    Raises: DocumentError if a path leads nowhere.
    """
    columns: list[npt.NDArray[Any]] = []
    for criterion in criteria:
        if criterion.by_key:
            column = keys
        elif criterion.by_count:
            column = counts
        else:
            column = _sub_values(criterion.path, children, context, group)
            # No number sorts last whichever way.
            column = np.where(np.isnan(column), np.inf, -column if criterion.descending else column)
            columns.append(column)
            continue
        columns.append(-column if criterion.descending else column)
    return columns


def _sub_values(
    path: str, children: Sequence[Aggregation], context: Context, group: Group
) -> npt.NDArray[np.float64]:
    head, _, rest = path.partition(">")
    name, _, prop = head.partition(".")
    for child in children:
        if child.name == head:
            return child.order_values(context, group, [rest] if rest else [])
    for child in children:
        if child.name == name:
            return child.order_values(context, group, [rest or prop])
    reason = (
        f"The provided aggregation [{name}] either does not exist, or is a pipeline aggregation and cannot "
        "be used to sort the buckets."
    )
    raise DocumentError(
        "aggregation_execution_exception",
        f"Invalid aggregation order path [{path}]. {reason}",
        cause=illegal_argument(reason),
    )
