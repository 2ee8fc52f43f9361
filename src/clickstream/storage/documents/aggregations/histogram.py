"""`date_histogram` and `histogram`: buckets along time or numbers, gaps filled.

Source: Elasticsearch reference, "Date histogram" and "Histogram aggregation"; compared with 7.10.2.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.aggregations.base import (
    Aggregation,
    Buckets,
    Context,
    Group,
    group_by,
    numbers_of,
    run_all,
)
from clickstream.storage.documents.aggregations.order import BucketOrder, order_columns, parse_order
from clickstream.storage.documents.dates import DateFormat, date_format, parse_zone
from clickstream.storage.documents.errors import DocumentError, ShardsFailed, illegal_argument, unparsable
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.rounding import Grid, duration_ms, make_grid
from clickstream.storage.documents.selection import Ints, Values, distinct

__all__ = ["DateHistogram", "Histogram"]

_BY_KEY = (BucketOrder("_key", False),)


@dataclass(frozen=True, slots=True)
class _Spread:
    """Entries in numbered intervals: bucket 0 is interval `origin`."""

    docs: Ints
    owners: Ints
    codes: Ints
    origin: int
    bounds: tuple[int, int] | None


class _Histogram(Aggregation):
    """What both have in common. Subclasses number the intervals and write the keys."""

    def __init__(self, name: str, settings: Mapping[str, Any], children: Sequence[Aggregation]) -> None:
        super().__init__(name, children)
        self.field = str(settings["field"])
        self._min_doc_count = int(settings.get("min_doc_count", 0))
        self._order = parse_order(settings.get("order"), _BY_KEY, self.kind)
        self._keyed = settings.get("keyed") in (True, "true")
        self._missing = settings.get("missing")
        bounds = settings.get("extended_bounds")
        self._extended = (bounds.get("min"), bounds.get("max")) if isinstance(bounds, Mapping) else None

    def _spread(self, context: Context, group: Group) -> tuple[_Spread, Any]:
        """Return the group's entries in intervals, and what `_key` needs to name them."""
        raise NotImplementedError

    def _key(self, how: Any, code: int) -> dict[str, Any]:
        raise NotImplementedError

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the buckets of each owner."""
        spread, how = self._spread(context, group)
        buckets = self._buckets(context, spread, group.count)
        kept = self._ordered(context, spread, buckets)
        shown = self._shown(context, spread, buckets, kept, how)
        ends = np.searchsorted(buckets.owner[kept], np.arange(group.count + 1))
        if self._keyed:
            named = [(str(bucket.get("key_as_string", bucket["key"])), bucket) for bucket in shown]
            return [{"buckets": dict(named[ends[at] : ends[at + 1]])} for at in range(group.count)]
        return [{"buckets": shown[ends[at] : ends[at + 1]]} for at in range(group.count)]

    def _buckets(self, context: Context, spread: _Spread, owner_count: int) -> Buckets:
        width = int(spread.codes.max()) + 1 if len(spread.codes) else 1
        found = group_by(spread.owners, spread.codes, owner_count, width)
        if self._min_doc_count > 0:
            return found
        return _without_gaps(context, found, spread.bounds, owner_count)

    def _ordered(self, context: Context, spread: _Spread, buckets: Buckets) -> Ints:
        kept = np.flatnonzero(buckets.count >= self._min_doc_count)
        if len(self._order) == 1 and not self._order[0].descending and self._order[0].by_key:
            return kept
        inner = Group(spread.docs, buckets.of_entry, len(buckets.owner))
        columns = order_columns(self._order, buckets.code, buckets.count, self.children, context, inner)
        return kept[np.lexsort((*(column[kept] for column in reversed(columns)), buckets.owner[kept]))]

    def _shown(
        self, context: Context, spread: _Spread, buckets: Buckets, kept: Ints, how: Any
    ) -> list[dict[str, Any]]:
        context.add_buckets(len(kept))
        codes = (buckets.code[kept] + spread.origin).tolist()
        keys = {code: self._key(how, code) for code in set(codes)}
        made = [
            {**keys[code], "doc_count": count}
            for code, count in zip(codes, buckets.count[kept].tolist(), strict=True)
        ]
        if self.children:
            place = np.full(len(buckets.owner), -1, np.int64)
            place[kept] = np.arange(len(kept))
            owner = place[buckets.of_entry]
            inside = owner >= 0
            inner = Group(spread.docs[inside], owner[inside], len(kept))
            for bucket, answers in zip(made, run_all(self.children, context, inner), strict=True):
                bucket.update(answers)
        return made


def _without_gaps(
    context: Context, found: Buckets, bounds: tuple[int, int] | None, owner_count: int
) -> Buckets:
    """Return the buckets with every interval between an owner's first and last, and those of the bounds."""
    lowest = np.full(owner_count, np.iinfo(np.int64).max)
    highest = np.full(owner_count, np.iinfo(np.int64).min)
    np.minimum.at(lowest, found.owner, found.code)
    np.maximum.at(highest, found.owner, found.code)
    if bounds is not None:
        lowest = np.minimum(lowest, bounds[0])
        highest = np.maximum(highest, bounds[1])
    lengths = np.where(highest >= lowest, highest - lowest + 1, 0)
    lowest = np.where(lengths > 0, lowest, 0)
    total = int(lengths.sum())
    if total > 100 * len(found.owner) or total > 10_000:
        # Refuse before the memory is taken; the count itself is made when the buckets are shown.
        Context(
            context.selection, context.now_ms, context.mask_of, context.hits_of, context.everything
        ).add_buckets(total)
    starts = np.cumsum(lengths) - lengths
    owners = np.repeat(np.arange(owner_count), lengths)
    codes = np.arange(total) - starts[owners] + lowest[owners]
    place = starts[found.owner] + found.code - lowest[found.owner]
    counts = np.zeros(total, np.int64)
    counts[place] = found.count
    return Buckets(owners, codes, counts, place[found.of_entry] if len(place) else found.of_entry)


