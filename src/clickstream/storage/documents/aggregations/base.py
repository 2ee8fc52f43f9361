"""What all aggregations share: documents in buckets, buckets in buckets.

An aggregation is run once for all buckets around it: a `Group` says which bucket each document is in, and
`run` returns one answer a bucket. So a histogram inside a hundred users is one pass of NumPy, not a hundred.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.dates import date_format
from clickstream.storage.documents.errors import DocumentError, illegal_argument
from clickstream.storage.documents.field_match import Mask
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.matching import Query
from clickstream.storage.documents.selection import Ints, Selection, Values

__all__ = [
    "Aggregation",
    "Buckets",
    "Context",
    "Group",
    "encode_numbers",
    "group_by",
    "numbers_of",
    "run_all",
    "unsupported_field",
    "write_value",
]

MAX_BUCKETS = 65_535
"""`search.max_buckets`, Elasticsearch's default."""

DENSE_CELLS = 4_000_000
"""Up to this many (bucket, key) pairs are counted in an array; more are sorted."""


@dataclass(frozen=True, slots=True)
class Group:
    """Documents in buckets: entry i says that document `docs[i]` is in bucket `owners[i]` of `count`."""

    docs: Ints
    owners: Ints
    count: int


@dataclass(slots=True)
class Context:
    """What a run of aggregations reads. `mask_of` gives a query's documents, `hits_of` writes hits."""

    selection: Selection
    now_ms: int
    mask_of: Callable[[Query], Mask]
    hits_of: Callable[[Ints, list[list[Any]] | None, "dict[str, Any]"], list[dict[str, Any]]]
    everything: Callable[[], "Context"]
    index_name: str = ""
    _buckets: list[int] = field(default_factory=lambda: [0])

    def add_buckets(self, count: int) -> None:
        """Count buckets of the answer. Raises: DocumentError if there are too many."""
        self._buckets[0] += count
        if self._buckets[0] > MAX_BUCKETS:
            raise DocumentError(
                "too_many_buckets_exception",
                f"Trying to create too many buckets. Must be less than or equal to: [{MAX_BUCKETS}] but was "
                f"[{self._buckets[0]}]. This limit can be set by changing the [search.max_buckets] cluster "
                "level setting.",
                max_buckets=MAX_BUCKETS,
            )


class Aggregation:
    """One named aggregation of a request."""

    kind = ""

    def __init__(self, name: str, children: Sequence["Aggregation"] = ()) -> None:
        self.name = name
        self.children = list(children)
        self.meta: Mapping[str, Any] | None = None

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return one answer for each bucket of `group`. Raises: DocumentError."""
        raise NotImplementedError

    def order_values(self, context: Context, group: Group, path: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the number of each bucket that other buckets are ordered by. Raises: DocumentError."""
        raise illegal_argument(f"Invalid aggregation order path [{self.name}].")


def run_all(aggregations: Sequence[Aggregation], context: Context, group: Group) -> list[dict[str, Any]]:
    """Return, for each bucket of `group`, the answers of all aggregations by name."""
    answers: list[dict[str, Any]] = [{} for _ in range(group.count)]
    for aggregation in aggregations:
        for answer, made in zip(answers, aggregation.run(context, group), strict=True):
            answer[aggregation.name] = (
                made if aggregation.meta is None else {"meta": aggregation.meta, **made}
            )
    return answers


# ------------------------------------------------------------------------------------------------ buckets


@dataclass(frozen=True, slots=True)
class Buckets:
    """Buckets found in entries, ordered by owner and code; `of_entry` is each entry's bucket."""

    owner: Ints
    code: Ints
    count: Ints
    of_entry: Ints


def group_by(owners: Ints, codes: Ints, owner_count: int, code_count: int) -> Buckets:
    """Return the distinct pairs of owner and code. Codes run from 0 to `code_count` − 1."""
    pairs = owners * code_count + codes
    if owner_count * code_count <= max(DENSE_CELLS, 4 * len(pairs)):
        counts = np.bincount(pairs, minlength=owner_count * code_count)
        found = np.flatnonzero(counts)
        place = np.empty(len(counts), np.int64)
        place[found] = np.arange(len(found))
        return Buckets(found // max(code_count, 1), found % max(code_count, 1), counts[found], place[pairs])
    found, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    return Buckets(found // code_count, found % code_count, counts, inverse)


def encode_numbers(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Ints]:
    """Return the distinct numbers in order, and each value's place among them."""
    if not len(values):
        return values, np.zeros(0, np.int64)
    if values.dtype == np.int64:
        lowest, highest = int(values.min()), int(values.max())
        if highest - lowest < max(4 * len(values), 65_536):
            seen = np.zeros(highest - lowest + 1, np.bool_)
            seen[values - lowest] = True
            keys = np.flatnonzero(seen) + lowest
            return keys, (np.cumsum(seen) - 1)[values - lowest]
    keys, codes = np.unique(values, return_inverse=True)
    return keys, codes


# ------------------------------------------------------------------------------------------------- values


def write_value(field_: FieldType, value: float, format_: str | None = None) -> str | None:
    """Return a number as the field writes it: dates and booleans; None for plain numbers."""
    if field_.family == "date":
        return (date_format(format_) if format_ else field_.format).write(int(value))
    if field_.family == "boolean":
        return "true" if value else "false"
    return None


def unsupported_field(field_: FieldType, kind: str) -> DocumentError:
    """Return the refusal of a field whose values an aggregation cannot use."""
    return illegal_argument(
        f"Field [{field_.name}] of type [{field_.type}] is not supported for aggregation [{kind}]"
    )


def numbers_of(context: Context, name: str, kind: str) -> Values | None:
    """Return a field's numbers, None if it is not mapped. Raises: DocumentError for texts."""
    values = context.selection.values(name)
    if values is not None and values.terms is not None:
        raise unsupported_field(values.field, kind)
    return values
