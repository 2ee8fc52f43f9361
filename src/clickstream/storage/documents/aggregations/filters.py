"""Buckets by query: `filter`, `filters`, `range`, `date_range`, `missing`, `global`.

Source: Elasticsearch reference, "Bucket aggregations"; compared with 7.10.2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.aggregations.base import (
    Aggregation,
    Context,
    Group,
    numbers_of,
    run_all,
)
from clickstream.storage.documents.dates import date_format, parse_zone
from clickstream.storage.documents.errors import ShardsFailed, illegal_argument
from clickstream.storage.documents.field_match import Mask
from clickstream.storage.documents.matching import Query
from clickstream.storage.documents.query import parse_query

__all__ = ["Filter", "Filters", "Global", "Missing", "Ranges"]


class _OneBucket(Aggregation):
    """One bucket in each owner's."""

    def _inside(self, context: Context, group: Group) -> Group:
        raise NotImplementedError

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return count and sub-aggregations of each owner."""
        inside = self._inside(context, group)
        context.add_buckets(group.count)
        counts = np.bincount(inside.owners, minlength=group.count).tolist()
        answers = run_all(self.children, context, inside)
        return [{"doc_count": count, **answer} for count, answer in zip(counts, answers, strict=True)]

    def order_values(self, context: Context, group: Group, path: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the count, or what a child found."""
        inside = self._inside(context, group)
        if not path or path[0] in ("", "_count", "doc_count"):
            return np.bincount(inside.owners, minlength=group.count).astype(np.float64)
        name, _, prop = path[0].partition(".")
        for child in self.children:
            if child.name in (name, path[0]):
                rest = [prop] if prop and child.name == name else []
                return child.order_values(context, inside, rest)
        return super().order_values(context, group, path)


class Filter(_OneBucket):
    """The documents that a query matches."""

    kind = "filter"

    def __init__(self, name: str, body: Mapping[str, Any], children: Sequence[Aggregation]) -> None:
        super().__init__(name, children)
        self._query = parse_query(body)

    def _inside(self, context: Context, group: Group) -> Group:
        return _narrowed(group, context.mask_of(self._query)[group.docs])


class Missing(_OneBucket):
    """The documents without a value of a field."""

    kind = "missing"

    def __init__(self, name: str, settings: Mapping[str, Any], children: Sequence[Aggregation]) -> None:
        super().__init__(name, children)
        self._field = str(settings["field"])

    def _inside(self, context: Context, group: Group) -> Group:
        values = context.selection.values(self._field)
        return group if values is None else _narrowed(group, ~values.present[group.docs])


def _narrowed(group: Group, mask: Mask) -> Group:
    return Group(group.docs[mask], group.owners[mask], group.count)


class Global(Aggregation):
    """All documents of the indices, whatever the query; only at the top."""

    kind = "global"

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the one bucket."""
        everything = context.everything()
        size = everything.selection.size
        whole = Group(np.arange(size), np.zeros(size, np.int64), 1)
        context.add_buckets(1)
        return [{"doc_count": size, **run_all(self.children, everything, whole)[0]}]


class Filters(Aggregation):
    """A bucket for each of several queries, named or in order."""

    kind = "filters"

    def __init__(self, name: str, body: Mapping[str, Any], children: Sequence[Aggregation]) -> None:
        super().__init__(name, children)
        given = body.get("filters")
        if not isinstance(given, Mapping | list) or not given:
            raise illegal_argument("[filters] cannot be empty.")
        self._named = isinstance(given, Mapping)
        pairs = (
            given.items()
            if isinstance(given, Mapping)
            else [(str(at), query) for at, query in enumerate(given)]
        )
        self._queries: list[tuple[str, Query]] = [(str(key), parse_query(query)) for key, query in pairs]
        other = body.get("other_bucket_key") or (
            "_other_" if body.get("other_bucket") in (True, "true") else None
        )
        self._other = other

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the buckets of each owner."""
        masks = [context.mask_of(query)[group.docs] for _, query in self._queries]
        names = [name for name, _ in self._queries]
        if self._other is not None:
            masks.append(~np.logical_or.reduce(masks))
            names.append(str(self._other))
        width = len(masks)
        docs = np.concatenate([group.docs[mask] for mask in masks])
        owners = np.concatenate([group.owners[mask] * width + at for at, mask in enumerate(masks)])
        context.add_buckets(group.count * width)
        counts = np.bincount(owners, minlength=group.count * width).tolist()
        answers = run_all(self.children, context, Group(docs, owners, group.count * width))
        made = [{"doc_count": count, **answer} for count, answer in zip(counts, answers, strict=True)]
        rows = [made[at * width : (at + 1) * width] for at in range(group.count)]
        if self._named:
            return [{"buckets": dict(zip(names, row, strict=True))} for row in rows]
        return [{"buckets": row} for row in rows]