class DateHistogram(_Histogram):
    """Buckets along time."""

    kind = "date_histogram"

    def __init__(self, name: str, settings: Mapping[str, Any], children: Sequence[Aggregation]) -> None:
        super().__init__(name, settings, children)
        try:
            self._zone: tzinfo = parse_zone(str(settings.get("time_zone") or "UTC"))
        except DocumentError as error:
            raise unparsable(self.kind, "time_zone", error) from error
        self._format = date_format(str(settings["format"])) if settings.get("format") else None
        self._settings = dict(settings)
        self._offset_ms = duration_ms(str(settings["offset"])) if settings.get("offset") else 0
        self._check_interval()

    def _check_interval(self) -> None:
        """Refuse a wrong interval even if there is nothing to put in buckets."""
        try:
            make_grid(self._settings, UTC, 0, 0)
        except DocumentError as error:
            # A value of the wrong form is refused at once, one that is missing where the data is.
            raise ShardsFailed(error) if error.kind == "illegal_argument_exception" else error from error

    def _spread(self, context: Context, group: Group) -> tuple[_Spread, tuple[Grid, DateFormat]]:
        entries = _number_entries(self, context, group, self._missing, self._parse)
        values, field = entries.numbers, entries.field
        format_ = self._format or (field.format if field is not None else date_format("epoch_millis"))
        edges = [self._bound(edge, context, format_) for edge in self._extended or ()]
        # Bounds are rounded as if there were no offset, and then moved by it.
        given = [edge + self._offset_ms for edge in edges if edge is not None]
        ends = [int(values.min()), int(values.max())] if len(values) else []
        grid = make_grid(
            self._settings, self._zone, min([*given, *ends], default=0), max([*given, *ends], default=0)
        )
        docs, owners, codes = entries.once(grid.codes(values))
        bounds = _bound_codes(grid, given, ends) if given and self._min_doc_count == 0 else None
        origin = (
            min([*codes[:1].tolist(), *(bounds or ())], default=0) if len(codes) == 0 else int(codes.min())
        )
        if bounds is not None:
            origin = min(origin, bounds[0])
            bounds = (bounds[0] - origin, bounds[1] - origin)
        return _Spread(docs, owners, codes - origin, origin, bounds), (grid, format_)

    def _parse(self, field: FieldType, value: Any) -> int:
        return (self._format or field.format).parse(str(value), self._zone)

    def _bound(self, edge: Any, context: Context, format_: DateFormat) -> int | None:
        if edge is None:
            return None
        if isinstance(edge, int | float):
            return int(edge)
        return format_.parse_math(str(edge), context.now_ms, self._zone)

    def _key(self, how: tuple[Grid, DateFormat], code: int) -> dict[str, Any]:
        grid, format_ = how
        key = grid.key(code)
        return {"key_as_string": format_.write(key, self._zone), "key": key}


def _bound_codes(grid: Grid, given: Sequence[int], ends: Sequence[int]) -> tuple[int, int]:
    codes = grid.codes(np.array([*given, *ends], np.int64))
    return int(codes.min()), int(codes.max())


class Histogram(_Histogram):
    """Buckets along numbers."""

    kind = "histogram"

    def __init__(self, name: str, settings: Mapping[str, Any], children: Sequence[Aggregation]) -> None:
        super().__init__(name, settings, children)
        self._interval = float(settings.get("interval") or 0)
        if "interval" not in settings:
            raise ShardsFailed(illegal_argument("interval must be positive, got: 0.0"))
        if self._interval <= 0:
            cause = illegal_argument(f"[interval] must be >0 for histogram aggregation [{name}]")
            raise unparsable(self.kind, "interval", cause)
        self._offset = float(settings.get("offset", 0))

    def _spread(self, context: Context, group: Group) -> tuple[_Spread, None]:
        entries = _number_entries(
            self, context, group, self._missing, lambda field, value: field.parse(value)
        )
        codes = self._codes(entries.numbers.astype(np.float64, copy=False))
        docs, owners, codes = entries.once(codes)
        bounds = None
        if self._extended is not None and self._min_doc_count == 0:
            edges = [float(edge) for edge in self._extended if edge is not None]
            ends = self._codes(np.array(edges, np.float64))
            bounds = (int(ends.min()), int(ends.max())) if len(ends) else None
        origin = int(codes.min()) if len(codes) else (bounds[0] if bounds else 0)
        if bounds is not None:
            origin = min(origin, bounds[0])
            bounds = (bounds[0] - origin, bounds[1] - origin)
        return _Spread(docs, owners, codes - origin, origin, bounds), None

    def _codes(self, values: npt.NDArray[np.float64]) -> Ints:
        return np.floor((values - self._offset) / self._interval).astype(np.int64)

    def _key(self, how: None, code: int) -> dict[str, Any]:
        key = code * self._interval + self._offset
        return {"key": key if math.isfinite(key) else None}


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Every number of a group's documents; `take` is the group's entry that has it."""

    group: Group
    take: Ints
    numbers: npt.NDArray[Any]
    values: Values | None

    @property
    def field(self) -> FieldType | None:
        """The field, None if it is not mapped."""
        return None if self.values is None else self.values.field

    def once(self, codes: Ints) -> tuple[Ints, Ints, Ints]:
        """Return document, owner and code, each document once for each code it has."""
        kept = np.arange(len(codes)) if self.values is None else distinct(self.values, self.take, codes)
        take = self.take[kept]
        return self.group.docs[take], self.group.owners[take], codes[kept]


def _number_entries(
    aggregation: _Histogram, context: Context, group: Group, missing: Any, parse: Any
) -> _Numbers:
    """Return the numbers of a group's documents. Raises: DocumentError for texts."""
    values = numbers_of(context, aggregation.field, aggregation.kind)
    if values is None:
        nothing = np.zeros(0, np.int64)
        return _Numbers(group, nothing, nothing, None)
    take, found = values.of(group.docs)
    if missing is not None:
        lacking = np.flatnonzero(~values.present[group.docs])
        take = np.concatenate([take, lacking])
        filler = parse(values.field, missing)
        if filler is None:
            raise DocumentError("number_format_exception", f'For input string: "{missing}"')
        found = np.concatenate([found, np.full(len(lacking), filler, found.dtype)])
    return _Numbers(group, take, found, values)