class Ranges(Aggregation):
    """`range` and `date_range`: a bucket for each of several ranges, from included, to excluded."""

    def __init__(
        self, name: str, kind: str, settings: Mapping[str, Any], children: Sequence[Aggregation]
    ) -> None:
        super().__init__(name, children)
        self.kind = kind
        self._field = str(settings["field"])
        self._ranges = list(settings.get("ranges") or [])
        if not self._ranges:
            raise ShardsFailed(illegal_argument(f"No [ranges] specified for the [{name}] aggregation"))
        self._format = settings.get("format")
        self._zone = parse_zone(str(settings.get("time_zone") or "UTC"))
        self._keyed = settings.get("keyed") in (True, "true")

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the buckets of each owner."""
        values = numbers_of(context, self._field, self.kind)
        bounds = sorted((self._bounds(context, given) for given in self._ranges), key=_by_bounds)
        width = len(bounds)
        if values is None:
            take, found = np.zeros(0, np.int64), np.zeros(0)
        else:
            take, found = values.of(group.docs)
        # A document with several values within a range counts once.
        inside = [np.unique(take[(found >= low) & (found < high)]) for low, high, _ in bounds]
        docs = np.concatenate([group.docs[entries] for entries in inside])
        owners = np.concatenate([group.owners[entries] * width + at for at, entries in enumerate(inside)])
        context.add_buckets(group.count * width)
        counts = np.bincount(owners, minlength=group.count * width).tolist()
        answers = run_all(self.children, context, Group(docs, owners, group.count * width))
        made = [
            {**bounds[at % width][2], "doc_count": count, **answer}
            for at, (count, answer) in enumerate(zip(counts, answers, strict=True))
        ]
        rows = [made[at * width : (at + 1) * width] for at in range(group.count)]
        if self._keyed:
            return [{"buckets": {bucket.pop("key"): bucket for bucket in row}} for row in rows]
        return [{"buckets": row} for row in rows]

    def _bounds(self, context: Context, given: Mapping[str, Any]) -> tuple[float, float, dict[str, Any]]:
        shown: dict[str, Any] = {}
        ends: list[float] = []
        texts: list[str] = []
        for side, open_end in (("from", -np.inf), ("to", np.inf)):
            if given.get(side) is None:
                ends.append(open_end)
                texts.append("*")
                continue
            end = self._end(context, given[side])
            ends.append(end)
            shown[side] = end
            texts.append(self._write(context, end))
            if self.kind == "date_range":
                shown[f"{side}_as_string"] = texts[-1]
        return ends[0], ends[1], {"key": given.get("key") or "-".join(texts), **shown}

    def _end(self, context: Context, given: Any) -> float:
        if self.kind == "range" or isinstance(given, int | float):
            return float(given)
        format_ = date_format(self._format or self._field_format(context))
        return float(format_.parse_math(str(given), context.now_ms, self._zone))

    def _write(self, context: Context, end: float) -> str:
        if self.kind == "range":
            return str(end)
        return date_format(self._format or self._field_format(context)).write(int(end), self._zone)

    def _field_format(self, context: Context) -> str:
        field = context.selection.field(self._field)
        return field.format.text if field is not None else "strict_date_optional_time"


def _by_bounds(bounds: tuple[float, float, dict[str, Any]]) -> tuple[float, float]:
    return bounds[0], bounds[1]
